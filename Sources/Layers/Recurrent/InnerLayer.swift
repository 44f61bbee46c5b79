public import Config
public import Diagnostics

/// A layer as the setting of another: `LSTM: {units: 8}`, or as Keras stores it.
public struct InnerLayer: ConfigConvertible {
  public var named: NamedLayer

  public init(_ layer: any Layer, named name: String? = nil) {
    named = NamedLayer(name ?? layer.className.snakeCased, layer)
  }

  public static var expectation: String { "a layer with its settings, as in {LSTM: {units: 8}}" }
  public static var jsonSchema: ConfigNode { .reference(to: "layer") }

  /// A layer, or in a file a model that stands for one.
  /// - Throws: what is wrong with the layer.
  public init(config: ConfigNode) throws(Diagnostic) {
    if let decoder = ModelDecoder.current, config["class_name"] != nil, config["config"] != nil {
      named = try decoder.inner(config)
      return
    }
    var bag = DiagnosticBag()
    guard let layers = LayerRegistry.decode([config], into: &bag), let layer = layers.first else {
      throw bag.all.first ?? .mismatch(config, Self.expectation)
    }
    named = layer
  }

  public var config: ConfigNode { named.kerasConfig }
}
