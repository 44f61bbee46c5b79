package import Analysis
package import Config
package import Diagnostics
import ExpLanguage

/// A step of an experiment.
///
/// `plan` is called for the whole file before anything runs: it reports what is wrong, declares what later cells may
/// refer to, and returns what running the cell does.
package protocol Cell: Configurable {
  /// What stands behind the keyword: a name, prose, a list.
  var subject: ConfigNode { get set }
  /// Whether a resumed run runs it again though it was done: later cells need more of it than its results.
  ///
  /// It is then run with `isRestoring`, and reports and writes nothing.
  static var isRunAgain: Bool { get }
  /// Plans the cell.
  ///
  /// Settings that are wrong have been reported and hold their defaults; the plan is then only made to find further
  /// mistakes.
  /// - Returns: `nil` after a mistake.
  func plan(_ context: inout CheckContext) -> CellRun?
}

extension Cell {
  package static var description: MemberDescription {
    MemberDescription(schema.name, schema.summary, jsonSchema: schema.jsonSchema, defaults: schema.defaults)
  }
  package static var isRunAgain: Bool { true }
}

/// What running a cell does.
///
/// It may be called any number of times, also at the same time, each time with another context.
package typealias CellRun = @Sendable (RunContext) throws -> Void

extension Diagnostic {
  /// E0346: of several settings exactly one has to be there.
  package static func notOneOf(_ keys: [String], at span: SourceSpan?) -> Diagnostic {
    let list = keys.map { "'\($0)'" }
    return Diagnostic(
      "E0346", "exactly one of \(list.dropLast().joined(separator: ", ")) and \(list.last ?? "") is needed",
      at: span.map { Label($0, "in this cell") }, help: "write one of them, and leave out the others")
  }
}
