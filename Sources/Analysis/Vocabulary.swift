package import Config
package import Diagnostics
import ExpLanguage
package import Layers
package import Losses
package import ModelScripts

/// The layers, losses, metrics and functions that cells may use: those of the program, and those that cells above define.
package struct Vocabulary {
  package private(set) var layers = LayerRegistry.all
  package private(set) var losses = LossRegistry.all
  package private(set) var metrics = MetricRegistry.all
  package private(set) var activations: [String: Activation.Function] = [:]
  /// The functions of cells.
  package private(set) var functions: [ScriptedFunction] = []
  /// Whether a function or a layer was wrong, so that unknown ones are not reported.
  private var areFunctionsLost = false
  private var areLayersLost = false

  package mutating func declare(layer: Registry<any Layer>.Entry) { layers = layers.adding([layer]) }

  /// Makes a function known to bodies below; with two parameters also as a loss and a metric, with one as an
  /// activation.
  package mutating func declare(function: ScriptedFunction) {
    functions.append(function)
    switch function.requiredCount {
    case 1: activations[function.name] = { try function.call([$0]) }
    case 2:
      losses = losses.adding([ScriptedLoss.entry(function)])
      metrics = metrics.adding([ScriptedMetric.entry(function)])
    default: break
    }
  }

  /// The cell of a layer or function was wrong.
  /// - Parameter keyword: `nil` for a cell of unknown kind, which might have been any.
  package mutating func declareBroken(_ name: String?, keyword: String?) {
    // Models that use a layer or function that was wrong are wrong for that reason only.
    if let name, keyword == "layer" || keyword == nil, layers.find(name) == nil {
      layers = layers.adding([.init(name, "", defaults: nil) { _, _, _ in nil }])
    }
    if keyword == "function" || keyword == nil { areFunctionsLost = true }
    if keyword == "layer" || keyword == nil { areLayersLost = true }
  }

  /// Whether a word is unknown only because the cell that would have defined it was wrong.
  func explains(_ mistake: Diagnostic) -> Bool {
    guard case .unknownName(_, let kind, isNearKnown: false) = mistake.cause else { return false }
    switch mistake.code {
    case "E0206": return kind == LayerRegistry.all.kind ? areLayersLost : areFunctionsLost
    case "E0321": return areFunctionsLost
    default: return false
    }
  }
}

extension CheckContext {
  package mutating func declare(
    layer: Registry<any Layer>.Entry, named name: String, at span: SourceSpan?
  ) {
    if isFree(name, at: span) { vocabulary.declare(layer: layer) }
  }

  package mutating func declare(function: ScriptedFunction) { vocabulary.declare(function: function) }
}
