public import Config
package import Diagnostics
import TensorCore

/// Reads models from Keras 3's configurations.
///
/// Files hold settings that runexp has no use for; those that change nothing are passed over.
public struct ModelDecoder: Sendable {
  /// Layers that are not in the registry: written in experiment files, or in Swift.
  public typealias Custom = @Sendable (_ className: String, _ config: ConfigNode) throws -> (any Layer)?

  /// Operations that a functional model computes between its layers.
  public typealias Operations = @Sendable (_ entry: ConfigNode) throws -> (any GraphOperation)?

  private let custom: Custom
  private let operations: Operations
  private var depth = 0

  /// The reader at work, which knows the layers that are written elsewhere: for layers that hold others.
  @TaskLocal static var current: ModelDecoder?

  /// Deeper nesting is damage, not a model.
  private static let deepest = 32

  public init(
    custom: @escaping Custom = { _, _ in nil }, operations: @escaping Operations = { _ in nil }
  ) {
    self.custom = custom
    self.operations = operations
  }

  /// - Parameters:
  ///   - node: `{"class_name": "Sequential", "config": {…}}`.
  ///   - name: what the model is called instead of what the file says.
  /// - Throws: E0621 for a layer that does not exist here, E0615 for a configuration that makes no sense, and what is
  ///   wrong with a layer's settings.
  public func model(_ node: ConfigNode, named name: String? = nil) throws -> any Model {
    let named = try layer(node, named: name)
    guard let model = named.layer as? any Model else {
      throw Diagnostic.senselessConfig("'\(named.layer.className)' is a layer, not a model")
    }
    return model
  }

  /// A layer with its name, of a model or by itself.
  public func layer(_ node: ConfigNode, named chosen: String? = nil) throws -> NamedLayer {
    guard let written = node["class_name"]?.string, let config = node["config"] else {
      throw Diagnostic.senselessConfig("a layer without 'class_name' and 'config'")
    }
    let (className, isOwn) = Self.origin(of: node, written)
    var inner = self
    inner.depth += 1
    guard inner.depth <= Self.deepest else {
      throw Diagnostic.senselessConfig("models nested more than \(Self.deepest) deep")
    }
    let name = chosen ?? config["name"]?.string ?? className.snakeCased
    if config["dtype"]?["class_name"]?.string?.hasPrefix("Quantized") == true {
      throw Diagnostic.quantized(name, config["dtype"]?["config"]?["mode"]?.string ?? "few bits")
    }
    let isTrainable = try config["trainable"].map { try Bool(config: $0) } ?? true
    if RecordedEntry.isOperation(node) {
      // A file that names no modules may mean a class of its author's.
      if node["module"] == nil, let own = try custom(className, config) {
        return NamedLayer(name, own, isTrainable: isTrainable)
      }
      if let operation = try operations(node) {
        return NamedLayer(name, operation, isTrainable: isTrainable)
      }
      if node["module"] != nil { throw Diagnostic.unknownOperation(name, className) }
    }
    if ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"].contains(className) {
      let node = config["node_def"]?["op"]?.string
      throw Diagnostic.unknownOperation(name, config["function"]?.string ?? node ?? className)
    }
    if isOwn {
      guard let own = try custom(className, config) else {
        throw Diagnostic.noSuchLayer(className, name, isOwn: true)
      }
      return NamedLayer(name, own, isTrainable: isTrainable)
    }
    switch className {
    case "Sequential":
      return NamedLayer(name, try inner.sequential(name, config), isTrainable: isTrainable)
    case "Functional", "Model":
      return NamedLayer(name, try inner.functional(name, config), isTrainable: isTrainable)
    case "InputLayer":
      return NamedLayer(name, InputLayer(try Self.input(name, config)), isTrainable: isTrainable)
    default:
      if let own = try custom(className, config) {
        return NamedLayer(name, own, isTrainable: isTrainable)
      }
      let plain = try Self.$current.withValue(inner) { try Self.plain(className, config, name) }
      return NamedLayer(name, plain, isTrainable: isTrainable)
    }
  }

  /// A layer that is a setting of another.
  func inner(_ node: ConfigNode) throws(Diagnostic) -> NamedLayer {
    do { return try layer(node) } catch {
      throw error as? Diagnostic ?? .senselessConfig("\(error)")
    }
  }

  /// The name of a class, and whether it is one of the file's author, whatever Keras has under that name.
  ///
  /// Registered classes are called `Package>Name` in an `.h5` file, and in a `.keras` file beside their name.
  private static func origin(of node: ConfigNode, _ written: String) -> (className: String, isOwn: Bool) {
    let registered = node["registered_name"]?.string ?? ""
    let isElsewhere =
      node["module"]?.string.map { module in
        !["keras", "keras_core", "tf_keras", "tensorflow", "runexp", "builtins"].contains {
          module == $0 || module.hasPrefix($0 + ".")
        }
      } ?? false
    guard let end = written.lastIndex(of: ">") else {
      return (written, isElsewhere || registered.contains(">"))
    }
    return (String(written[written.index(after: end)...]), true)
  }

  /// A layer of the registry.
  private static func plain(_ className: String, _ config: ConfigNode, _ name: String) throws -> any Layer {
    guard LayerRegistry.all.find(className) != nil else { throw Diagnostic.noSuchLayer(className, name) }
    let entries = withoutInert(config, of: className)
    var bag = DiagnosticBag()
    let layer = LayerRegistry.all.decode(
      ["class_name": className.config, "config": ConfigNode(.map(entries))], into: &bag)
    guard let layer else {
      var diagnostic = bag.all.first ?? .senselessConfig("the settings of '\(name)'")
      diagnostic.message = "the layer '\(name)' (\(className)): " + diagnostic.message
      throw diagnostic
    }
    return layer
  }

  /// The settings of a layer that is written elsewhere, without those of Keras that change nothing.
  /// - Parameter known: what it has settings for.
  public static func ownSettings(_ config: ConfigNode, known: Set<String>) -> ConfigNode {
    ConfigNode(
      .map((config.entries ?? []).filter { known.contains($0.key) || !isInert($0, of: "") }))
  }

  /// The settings without those that change nothing, of the layers that are settings themselves, too.
  private static func withoutInert(_ config: ConfigNode, of className: String) -> [ConfigNode.Entry] {
    let known = Set(LayerRegistry.all.find(className)?.defaults.entries?.map(\.key) ?? [])
    let kept = (config.entries ?? []).filter { known.contains($0.key) || !isInert($0, of: className) }
    return kept.map { entry in
      guard let inner = entry.value["class_name"]?.string, let settings = entry.value["config"],
        LayerRegistry.all.find(inner) != nil
      else { return entry }
      let common = (settings.entries ?? []).filter { ["name", "trainable"].contains($0.key) }
      let entries = withoutInert(settings, of: inner).filter { !["name", "trainable"].contains($0.key) }
      return .init(
        entry.key, ["class_name": inner.config, "config": ConfigNode(.map(common + entries))])
    }
  }

  /// Whether a setting that we do not know changes nothing as it is.
  private static func isInert(_ entry: ConfigNode.Entry, of className: String) -> Bool {
    if ["name", "trainable", "dtype", "build_config", "batch_input_shape", "registered_name"].contains(
      entry.key)
    {
      return true
    }
    switch entry.value.content {
    case .null, .bool(false): return true
    // What was trained beside the kernel is in the kernel of a file.
    case .int where ["lora_rank", "lora_alpha"].contains(entry.key): return true
    case .double where entry.key == "lora_alpha": return true
    // They follow from the vocabulary.
    case _ where ["IntegerLookup", "StringLookup"].contains(className):
      let follow = ["vocabulary_dtype", "vocabulary_size", "has_input_vocabulary"].contains(entry.key)
      // Of texts it says nothing.
      return follow || className == "StringLookup" && entry.key == "oov_method"
    // Batch renormalisation is off, which leaves its momentum without a use.
    case .double: return className == "BatchNormalization" && entry.key == "renorm_momentum"
    default: return false
    }
  }

  /// A model, or inside of another one a chain that takes what it is called on.
  private func sequential(_ name: String, _ config: ConfigNode) throws -> any Layer {
    // Very old files hold the list itself.
    let nodes = config.list ?? config["layers"]?.list ?? []
    var layers = try nodes.map { try layer($0) }
    var input: ModelInput?
    if let first = layers.first, let own = first.layer as? InputLayer {
      input = own.input(named: first.name)
      layers.removeFirst()
    } else if let shape = config["build_input_shape"], shape.list != nil {
      input = try Self.input("input_layer", ["batch_shape": shape])
    }
    guard let input else {
      guard depth > 1 || Self.current != nil else { throw Diagnostic.unbuilt(name) }
      return LayerChain(layers)
    }
    return Sequential(name, input: input, layers)
  }

  /// What an input layer's settings describe.
  private static func input(_ name: String, _ config: ConfigNode) throws -> ModelInput {
    guard let axes = (config["batch_shape"] ?? config["batch_input_shape"])?.list, !axes.isEmpty else {
      throw Diagnostic.senselessConfig("an input layer without a shape")
    }
    var dims: [Dim] = [.batch]
    for axis in axes.dropFirst() {
      switch axis.content {
      case .int(let size) where size >= 1: dims.append(.size(size))
      case .null: dims.append(.unknown)
      default: throw Diagnostic.senselessConfig("an axis of \(axis.sketch) in an input layer")
      }
    }
    let dtype = config["dtype"]?["config"]?["name"]?.string ?? config["dtype"]?.string ?? "float32"
    let isInteger = dtype.hasPrefix("int") || dtype.hasPrefix("uint")
    let type = TensorType(dims, dtype == "string" ? .text : isInteger ? .int32 : .float32)
    guard case .int(let batch) = axes[0].content, (1...ModelInput.largestBatch).contains(batch) else {
      return ModelInput(name, type)
    }
    return ModelInput(name, type, batchSize: batch)
  }

  private func functional(_ name: String, _ config: ConfigNode) throws -> Functional {
    // Operations that compute masks are set aside at first; what turns out to be a mask of its own is a value of the model.
    var own: Set<String> = []
    while true {
      let masks = RecordedMasks(of: config, except: own)
      let entries = (config["layers"]?.list ?? []).filter { !masks.contains($0) }
      var graph = try GraphDecoder(
        name, config, entries: entries, layers: try entries.map { try layer($0) }, masks: masks)
      do { return try graph.model() } catch let mask as OwnMask {
        guard !mask.operations.isSubset(of: own) else { throw mask.diagnostic }
        own.formUnion(mask.operations)
      }
    }
  }
}

extension Diagnostic {
  /// E0621: a layer in a file that is not there (yet).
  static func noSuchLayer(_ className: String, _ name: String, isOwn: Bool = false) -> Diagnostic {
    if className == "Lambda" {
      return Diagnostic(
        "E0621", "the layer '\(name)' is a Lambda: Python code, which is not run",
        help: "write what it does as a cell '- layer: \(name)' with 'call:' above 'load:'")
    }
    guard !isOwn && KerasClasses.others.contains(className) else {
      return Diagnostic(
        "E0621", "the layer '\(name)' is of the class '\(className)', which is not one of Keras's",
        help: "write what it does as a cell '- layer: \(className)' with 'call:' above 'load:'")
    }
    if let reason = KerasClasses.reasons[className] {
      return Diagnostic(
        "E0621",
        "the layer '\(name)' is of Keras's class '\(className)', which runexp does not have: \(reason)",
        help: "turn texts into numbers when the data are prepared, and build the model from the numbers on")
    }
    return Diagnostic(
      "E0621", "the layer '\(name)' is of Keras's class '\(className)', which runexp does not have",
      help:
        "write what it does as a cell '- layer: \(className)' with 'call:' above 'load:', or build the model without it"
    )
  }

  /// E0621: a layer whose weights are small whole numbers.
  static func quantized(_ name: String, _ mode: String) -> Diagnostic {
    Diagnostic(
      "E0621", "the layer '\(name)' is quantized to \(mode), which runexp does not have",
      help: "save the model before 'quantize' is called")
  }

  /// E0615: a configuration that is JSON, but no model.
  package static func senselessConfig(_ what: String) -> Diagnostic {
    Diagnostic(
      "E0615", "the model's configuration makes no sense: \(what)",
      help: "the file was damaged or edited; save the model again")
  }

  /// E0616: a model that was never given an input shape.
  static func unbuilt(_ name: String) -> Diagnostic {
    Diagnostic(
      "E0616", "'\(name)' was saved before its input shape was known, so it has no weights",
      help: "give it a keras.Input, or call it once on data, and save it again")
  }
}
