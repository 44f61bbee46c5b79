import Config

/// Operations of Keras 2 that say how many samples a batch has, `tf.shape(x)[0]`: they are no values of a model, but parts
/// of the shapes that others are called with.
struct BatchSizes {
  /// What stands for the number of samples in a shape that leaves another size open, too.
  static let marker: ConfigNode = ["class_name": "__batch__"]

  private let shapes: Set<String>
  private let sizes: Set<String>

  /// - Parameter layers: of a functional model.
  init(in layers: [ConfigNode]) {
    func names(_ isWanted: (ConfigNode) -> Bool) -> Set<String> {
      Set(layers.filter(isWanted).compactMap { $0["name"]?.string ?? $0["config"]?["name"]?.string })
    }
    let shapes = names {
      ["shape", "compat.v1.shape", "shape_v2"].contains($0["config"]?["function"]?.string)
    }
    self.shapes = shapes
    sizes = names { layer in
      guard layer["config"]?["function"]?.string == "__operators__.getitem",
        let call = layer["inbound_nodes"]?.list?.first?.list, let source = call.first?.string,
        shapes.contains(source)
      else { return false }
      return [0, [0]].contains(call.dropFirst(3).first?["slice_spec"] ?? nil)
    }
  }

  /// The layers in which a shape names the number of samples: it is what is left of the others, -1.
  func filled(in layers: [ConfigNode]) -> [ConfigNode] {
    guard !sizes.isEmpty else { return layers }
    let filled = layers.map { layer -> ConfigNode in
      guard layer["config"]?["function"]?.string == "reshape",
        let calls = layer["inbound_nodes"]?.list
      else { return layer }
      return layer.with(["inbound_nodes": ConfigNode(.list(calls.map(self.filled)))])
    }
    // What nothing names any more is left out.
    var kept = filled
    for unused in [sizes, shapes] {
      let text = kept.map { ($0["inbound_nodes"] ?? nil).json }.joined()
      kept.removeAll { layer in
        guard let name = layer["name"]?.string ?? layer["config"]?["name"]?.string, unused.contains(name)
        else {
          return false
        }
        return !text.contains(ConfigNode(.string(name)).json)
      }
    }
    return kept
  }

  private func filled(_ call: ConfigNode) -> ConfigNode {
    guard var parts = call.list, parts.count > 3, let shape = parts[3]["shape"]?.list else { return call }
    let isSize = { (node: ConfigNode) in node.list?.first?.string.map { self.sizes.contains($0) } == true }
    let isOpen = shape.contains(-1)
    parts[3] = parts[3].with([
      "shape": ConfigNode(.list(shape.map { isSize($0) ? (isOpen ? Self.marker : -1) : $0 }))
    ])
    return ConfigNode(.list(parts))
  }
}
