import Analysis
package import Config
package import Layers
import Plotting
package import Reporting
package import TensorCore

/// A summary as the table of Keras's `summary()`.
extension ModelSummary {
  /// - Parameter isExpanded: whether the layers of models used as layers are rows too.
  package func table(expandingNested isExpanded: Bool = false) -> ReportTable {
    let lines = rows(expandingNested: isExpanded).map { depth, row in
      let mark = depth == 0 ? "" : String(repeating: "  ", count: depth - 1) + "└ "
      let cells = [
        "\(mark)\(row.name) (\(row.className))",
        row.outputs.map { $0.kerasText(batch: batchSize) }.joined(separator: ", "),
        NumberText.grouped(row.parameters),
      ]
      return isChain ? cells : cells + [row.connectedTo.joined(separator: ", ")]
    }
    return ReportTable(
      header: ["Layer (type)", "Output shape", "Parameters"] + (isChain ? [] : ["Connected to"]),
      rows: lines, alignments: [.left, .left, .right] + (isChain ? [] : [.left]), caption: totals)
  }

  /// The sums below the table.
  package var totals: String {
    var parts = ["Total parameters: \(NumberText.grouped(parameters)) (\(Self.size(bytes)))"]
    parts.append("trainable: \(NumberText.grouped(trainable))")
    if nonTrainable > 0 { parts.append("non-trainable: \(NumberText.grouped(nonTrainable))") }
    if let optimizerParameters { parts.append("optimizer: \(NumberText.grouped(optimizerParameters))") }
    return parts.joined(separator: ", ")
  }

  /// Everything the table says, for programs.
  package var json: ConfigNode {
    func list(_ rows: [Row]) -> ConfigNode {
      ConfigNode(
        .list(
          rows.map { row in
            [
              "name": row.name.config, "class_name": row.className.config,
              "output_shapes": ConfigNode(.list(row.outputs.map { $0.kerasShape(batch: batchSize) })),
              "parameters": row.parameters.config, "trainable": row.trainable.config,
              "connected_to": row.connectedTo.config, "layers": list(row.rows),
            ]
          }))
    }
    return [
      "name": name.config, "class_name": className.config, "layers": list(rows),
      "parameters": parameters.config, "trainable": trainable.config, "non_trainable": nonTrainable.config,
      "optimizer": optimizerParameters?.config ?? nil, "bytes": bytes.config,
    ]
  }

  /// As Keras writes sizes: `1.29 KB`, of 1,024 bytes.
  package static func size(_ bytes: Int) -> String {
    var (size, unit) = (Double(bytes), 0)
    let units = ["B", "KB", "MB", "GB", "TB"]
    while size >= 1024, unit < units.count - 1 {
      size /= 1024
      unit += 1
    }
    return unit == 0 ? "\(bytes) B" : "\(NumberText.fixed(size, decimals: 2)) \(units[unit])"
  }
}

extension TensorType {
  /// The shape as Keras writes it: `(None, 10)`.
  /// - Parameter batch: the size of a batch, where it is fixed.
  package func kerasText(batch: Int?) -> String {
    let axes = dims.map { $0 == .batch ? batch.map(String.init) ?? "None" : $0.description }
    return "(" + axes.joined(separator: ", ") + (axes.count == 1 ? ",)" : ")")
  }
}
