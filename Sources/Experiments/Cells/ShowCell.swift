import Analysis
import Running
import Plots
import Config
import Datasets
import Diagnostics
import KerasFiles
import Layers
import Plotting
import Reporting
import RunEvents
import TensorCore
import Training

/// Shows samples of a data set, or the table and the drawing of a model.
struct ShowCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)
  var count = 20
  var columns: Int?
  var file: String?
  var expandsNested = false

  static let schema = Schema(
    "show", "Samples of a data set, or the table and the drawing of a model.", prototype: ShowCell(),
    Field("count", \.count, "How many samples.", check: within(1...400)),
    Field("columns", \.columns, "Samples side by side.") { ($0 ?? 1) >= 1 ? nil : "must be at least 1" },
    Field("file", \.file, "Name of the file in figures/, without .png.", check: figureName),
    Field("expand_nested", \.expandsNested, "Whether models used as layers are opened."))

  func plan(_ context: inout CheckContext) -> CellRun? {
    if let name = subject.string, let known = context.names.models[name] {
      return model(name, known.content.model, &context)
    }
    guard let part = context.part(subject, orModel: true) else { return nil }
    let (count, columns) = (count, columns)
    let file = file ?? "samples-\(part.data)-\(part.part)"
    context.claim(file: RunFile.figure(file), at: subject.span)
    return { context in
      guard let data = context.data[part.data], let rows = data[part.part] else { return }
      let shown = min(count, rows.count)
      guard part.shape.arePictures, let feature = rows.features.first else {
        return context.show(.table(Self.table(data, rows, shown)))
      }
      let images = (0..<shown).map { rows.image(of: feature, sample: $0) }
      let labels = (0..<shown).map { data.label(of: rows, sample: $0) }
      let grid = SampleGrid(
        title: "\(part.data): \(part.part)", images: images, labels: labels, columns: columns)
      try context.show(grid, as: file, caption: "The first \(shown) samples of \(part.data).\(part.part)")
    }
  }

  private func model(_ name: String, _ model: any Model, _ context: inout CheckContext) -> CellRun? {
    let (file, isExpanded) = (file ?? "model-\(name)", expandsNested)
    guard let graph = context.graph(of: model, expandingNested: isExpanded, title: nil) else {
      return nil
    }
    context.claim(file: RunFile.figure(file), at: subject.span)
    return { context in
      guard let built = context.models[name] else { return }
      context.show(.table(built.fullSummary.table(expandingNested: isExpanded)))
      try context.show(graph, as: file, caption: ModelGraph.caption(name))
    }
  }

  private static func table(_ data: PreparedData, _ rows: DataPart, _ count: Int) -> ReportTable {
    let features = rows.features + rows.targets.filter { $0.element == .float32 }
    let header = features.flatMap { column in
      column.rowSize == 1 ? [column.name] : (0..<column.rowSize).map { "\(column.name)[\($0)]" }
    }
    let lines = (0..<count).map { sample -> [String] in
      let cells = features.flatMap { column -> [String] in
        let numbers = rows.values(of: column, sample: sample)
        guard column.areTexts else { return numbers.map { NumberText.significant(Double($0), digits: 4) } }
        return TextTable.texts(numbers.map { Int32($0) }).map { String(decoding: $0, as: UTF8.self) }
      }
      let label = data.label(of: rows, sample: sample)
      return cells + (label.isEmpty ? [] : [label])
    }
    let hasLabel = lines.first.map { $0.count > header.count } ?? false
    return ReportTable(
      header: header + (hasLabel ? ["class"] : []), rows: lines,
      alignments: header.map { _ in .right } + (hasLabel ? [.left] : []),
      caption: "The first \(count) samples")
  }
}
