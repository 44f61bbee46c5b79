import Diagnostics
public import GraphEngine
public import TensorCore

/// A model that is a chain of layers.
public struct Sequential: Sendable {
  public var name: String
  /// Type of a batch of inputs.
  public var input: TensorType
  public var layers: [NamedLayer]

  /// - Parameter input: the shape of one sample.
  public init(_ name: String, input: [Int], _ layers: [NamedLayer]) {
    self.name = name
    self.input = TensorType([.batch] + input.map { .size($0) })
    self.layers = layers
  }

  /// The output of every layer, in order.
  public func call(_ x: Value, in scope: LayerScope) throws -> [Value] {
    var outputs: [Value] = []
    for layer in layers { outputs.append(try scope.apply(layer, outputs.last ?? x)) }
    return outputs
  }
}

/// One layer of a traced model, for tables and drawings.
public struct LayerSummary: Sendable {
  public var name: String
  public var className: String
  public var output: TensorType
  public var parameters: Int
  public var trainable: Int
}

/// A model called on symbols: its graph, and what it declared.
public struct Trace {
  public let graph: Graph
  public let scope: LayerScope
  public let input: Value
  public let output: Value
  public let layers: [LayerSummary]

  /// Calls the model on an unknown batch.
  /// - Throws: `Diagnostic` E03xx if shapes do not fit, or if two layers have one name.
  public init(_ model: Sequential, phase: LayerScope.Phase, seed: UInt64) throws {
    for (i, layer) in model.layers.enumerated() {
      guard let earlier = model.layers[..<i].first(where: { $0.name == layer.name }) else { continue }
      throw Diagnostic.repeatedLayerName(layer.name, at: layer.span, earlier: earlier.span)
    }
    graph = Graph()
    scope = LayerScope(graph: graph, phase: phase, model: model.name, seed: seed)
    guard model.input.sampleCount <= TensorType.largestCount else {
      throw Diagnostic.uncountable("a sample \(model.input)", at: nil)
    }
    input = graph.leaf(.input("x"), model.input)
    let outputs = try model.call(input, in: scope)
    output = outputs.last ?? input
    let scope = scope
    layers = zip(model.layers, outputs).map { layer, output in
      let own = scope.parameters.filter { $0.spec.path.hasPrefix("\(model.name)/\(layer.name)/") }
      func count(_ list: [LayerScope.Parameter]) -> Int {
        list.map { $0.spec.shape.reduce(1, *) }.reduce(0, +)
      }
      return LayerSummary(
        name: layer.name, className: layer.layer.className, output: output.type, parameters: count(own),
        trainable: count(own.filter(\.spec.isTrainable)))
    }
  }

  public var parameterCount: Int { layers.map(\.parameters).reduce(0, +) }
}
