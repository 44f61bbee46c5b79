import GraphEngine
import Layers
import Training

/// The order in which Keras stores weights: files match them by place, not by name.
extension BuiltModel {
  /// A parameter with the layer of the model that it belongs to.
  struct OrderedParameter {
    let layer: String
    let path: String
    let isTrainable: Bool
  }

  /// All parameters, layer by layer in the model's order; within a layer those that are trained come first, and both
  /// kinds in the order in which a walk through nested models meets them.
  var orderedParameters: [OrderedParameter] {
    let entries = slab.entries
    return model.layers.flatMap { layer -> [OrderedParameter] in
      let own = Self.paths(of: layer, below: model.name, entries)
      return (own.filter(\.spec.isTrainable) + own.filter { !$0.spec.isTrainable }).map {
        OrderedParameter(layer: layer.name, path: $0.spec.path, isTrainable: $0.spec.isTrainable)
      }
    }
  }

  /// The parameters that the optimizer sees, in its order, with their names in files.
  var trainedParameters: [TrainedParameter] {
    orderedParameters.filter(\.isTrainable).map { TrainedParameter($0.path, savedAs: savedPath(of: $0.path)) }
  }

  private static func paths(
    of layer: NamedLayer, below prefix: String, _ entries: [ParameterSlab.Entry]
  ) -> [ParameterSlab.Entry] {
    let own = prefix + "/" + layer.name
    if let model = layer.layer as? any Model, !model.layers.isEmpty {
      return model.layers.flatMap { paths(of: $0, below: own, entries) }
    }
    return entries.filter { $0.spec.path.hasPrefix(own + "/") }
  }

  /// Keras 3's name of a parameter: a functional model does not put its own name in front.
  func savedPath(of path: String) -> String {
    model is Sequential ? path : String(path.dropFirst(model.name.utf8.count + 1))
  }
}
