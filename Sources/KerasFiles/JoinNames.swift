import Config
import Layers

extension ConfigNode {
  /// A configuration that Keras 3 can read although it masks what is concatenated.
  ///
  /// Reading it, Keras computes the mask with an operation that it calls `concatenate`, and then finds the name used
  /// twice if that is the layer's, too: its dialects have another name for it beside masks.
  var namingJoins: ConfigNode {
    var makesMasks = false
    _ = mappingObjects { className, object in
      let makesMask = LayerRegistry.dialects(of: className)?.keras3.makesMask(object["config"] ?? nil)
      makesMasks = makesMasks || makesMask == true
      return object
    }
    guard makesMasks else { return self }
    return mappingObjects { className, object in
      guard className == "Functional", let config = object["config"] else { return object }
      return object.with(["config": config.renamingJoins])
    }
  }

  /// The settings of a functional model, in which no layer is named as such an operation is.
  private var renamingJoins: ConfigNode {
    let layers = self["layers"]?.list ?? []
    // Outputs keep their names, for losses are told by them.
    let outputs = self["output_layers"]?.json ?? ""
    let taken = Set(layers.compactMap { $0["name"]?.string })
    var names: [String: String] = [:]
    for layer in layers {
      let className = layer["class_name"]?.string ?? ""
      let base = className.snakeCased
      guard let other = LayerRegistry.dialects(of: className)?.keras3.nameBesideMasks,
        let name = layer["name"]?.string, name.isNumbered(base), !outputs.contains("\"\(name)\"")
      else { continue }
      var new = other + name.dropFirst(base.count)
      while taken.contains(new) { new += "_" }
      names[name] = new
    }
    guard !names.isEmpty else { return self }
    let renamed = layers.map { layer in
      var changes: [String: ConfigNode] = [:]
      if let name = layer["name"]?.string.flatMap({ names[$0] }), let config = layer["config"] {
        changes["name"] = name.config
        changes["config"] = config.with(["name": name.config])
      }
      changes["inbound_nodes"] = layer["inbound_nodes"]?.mappingObjects { className, tensor in
        guard className == "__keras_tensor__", let config = tensor["config"],
          var history = config["keras_history"]?.list, let name = history.first?.string.flatMap({ names[$0] })
        else { return tensor }
        history[0] = name.config
        return tensor.with(["config": config.with(["keras_history": ConfigNode(.list(history))])])
      }
      return layer.with(ConfigNode(.map(changes.map { .init($0.key, $0.value) })))
    }
    return with(["layers": ConfigNode(.list(renamed))])
  }
}

extension String {
  /// Whether it is a name as layers are given by their class: `dense` or `dense_1`.
  fileprivate func isNumbered(_ base: String) -> Bool {
    guard hasPrefix(base) else { return false }
    return dropFirst(base.count).wholeMatch(of: /(_[0-9]+)?/) != nil
  }
}
