import Analysis
import Running
import Plots
public import Config
import Diagnostics
import ExpLanguage

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
      context.cell.wrongSettings = wrong
      context.cell.keywordSpan = syntax.keywordSpan
      context.cell.span = syntax.span
      context.cell.settings = body.entries ?? []
      let run = cell.plan(&context)
      return wrong.isEmpty ? run : nil
    }
  }
}
