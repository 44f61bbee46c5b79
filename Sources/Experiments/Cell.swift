public import Config
import Diagnostics
import ExpLanguage

/// A step of an experiment.
///
/// `plan` is called for the whole file before anything runs: it reports what is wrong, declares what later cells may
/// refer to, and returns what running the cell does.
public protocol Cell: Configurable {
  /// What stands behind the keyword: a name, prose, a list.
  var subject: ConfigNode { get set }
  /// Whether a resumed run runs it again though it was done: later cells need more of it than its results.
  ///
  /// It is then run with `isRestoring`, and reports and writes nothing.
  static var isRunAgain: Bool { get }
  ///
  /// Settings that are wrong have been reported and hold their defaults; the plan is then only made to find further
  /// mistakes.
  /// - Returns: `nil` after a mistake.
  func plan(_ context: inout CheckContext) -> CellRun?
}

extension Cell {
  static var isRunAgain: Bool { true }
}

/// What running a cell does.
public typealias CellRun = (RunContext) throws -> Void

/// Every kind of cell.
///
/// Adding one adds one line here.
public enum CellRegistry {
  public static let all: [CellEntry] = [
    CellEntry(TextCell.self),
    CellEntry(DataCell.self),
    CellEntry(ShowCell.self),
    CellEntry(LayerCell.self),
    CellEntry(FunctionCell.self),
    CellEntry(ModelCell.self),
    CellEntry(LoadCell.self),
    CellEntry(TrainCell.self),
    CellEntry(EvaluateCell.self),
    CellEntry(PredictCell.self),
    CellEntry(PlotCell.self),
    CellEntry(CheckCell.self),
    CellEntry(SaveCell.self),
  ]

  public static var keywords: [String] { all.map(\.keyword) }
}

/// A kind of cell, for reading and for documentation.
public struct CellEntry: Sendable {
  public let keyword: String
  public let summary: String
  public let jsonSchema: ConfigNode
  let isRunAgain: Bool
  let plan: @Sendable (CellSyntax, inout CheckContext) -> CellRun?

  init<C: Cell>(_ type: C.Type) {
    keyword = C.schema.name
    summary = C.schema.summary
    jsonSchema = C.schema.jsonSchema
    isRunAgain = C.isRunAgain
    plan = { syntax, context in
      var body = syntax.body
      // What is missing in a cell is shown at its first word.
      body.span = syntax.keywordSpan
      var (cell, wrong) = C.schema.read(body, into: &context.bag)
      cell.subject = syntax.value
      if case .null = cell.subject.content { cell.subject.span = syntax.keywordSpan }
      (context.wrongSettings, context.cellSpan) = (wrong, syntax.keywordSpan)
      context.writtenSettings = body.entries ?? []
      let run = cell.plan(&context)
      return wrong.isEmpty ? run : nil
    }
  }
}
