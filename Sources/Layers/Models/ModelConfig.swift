public import Config
import Diagnostics
import GraphEngine
public import TensorCore

/// Keras 3's configuration of models, which is also how runexp itself keeps them.
extension NamedLayer {
  /// Keras's `{"class_name": …, "config": …}`, with the settings that every layer has.
  public var kerasConfig: ConfigNode {
    var entries: [ConfigNode.Entry] = [.init("name", name.config)]
    if let input = layer as? InputLayer {
      return ["class_name": "InputLayer", "config": input.kerasConfig(named: name)]
    }
    if let operation = layer as? any GraphOperation {
      return [
        "module": operation.module.config, "class_name": layer.className.config,
        "config": ConfigNode(.map(entries + (layer.config.entries ?? []))),
        "registered_name": layer.className.config,
      ]
    }
    let own = (layer.config.entries ?? []).filter { $0.key != "name" && $0.key != "trainable" }
    // Keras makes these without it.
    if !layer.className.hasPrefix("SpatialDropout"), layer.className != "Discretization" {
      entries.append(.init("trainable", isTrainable.config))
    }
    // A hash that gives whole numbers has their type without being told.
    if !(layer is any Model), layer.className != "Hashing" { entries.append(.init("dtype", .float32Policy)) }
    return ["class_name": layer.className.config, "config": ConfigNode(.map(entries + own))]
  }
}

extension ConfigNode {
  static let float32Policy: ConfigNode = [
    "module": "keras", "class_name": "DTypePolicy", "config": ["name": "float32"], "registered_name": nil,
  ]
}

extension InputLayer {
  func kerasConfig(named name: String) -> ConfigNode {
    [
      "batch_shape": type.kerasShape(batch: batchSize), "dtype": element.rawValue.config, "sparse": false,
      "ragged": false,
      "name": name.config, "optional": false,
    ]
  }
}

extension TensorType {
  /// The axes as Keras writes them: what is unknown is null.
  /// - Parameter batch: the size of a batch, where it is fixed.
  public func kerasShape(batch: Int? = nil) -> ConfigNode {
    ConfigNode(
      .list(
        dims.map { dim in
          switch dim {
          case .size(let size): size.config
          case .batch: batch.config
          case .unknown: nil
          }
        }))
  }
}

extension Sequential {
  public var config: ConfigNode {
    let first = NamedLayer(input.name, InputLayer(input)).kerasConfig
    return [
      "name": name.config, "trainable": true, "dtype": .float32Policy,
      "layers": ConfigNode(.list([first] + layers.map(\.kerasConfig))),
      "build_input_shape": input.type.kerasShape(batch: input.batchSize),
    ]
  }
}

extension [ConfigNode] {
  /// One, a list of several, or a mapping.
  fileprivate func grouped(by keys: [String]?) -> ConfigNode {
    if let keys, keys.count == count {
      return ConfigNode(.map(zip(keys, self).map { .init($0, $1) }))
    }
    return count == 1 ? self[0] : ConfigNode(.list(self))
  }
}

extension Functional {
  /// The graph's connections are written as Keras 3 does: every value with its shape and where it comes from.
  public var config: ConfigNode {
    let types = valueTypes
    let (nodes, batch) = (nodeNumbers, batchSize)
    func history(_ source: Source) -> ConfigNode {
      let layer = layers[calls[source.call].layer]
      // The outputs of a model that gives a mapping are counted in the order of its keys.
      let keys = (layer.layer as? Functional)?.outputKeys ?? []
      let sorted =
        keys.indices.contains(source.output) ? keys.sortedAsTexts.firstIndex(of: keys[source.output]) : nil
      return [layer.name.config, nodes[source.call].config, (sorted ?? source.output).config]
    }
    func tensor(_ source: Source) -> ConfigNode {
      let made = types[source.call]
      let type = made.indices.contains(source.output) ? made[source.output] : TensorType([.batch])
      return [
        "class_name": "__keras_tensor__",
        "config": [
          "shape": type.kerasShape(batch: batch), "dtype": type.element.rawValue.config,
          "keras_history": history(source),
        ],
      ]
    }
    let entries = layers.enumerated().map { i, layer -> ConfigNode in
      let inbound = calls.filter { $0.layer == i && !$0.inputs.isEmpty }.map { call -> ConfigNode in
        let unnamed = call.inputs.count - call.named.values.count
        let tensors = call.inputs[..<unnamed].map(tensor)
        if let operation = layer.layer as? any GraphOperation { return operation.arguments(tensors) }
        // Merging layers take one list; a model of several inputs takes one, too.
        let takesList = layer.layer is any MergingLayer || (layer.layer is any Model && tensors.count > 1)
        var arguments = takesList ? [ConfigNode(.list(tensors))] : tensors
        if let keys = (layer.layer as? Functional)?.inputKeys { arguments = [tensors.grouped(by: keys)] }
        var keywords: [ConfigNode.Entry] = []
        let signature = layer.layer.signature
        if signature.endsInList, let name = signature.inputs.last, tensors.count >= signature.inputs.count {
          arguments = Array(tensors.prefix(signature.inputs.count - 1))
          keywords.append(.init(name, ConfigNode(.list(Array(tensors.dropFirst(arguments.count))))))
        }
        let values = zip(call.named.values, call.inputs[unnamed...].map(tensor))
        for name in call.named.values where !keywords.contains(where: { $0.key == name }) {
          let own = values.filter { $0.0 == name }.map(\.1)
          // A layer of a list of inputs takes a list of masks.
          let isList = takesList || own.count > 1
          keywords.append(.init(name, isList ? ConfigNode(.list(own)) : own[0]))
        }
        keywords += call.named.flags.map { .init($0, true) }
        if let isTraining = call.isTraining { keywords.append(.init("training", isTraining.config)) }
        if layer.layer is any Model { keywords.append(.init("mask", nil)) }
        return ["args": ConfigNode(.list(arguments)), "kwargs": ConfigNode(.map(keywords))]
      }
      var entry = layer.kerasConfig.entries ?? []
      entry.append(.init("name", layer.name.config))
      entry.append(.init("inbound_nodes", ConfigNode(.list(inbound))))
      return ConfigNode(.map(entry))
    }
    // A functional model used as a layer has a node of its own making, which outputs count and connections do not.
    let ends = outputs.map { source -> ConfigNode in
      let shift = layers[calls[source.call].layer].layer is Functional ? 1 : 0
      guard var parts = history(source).list else { return nil }
      parts[1] = (nodes[source.call] + shift).config
      return ConfigNode(.list(parts))
    }
    let starts = inputCalls.map { history(Source($0)) }
    return [
      "name": name.config, "trainable": true, "layers": ConfigNode(.list(entries)),
      "input_layers": starts.grouped(by: inputKeys), "output_layers": ends.grouped(by: outputKeys),
    ]
  }

  /// Which call of its layer each call is.
  private var nodeNumbers: [Int] {
    var counts = [Int](repeating: 0, count: layers.count)
    return calls.map { call in
      defer { counts[call.layer] += 1 }
      return counts[call.layer]
    }
  }

  /// The types of the values that each call gives; none if the model's shapes do not fit.
  private var valueTypes: [[TensorType]] {
    func results(_ types: [TensorType]) throws -> [[TensorType]] {
      let graph = Graph()
      // Shapes do not depend on the size of a batch, which a model used as a layer may not know.
      let scope = LayerScope(
        graph: graph, phase: .inference, model: name, seed: 0, batchSizes: [batchSizes.first ?? 1])
      let values = zip(inputs, types).map { graph.leaf(.input($0.name), $1) }
      return try self.results(values, in: scope).map { $0.map(\.type) }
    }
    guard isOpen else { return (try? results(inputs.map(\.type))) ?? calls.map { _ in [] } }
    guard let (short, long, far) = try? atLengths(results) else { return calls.map { _ in [] } }
    return [long, far].compactMap(\.self).reduce(short) { types, others in
      zip(types, others).map { zip($0, $1).map { $0.widened(by: $1) } }
    }
  }
}
