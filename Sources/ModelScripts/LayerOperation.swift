public import Config
import Diagnostics
public import GraphEngine
public import Layers
import TensorCore

/// An operation that does what a layer without weights does: `keras.ops.max_pool` is `MaxPooling2D`.
public struct LayerOperation: GraphOperation {
  public let className: String
  public let module: String
  public let config: ConfigNode
  private let template: ConfigNode

  /// - Parameter entry: one of a functional model's layers.
  /// - Returns: `nil` if no layer does the same.
  public init?(_ entry: ConfigNode) {
    guard let className = entry["class_name"]?.string, let call = entry["inbound_nodes"]?.list?.first,
      call["args"]?.list?.count == 1, call["kwargs"]?.entries?.isEmpty != false
    else { return nil }
    self.className = className
    module = entry["module"]?.string ?? "keras.src.ops.nn"
    config = ConfigNode(.map((entry["config"]?.entries ?? []).filter { $0.key != "name" }))
    var count = 0
    template = call.mappingTensors { _ in
      count += 1
      return ["class_name": "__keras_tensor__", "config": nil]
    }
    guard count == 1, (try? layer(rank: 4)) != nil else { return nil }
  }

  public func arguments(_ tensors: [ConfigNode]) -> ConfigNode {
    template.mappingTensors { _ in tensors.first ?? nil }
  }

  /// - Throws: what the layer throws.
  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard let x = inputs.first else { return [] }
    return try layer(rank: x.type.rank).call(inputs, in: scope)
  }

  /// The layer for values of a rank.
  private func layer(rank: Int) throws(Diagnostic) -> any Layer {
    var settings = (config.entries ?? []).filter { $0.value.content != .null }
    let name: String
    switch className {
    case "MaxPool": name = "MaxPooling\(rank - 2)D"
    case "AveragePool": name = "AveragePooling\(rank - 2)D"
    case "Resize":
      name = "Resizing"
      if let size = config["size"]?.list, size.count == 2 {
        settings += [.init("height", size[0]), .init("width", size[1])]
      }
      settings.removeAll { $0.key == "size" || $0.key.hasPrefix("fill_") || $0.value == false }
    default: throw .unknownWord(className, in: [], at: nil, what: "operation")
    }
    return try LayerRegistry.all.decode(["class_name": name.config, "config": ConfigNode(.map(settings))])
  }
}
