import Config
import Layers

/// Calls of Keras's constructors: `keras.layers.Dense(units=30, activation="relu", name="hidden")`.
struct PythonConstructor {
  /// Functions of the module that layers may name as activations.
  let functions: Set<String>

  /// A layer that Keras has.
  func layer(_ layer: NamedLayer) -> String {
    object(layer.kerasConfig, in: "keras.layers")
  }

  /// An object by its stored form; settings that have their default are left out.
  func object(_ node: ConfigNode, in module: String) -> String {
    guard let className = node["class_name"]?.string, let config = node["config"] else {
      return PythonValue.text(node)
    }
    if className == "function", let name = config.string { return function(name) }
    if className == "Sequential" { return chain(config) }
    let known = LayerRegistry.all.find(className)
    let required = Set((known?.jsonSchema["required"]?.list ?? []).compactMap(\.string))
    let defaults = known?.defaults.without(required)
    var settings = (config.withoutDoubles.entries ?? []).filter { entry in
      // Nothing says something where the default is something.
      if case .null = entry.value.content, defaults?[entry.key]?.content ?? .null == .null { return false }
      return !["name", "dtype", "trainable"].contains(entry.key) && defaults?[entry.key] != entry.value
    }
    if config["trainable"] == false { settings.append(.init("trainable", false)) }
    if let name = config["name"], case .string = name.content { settings.append(.init("name", name)) }
    let arguments = settings.map { "\($0.key)=\(value($0.value, of: $0.key))" }
    return "\(module).\(className)(\(arguments.joined(separator: ", ")))"
  }

  /// Layers one after another, which are built when they are called.
  private func chain(_ config: ConfigNode) -> String {
    let layers = (config["layers"]?.list ?? []).filter { $0["class_name"] != "InputLayer" }
    let parts = layers.map { object($0, in: $0["module"]?.string ?? "keras.layers") }
    let name = config["name"]?.string.map { ", name=\(PythonValue.text($0))" } ?? ""
    return "keras.Sequential([\(parts.joined(separator: ", "))]\(name))"
  }

  private func value(_ node: ConfigNode, of key: String) -> String {
    if key.hasSuffix("activation"), let name = node.string { return function(name) }
    if node["class_name"] != nil, node["config"] != nil {
      return object(node, in: node["module"]?.string ?? "keras.layers")
    }
    if let items = node.list, items.contains(where: { $0["class_name"] != nil }) {
      return "[\(items.map { value($0, of: key) }.joined(separator: ", "))]"
    }
    let isShape = key.hasSuffix("shape") || key == "dims"
    return PythonValue.text(node, asTuple: isShape)
  }

  /// A function of the module stands there itself, one of Keras's by its name.
  private func function(_ name: String) -> String {
    functions.contains(name) ? PythonName.identifier(name) : PythonValue.text(name)
  }
}

extension ScriptParts.Entry {
  /// Whether what it is called on is one list.
  var takesList: Bool {
    guard let layer = layers.first?.layer else { return false }
    if let own = layer as? ScriptedLayer { return own.signature.inputs.count == 1 }
    return layer is any MergingLayer || layer is any Model
  }
}

extension ConfigNode {
  /// The settings of a layer without what Keras stores beside another setting, but does not take together with it.
  fileprivate var withoutDoubles: ConfigNode {
    self["bin_boundaries"]?.list == nil ? self : without(["num_bins"])
  }
}
