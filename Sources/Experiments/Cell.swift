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
  /// Plans the cell.
  ///
  /// Settings that are wrong have been reported and hold their defaults; the plan is then only made to find further
  /// mistakes.
  /// - Returns: `nil` after a mistake.
  func plan(_ context: inout CheckContext) -> CellRun?
}

extension Cell {
  static var description: MemberDescription {
    MemberDescription(schema.name, schema.summary, jsonSchema: schema.jsonSchema, defaults: schema.defaults)
  }
  static var isRunAgain: Bool { true }
}

/// What running a cell does.
///
/// It may be called any number of times, also at the same time, each time with another context.
public typealias CellRun = @Sendable (RunContext) throws -> Void

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
  /// What there is to say of it.
  public var description: MemberDescription { makeDescription() }
  private let makeDescription: @Sendable () -> MemberDescription
  let isRunAgain: Bool
  let plan: @Sendable (CellSyntax, inout CheckContext) -> CellRun?

  init<C: Cell>(_ type: C.Type) {
    keyword = C.schema.name
    makeDescription = { C.description }
    isRunAgain = C.isRunAgain
    plan = { syntax, context in
      // One rule for all settings of cells: with nothing behind it a key is as if it were left out.
      var body = ConfigNode(.map((syntax.body.entries ?? []).filter { !$0.value.isAbsent }))
      // What is missing in a cell is shown at its first word.
      body.span = syntax.keywordSpan
      var (cell, wrong) = C.schema.read(body, into: &context.bag)
      cell.subject = syntax.value
      if case .null = cell.subject.content { cell.subject.span = syntax.keywordSpan }
      context.wrongSettings = wrong
      context.cellSpan = syntax.keywordSpan
      context.wholeSpan = syntax.span
      context.writtenSettings = body.entries ?? []
      let run = cell.plan(&context)
      return wrong.isEmpty ? run : nil
    }
  }
}
