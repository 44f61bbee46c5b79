import Analysis
import Running
import Plots
import Config
import Diagnostics
import KerasFiles
import Layers
import Synchronization

/// The layers of a model file that an experiment has `layer:` cells for.
final class OwnLayers: Sendable {
  private let registry: Registry<any Layer>
  /// What the layers are called that one cell stands for without their code having been compared.
  private let lambdas = Mutex<Set<String>>([])

  init(_ registry: Registry<any Layer>) { self.registry = registry }

  /// A layer of a file: what the file holds of it goes before what the experiment has under its class's name, and that
  /// before what it has under the layer's own.
  /// - Throws: what is wrong with its settings, E0621 for two Lambdas and one cell.
  func read(_ className: String, _ config: ConfigNode) throws -> (any Layer)? {
    if let stored = try ModelDecoder.scripted(className, config) { return stored }
    let layerName = config["name"]?.string ?? className
    let isLambda = className == "Lambda"
    let names = isLambda ? [layerName, className] : [className, layerName]
    guard let name = names.first(where: { registry.find($0) != nil && LayerRegistry.all.find($0) == nil }),
      let entry = registry.find(name)
    else { return nil }
    if isLambda && name == className { try takeLambda(layerName) }
    let known = Set(entry.defaults.entries?.map(\.key) ?? [])
    let settings = isLambda ? Self.arguments(of: config) : ModelDecoder.ownSettings(config, known: known)
    var bag = DiagnosticBag()
    if let layer = registry.decode(["class_name": name.config, "config": settings], into: &bag) {
      return layer
    }
    guard var mistake = bag.all.first(where: { $0.severity == .error }) else { return nil }
    mistake.message =
      "the layer '\(layerName)' (\(className)) does not fit its cell 'layer: \(name)': \(mistake.message)"
    throw mistake
  }

  /// What a Lambda calls its function with beside the values.
  private static func arguments(of config: ConfigNode) -> ConfigNode {
    ConfigNode(.map(config["arguments"]?.entries ?? []))
  }

  /// A cell that is named for the class cannot stand for two functions.
  private func takeLambda(_ name: String) throws {
    let names = lambdas.withLock { names in
      names.insert(name)
      return names.sorted()
    }
    if names.count > 1 { throw Diagnostic.severalLambdas(names) }
  }
}

extension Diagnostic {
  /// E0621: one cell for two Lambdas.
  fileprivate static func severalLambdas(_ names: [String]) -> Diagnostic {
    Diagnostic(
      "E0621",
      "the file has the Lambdas \(names.map { "'\($0)'" }.joined(separator: " and ")), and one cell for both",
      help: "write a cell for each, named as the layer: '- layer: \(names[0])'")
  }
}
