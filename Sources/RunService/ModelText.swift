import Config
package import Diagnostics
package import KerasFiles
import Plotting
import Reporting
import TensorCore

/// What a file of Keras 1, 2 or 3 holds, in words, whatever its layers.
///
/// For files that no model can be made of; see ``ModelView`` for the others.
package enum ModelText {
  package static func text(of archive: KerasArchive, weights: Bool) throws(Diagnostic) -> String {
    let config = archive.modelConfig?["config"]
    let name = config?["name"]?.string ?? "weights only"
    let kind = archive.modelConfig?["class_name"]?.string ?? "no architecture"
    var lines = ["\(name) (\(kind), Keras \(archive.kerasVersion))", ""]
    var rows = [["Layer (type)", "Settings", "Parameters"]]
    // Old Keras files hold the layers themselves where later ones have a mapping.
    for layer in config?["layers"]?.list ?? config?.list ?? [] {
      let settings = layer["config"]
      let own = settings?["name"]?.string ?? layer["name"]?.string ?? "?"
      let stored = archive.layers.first { $0.name == own }?.weights ?? []
      let count = stored.map { $0.count }.reduce(0, +)
      rows.append([
        "\(own) (\(layer["class_name"]?.string ?? "?"))", sketch(settings), NumberText.grouped(count),
      ])
    }
    lines.append(TextTable.render(rows, rightFrom: 2))
    let total = archive.layers.flatMap(\.weights).map { $0.count }.reduce(0, +)
    lines += ["", "Total parameters: \(NumberText.grouped(total))"]
    lines += [compilation(archive)].filter { $0 != "" }
    if weights { lines += ["", try statistics(archive)] }
    return lines.joined(separator: "\n")
  }

  /// How the model was compiled, in a line; empty if it was not.
  package static func compilation(_ archive: KerasArchive) -> String {
    guard let training = archive.trainingConfig else { return "" }
    let optimizer = training["optimizer_config"]
    let name = optimizer?["class_name"]?.string ?? "?"
    let rate = (optimizer?["config"]?["learning_rate"] ?? optimizer?["config"]?["lr"])?.json ?? "?"
    let loss = training["loss"]?.string ?? training["loss"]?.json ?? "?"
    return "Compiled with \(name) (learning_rate \(rate)), loss \(loss)"
  }

  /// The settings one looks for first.
  private static func sketch(_ settings: ConfigNode?) -> String {
    let keys = [
      "units", "activation", "rate", "filters", "kernel_size", "target_shape", "batch_shape",
      "batch_input_shape",
    ]
    return keys.compactMap { key in settings?[key].map { "\(key) \($0.string ?? $0.json)" } }.joined(
      separator: ", ")
  }

  package static func statistics(_ archive: KerasArchive) throws(Diagnostic) -> String {
    var rows = [["Weight", "Shape", "Mean", "Deviation", "Least", "Largest"]]
    for weight in archive.layers.flatMap(\.weights) {
      let numbers = try weight.tensor().elements.map(Double.init)
      let count = Double(max(1, numbers.count))
      let mean = numbers.reduce(0, +) / count
      let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      let values = [mean, variance.squareRoot(), numbers.min() ?? 0, numbers.max() ?? 0]
      rows.append(
        [weight.path, "\(weight.shape)"] + values.map { NumberText.significant($0, digits: 4) })
    }
    return TextTable.render(rows, rightFrom: 2)
  }
}
