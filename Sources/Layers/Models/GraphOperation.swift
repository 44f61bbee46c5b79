public import Config

/// An operation that a functional model computes between its layers, as Keras 3 records `x * 2` or `ops.mean(x, axis=1)`.
///
/// It has no weights, keeps no mask, and stands in a model's file beside the layers. Keras: `keras.Operation`.
public protocol GraphOperation: Layer {
  /// Where Keras finds its class: `keras.src.ops.numpy`.
  var module: String { get }
  /// What its call is given: `{"args": […], "kwargs": {…}}`, in which tensors are the values of the model.
  /// - Parameter tensors: as the file writes them, in the order of the operation's inputs.
  func arguments(_ tensors: [ConfigNode]) -> ConfigNode
}

/// Entries of a model's layers that are no layers.
enum RecordedEntry {
  /// Classes that are a layer and an operation; files that name no modules tell them apart by what layers are saved with.
  private static let ambiguous: Set<String> = [
    "Add", "Subtract", "Multiply", "Maximum", "Minimum", "Average", "Concatenate", "Dot", "Reshape",
    "Softmax", "ReLU",
  ]

  /// Whether an entry of a model's layers is an operation.
  ///
  /// In an `.h5` file, which names no modules, it is one without what every layer is saved with.
  static func isOperation(_ entry: ConfigNode) -> Bool {
    if let module = entry["module"] {
      return ["keras.src.ops.", "keras.src.activations."].contains { module.string?.hasPrefix($0) == true }
    }
    guard let className = entry["class_name"]?.string, className != "InputLayer",
      entry["inbound_nodes"]?.list?.first?["args"] != nil,
      ambiguous.contains(className) || LayerRegistry.all.find(className) == nil
    else { return false }
    return entry["config"]?["trainable"] == nil && entry["config"]?["dtype"]?.entries == nil
  }

  /// Whether a node of an argument is a value of the model.
  static func isTensor(_ node: ConfigNode) -> Bool { node["class_name"]?.string == "__keras_tensor__" }
}

extension ConfigNode {
  /// The same with every tensor in it, in the order in which ``histories`` meets them, replaced.
  public func mappingTensors(_ change: (_ tensor: ConfigNode) -> ConfigNode) -> ConfigNode {
    if RecordedEntry.isTensor(self) { return change(self) }
    switch content {
    case .list(let items): return ConfigNode(.list(items.map { $0.mappingTensors(change) }))
    case .map(let entries):
      return ConfigNode(.map(entries.map { .init($0.key, $0.value.mappingTensors(change)) }))
    default: return self
    }
  }
}
