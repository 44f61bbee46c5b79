import Config
import Layers

/// Fits a configuration to what Keras 3 makes of it when it reads the file.
enum Keras3Writing {
  /// Calls without Keras's `training` argument, which no functional model of Keras 3 heeds when it runs.
  ///
  /// Reading a call that has it, Keras 3.15 does not ask for the mask of what the layer is called with.
  static func withoutTraining(_ node: ConfigNode) -> ConfigNode {
    node.mappingObjects { _, object in
      guard let calls = object["inbound_nodes"]?.list else { return object }
      let written = calls.map { call in
        call["kwargs"].map { call.with(["kwargs": $0.without(["training"])]) } ?? call
      }
      return object.with(["inbound_nodes": ConfigNode(.list(written))])
    }
  }

  /// A configuration for an `.h5` file.
  ///
  /// The reader takes every text that is the name of a function in `keras.layers` for that function, and then cannot
  /// read `score_mode: dot`; it is the default. The layer inside a wrapper it finds by its module alone.
  static func legacy(_ node: ConfigNode) -> ConfigNode {
    node.mappingObjects { _, object in
      let object = withoutEllipsis(object)
      let dialect = LayerRegistry.dialects(of: object["class_name"]?.string ?? "")?.keras3.h5
      if let name = dialect?.className { return object.with(["class_name": name.config]) }
      guard let config = object["config"] else { return object }
      let omitted = (dialect?.omits ?? [:]).filter { config[$0.key] == $0.value }
      let settings = omitted.isEmpty ? config : config.without(Set(omitted.keys))
      return object.with(["config": locatingLayers(settings)])
    }
  }

  /// `x[..., 0]` as `x[:, :, 0]`: of an `.h5` file Keras does not read what stands for the axes between.
  private static func withoutEllipsis(_ node: ConfigNode) -> ConfigNode {
    guard node["class_name"] == "GetItem", let calls = node["inbound_nodes"]?.list else { return node }
    let full: ConfigNode = ["class_name": "__slice__", "config": ["start": nil, "stop": nil, "step": nil]]
    let isEllipsis = { (item: ConfigNode) in item["class_name"] == "__ellipsis__" }
    let written = calls.map { call -> ConfigNode in
      guard var arguments = call["args"]?.list, arguments.count == 2,
        let rank = arguments[0]["config"]?["shape"]?.list?.count
      else { return call }
      let items = arguments[1].list ?? arguments[1]["config"]?.list ?? [arguments[1]]
      guard let place = items.firstIndex(where: isEllipsis) else { return call }
      let count = rank - items.filter { !$0.isAbsent && !isEllipsis($0) }.count
      guard count >= 0 else { return call }
      var expanded = items
      expanded.replaceSubrange(place...place, with: repeatElement(full, count: count))
      arguments[1] = ConfigNode(.list(expanded))
      return call.with(["args": ConfigNode(.list(arguments))])
    }
    return node.with(["inbound_nodes": ConfigNode(.list(written))])
  }

  /// The settings of a layer, with the module of each that is a layer itself.
  private static func locatingLayers(_ settings: ConfigNode) -> ConfigNode {
    guard let entries = settings.entries else { return settings }
    func located(_ value: ConfigNode) -> ConfigNode {
      guard let className = value["class_name"]?.string, value["module"] == nil,
        let (module, registered) = knownOrigin(of: className)
      else { return value }
      return value.with(["module": module, "registered_name": registered])
    }
    return ConfigNode(
      .map(
        entries.map { entry in
          // The cells of a stack are found as other settings are, the layers of a model by their names.
          guard entry.key == "cells", let cells = entry.value.list else {
            return .init(entry.key, located(entry.value))
          }
          return .init(entry.key, ConfigNode(.list(cells.map(located))))
        }))
  }

  /// A configuration for a `.keras` file: every object names its module, every layer the shape it was built for.
  /// - Parameter shapes: of what goes into each layer, by the names of models and layers down to it.
  static func full(_ node: ConfigNode, shapes: [[String]: ConfigNode], path: [String] = []) -> ConfigNode {
    guard let className = node["class_name"]?.string, let config = node["config"],
      className != "__keras_tensor__"
    else { return inside(node, shapes, path) }
    var entries: [ConfigNode.Entry] = []
    let known = node["module"]
    let (module, registered) = known.map { ($0, node["registered_name"] ?? nil) } ?? origin(of: className)
    entries.append(.init("module", module))
    entries.append(.init("class_name", className.config))
    entries.append(.init("config", inside(config, shapes, path)))
    entries.append(.init("registered_name", registered))
    if let built = buildConfig(className, config, shapes[path]) {
      entries.append(.init("build_config", built))
    }
    let written = Set(entries.map(\.key))
    for entry in node.entries ?? [] where !written.contains(entry.key) {
      entries.append(.init(entry.key, inside(entry.value, shapes, path)))
    }
    return ConfigNode(.map(entries))
  }

  /// What a value holds; a model's layers each by its name.
  private static func inside(_ node: ConfigNode, _ shapes: [[String]: ConfigNode], _ path: [String])
    -> ConfigNode
  {
    switch node.content {
    case .list(let items):
      return ConfigNode(.list(items.map { full($0, shapes: shapes, path: path) }))
    case .map(let entries):
      return ConfigNode(
        .map(
          entries.map { entry in
            guard entry.key == "layers", let layers = entry.value.list else {
              return .init(entry.key, full(entry.value, shapes: shapes, path: []))
            }
            let own = layers.map { layer in
              let name = layer["config"]?["name"]?.string ?? layer["name"]?.string ?? ""
              return full(layer, shapes: shapes, path: path + [name])
            }
            return .init(entry.key, ConfigNode(.list(own)))
          }))
    default: return node
    }
  }

  /// Where Keras finds a class; classes it does not have are registered by their users.
  private static func origin(of className: String) -> (module: ConfigNode, registered: ConfigNode) {
    if className == "Functional" { return ("keras.src.models.functional", "Functional") }
    return knownOrigin(of: className) ?? (nil, className.config)
  }

  /// The same for Keras's layers, and for cells of such; `nil` for another class.
  private static func knownOrigin(of className: String) -> (module: ConfigNode, registered: ConfigNode)? {
    LayerRegistry.dialects(of: className).map { ($0.keras3.module.config, nil) }
  }

  private static func buildConfig(_ className: String, _ config: ConfigNode, _ shape: ConfigNode?)
    -> ConfigNode?
  {
    switch className {
    case "Functional": return ["input_shape": nil]
    case "Sequential": return config["build_input_shape"].map { ["input_shape": $0] }
    default: return shape.map { ["input_shape": $0] }
    }
  }
}

extension ConfigNode {
  /// The configuration with every object in it, from the inside out, replaced by what `change` makes of it.
  func mappingObjects(_ change: (_ className: String, _ object: ConfigNode) -> ConfigNode) -> ConfigNode {
    switch content {
    case .list(let items): return ConfigNode(.list(items.map { $0.mappingObjects(change) }))
    case .map(let entries):
      let inner = ConfigNode(.map(entries.map { .init($0.key, $0.value.mappingObjects(change)) }))
      guard let className = inner["class_name"]?.string, inner["config"] != nil else { return inner }
      return change(className, inner)
    default: return self
    }
  }
}
