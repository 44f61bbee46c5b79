import Config
import GraphEngine
import Layers
import ModelScripts
import Training

/// The order in which Keras stores weights: files match them by place, not by name.
extension BuiltModel {
  /// A parameter with the layer of the model that it belongs to.
  struct OrderedParameter {
    /// The top-level layer; `nil` for what belongs to the model itself.
    let layer: String?
    let path: String
    let isTrainable: Bool
    /// Names of nested models between the model and the layer.
    let nesting: Int
    /// Whether it is a whole number in files: how many samples a `Normalization` has seen.
    let isCount: Bool
  }

  /// All parameters, layer by layer in the model's order; within a layer those that are trained come first, and both
  /// kinds in the order in which a walk through nested models meets them.
  ///
  /// What belongs to no layer comes last.
  var orderedParameters: [OrderedParameter] {
    let entries = slab.entries
    let inLayers = model.layers.flatMap { layer -> [OrderedParameter] in
      let own = Self.parameters(of: layer, in: layer.name, below: [], 0, entries)
      return own.filter(\.isTrainable) + own.filter { !$0.isTrainable }
    }
    let known = Set(inLayers.map(\.path))
    let rest = entries.filter { !known.contains($0.spec.path) }.map {
      OrderedParameter(
        layer: nil, path: $0.spec.path, isTrainable: $0.spec.isTrainable, nesting: 0, isCount: false)
    }
    return inLayers + rest.filter(\.isTrainable) + rest.filter { !$0.isTrainable }
  }

  private static func parameters(
    of layer: NamedLayer, in top: String, below above: [String], _ depth: Int,
    _ entries: [ParameterSlab.Entry]
  ) -> [OrderedParameter] {
    let own = above + [layer.name]
    let inside = depth + (layer.layer is any Model ? 1 : 0)
    let inner = layer.heldLayers.flatMap { parameters(of: $0, in: top, below: own, inside, entries) }
    let known = Set(inner.map(\.path))
    let rest = entries.filter { $0.spec.owner.starts(with: own) && !known.contains($0.spec.path) }
    return rest.map {
      let isCount = $0.spec.owner == own && layer.layer.dialects.counts.contains($0.spec.name)
      return OrderedParameter(
        layer: top, path: $0.spec.path, isTrainable: $0.spec.isTrainable, nesting: depth, isCount: isCount)
    } + inner
  }

  /// The parameters that the optimizer sees, in its order, with their names in files.
  func trainedParameters(as semantics: Semantics) -> [TrainedParameter] {
    let parameters = orderedParameters
    let names = savedNames(of: parameters, as: semantics)
    return zip(parameters, names).filter(\.0.isTrainable).map { TrainedParameter($0.path, savedAs: $1) }
  }

  /// What each parameter is called in a file.
  ///
  /// Keras 3 puts the names of all models in front, of which a functional one leaves its own out; Keras 2 none, and
  /// `:0` behind.
  func savedNames(of parameters: [OrderedParameter], as semantics: Semantics) -> [String] {
    let full = parameters.map { parameter in
      model is Sequential && semantics == .keras3
        ? parameter.path : String(parameter.path.dropFirst(model.name.asPathPart.count + 1))
    }
    guard semantics == .keras2 else { return full.map(\.fromPathPart) }
    // Keras 2 does not name the layer that stands in some, nor a part of others.
    let wrappers = Set(
      model.layers.filter { $0.layer.dialects.keras2.hidesLayer && $0.heldLayers.isEmpty }.map(\.name))
    let hidden = Set(LayerRegistry.allDialects.flatMap(\.keras2.hidden))
    let short = zip(parameters, full).map { parameter, path in
      var names = path.split(separator: "/").dropFirst(parameter.nesting)
      if let layer = parameter.layer, wrappers.contains(layer), names.count > 2 {
        names.remove(at: names.startIndex + 1)
      }
      names.removeAll { hidden.contains(String($0)) }
      return names.joined(separator: "/")
    }
    let uses = Dictionary(short.map { ($0, 1) }, uniquingKeysWith: +)
    return zip(short, full).map { (uses[$0] == 1 ? $0 : $1).fromPathPart + ":0" }
  }
}
