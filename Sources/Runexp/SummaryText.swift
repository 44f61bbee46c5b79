import Layers
import Training

/// The table of a model as text.
struct SummaryText {
  let text: String

  init(_ built: BuiltModel) {
    var rows = [["Layer (type)", "Output shape", "Parameters", "Connected to"]]
    for layer in built.layers {
      let shapes = layer.outputs.map { type in
        "(" + type.dims.map { $0 == .batch ? "None" : $0.description }.joined(separator: ", ") + ")"
      }
      rows.append([
        "\(layer.name) (\(layer.className))", shapes.joined(separator: ", "), "\(layer.parameters)",
        layer.connectedTo.joined(separator: ", "),
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      var line = ""
      for (cell, width) in zip(row, widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    let trainable = built.layers.map(\.trainable).reduce(0, +)
    text =
      "Model: \(built.model.name)\n" + lines.joined(separator: "\n")
      + "\nTotal parameters: \(built.parameterCount), trainable: \(trainable)"
  }
}
