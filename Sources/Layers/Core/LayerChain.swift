public import Config
public import Diagnostics
public import GraphEngine

/// Layers one after another as one layer, without an input of its own: it takes what it is called on.
///
/// Keras: a `keras.Sequential` that is built when it is called.
public struct LayerChain: UnaryLayer, LayerContainer, Configurable {
  public var list: LayerList
  public var layers: [NamedLayer] { list.layers }

  public init(_ layers: [NamedLayer]) { list = LayerList(layers) }

  public static let schema = Schema(
    "Sequential", "Layers one after another, as one layer.", prototype: Self([NamedLayer("dense", Dense(1))]),
    Field("layers", \.list, "The layers, as those of a model.").required)

  public static let dialects = KerasDialects { $0.keras3.module = "keras" }

  public func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> LayerChain { LayerChain(layers.map(change)) }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    var x = x
    for layer in layers {
      let results = try scope.apply(layer, [x])
      guard results.count == 1 else { throw Diagnostic.severalOutputs(layer, results.count) }
      x = results[0]
    }
    return x
  }
}

/// Layers as the setting of another layer.
public struct LayerList: ConfigConvertible {
  public let layers: [NamedLayer]

  public init(_ layers: [NamedLayer]) { self.layers = layers }

  public static var expectation: String {
    "a list of layers, such as [{Dense: {units: 8}}, Dropout: {rate: 0.5}]"
  }
  public static var jsonSchema: ConfigNode { .list(of: "layer") }

  /// - Throws: what is wrong with a layer; E0302 if two have one name.
  public init(config: ConfigNode) throws(Diagnostic) {
    guard let nodes = config.list, !nodes.isEmpty else { throw .mismatch(config, Self.expectation) }
    if let decoder = ModelDecoder.current, nodes.allSatisfy({ $0["class_name"] != nil }) {
      var read: [NamedLayer] = []
      for node in nodes where node["class_name"]?.string != "InputLayer" {
        read.append(try decoder.inner(node))
      }
      layers = read
      return
    }
    let written = nodes.filter { $0["class_name"]?.string != "InputLayer" }
    var bag = DiagnosticBag()
    guard let read = LayerRegistry.decode(written, into: &bag) else {
      throw bag.all.first ?? .mismatch(config, Self.expectation)
    }
    layers = read
  }

  public var config: ConfigNode { ConfigNode(.list(layers.map(\.kerasConfig))) }
}

extension Diagnostic {
  /// E0365: a layer of several outputs in the middle of a chain.
  fileprivate static func severalOutputs(_ layer: NamedLayer, _ count: Int) -> Diagnostic {
    Diagnostic(
      "E0365", "a chain takes layers with one output, '\(layer.name)' has \(count)",
      at: layer.span.map { Label($0, "gives \(count) values") }, help: "leave 'return_state' out")
  }
}
