import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A model that is a graph of layer calls: several inputs and outputs, shared layers, models as layers.
///
/// Keras: `keras.Model(inputs, outputs)`.
public struct Functional: Model {
  /// A value: what a call gave.
  ///
  /// An input layer is a call without inputs.
  public struct Source: Hashable, Sendable {
    public var call: Int
    public var output: Int
    public init(_ call: Int, output: Int = 0) {
      self.call = call
      self.output = output
    }
  }

  /// One use of a layer; a layer that is used twice shares its weights.
  public struct Call: Sendable {
    /// Which of ``Functional/layers``.
    public var layer: Int
    /// All values, those given by name last.
    public var inputs: [Source]
    public var named: NamedArguments
    /// Keras's `training` argument; `nil` for what the model is called for.
    public var isTraining: Bool?
    public init(
      layer: Int, inputs: [Source], named: NamedArguments = NamedArguments(), isTraining: Bool? = nil
    ) {
      self.layer = layer
      self.inputs = inputs
      self.named = named
      self.isTraining = isTraining
    }
  }

  public var name: String
  /// Every layer once, input layers among them, in Keras's order: by distance from the outputs, farthest first.
  public private(set) var layers: [NamedLayer]
  /// In an order in which every value is made before it is used.
  public private(set) var calls: [Call]
  /// The calls of the input layers, in the order in which the model takes its inputs.
  public let inputCalls: [Int]
  public let outputs: [Source]
  /// The keys of the inputs, sorted, where Keras takes them as a mapping.
  public var inputKeys: [String]?
  /// The keys of the outputs where Keras gives them as a mapping, in the order in which it is written.
  public var outputKeys: [String]?
  /// The calls in the order in which Keras runs them.
  ///
  /// Attention takes masks away, and layers that are called twice go on from their statistics and states.
  private let running: [Int]

  /// - Parameters:
  ///   - calls: sources name calls by number and come before what uses them.
  ///   - keepsOrder: whether `layers` are in Keras's order already, as in a file of Keras's.
  public init(
    _ name: String, layers: [NamedLayer], calls: [Call], inputs: [Int], outputs: [Source],
    keepsOrder: Bool = false
  ) {
    self.name = name
    self.layers = layers
    self.calls = calls
    inputCalls = inputs
    self.outputs = outputs
    let order = CallOrder(calls, outputs: outputs)
    running = order.calls
    if !keepsOrder { sortLayers(order) }
  }

  public var className: String { "Functional" }

  public var inputs: [ModelInput] {
    inputCalls.map { call in
      let named = layers[calls[call].layer]
      let layer = named.layer as? InputLayer
      return layer?.input(named: named.name) ?? ModelInput(named.name, TensorType([.batch]))
    }
  }

  public var outputNames: [String] {
    var counts: [String: Int] = [:]
    return outputs.map { source in
      let name = layers[calls[source.call].layer].name
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)_\(counts[name, default: 1] - 1)"
    }
  }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let results = try results(inputs, in: scope)
    return try outputs.map { try value($0, in: results) }
  }

  /// What every call gives.
  func results(_ inputs: [Value], in scope: LayerScope) throws -> [[Value]] {
    guard inputs.count == inputCalls.count else {
      throw Diagnostic.inputCount(
        "'\(name)'", "\(inputCalls.count) inputs", inputs.count, at: scope.graph.origin)
    }
    var results = [[Value]](repeating: [], count: calls.count)
    for (call, value) in zip(inputCalls, inputs) { results[call] = [value] }
    for i in running {
      let call = calls[i]
      let layer = layers[call.layer]
      let values = try call.inputs.map { try value($0, in: results) }
      if call.inputs.isEmpty, let input = layer.layer as? InputLayer {
        // A nested model takes what it is given; its input layer only says of which type.
        results[i] = [try input.check(results[i], in: scope)]
      } else {
        // Keras 3 notes the argument too, but calls every layer for what the model is called for.
        let isTraining = scope.semantics == .keras2 ? call.isTraining : nil
        results[i] = try scope.apply(layer, values, named: call.named, isTraining: isTraining)
      }
    }
    return results
  }

  public func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> Functional {
    var copy = self
    copy.layers = layers.map(change)
    return copy
  }

  private func value(_ source: Source, in results: [[Value]]) throws(Diagnostic) -> Value {
    let made = results[source.call]
    guard source.output < made.count else {
      let layer = layers[calls[source.call].layer]
      throw .missingOutput(layer.name, source.output, made.count, at: layer.span)
    }
    return made[source.output]
  }

  /// Puts the layers into the order that Keras gives them.
  ///
  /// Weights are matched by this order.
  private mutating func sortLayers(_ order: CallOrder) {
    let sorted = order.layers(layers.count)
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    layers = sorted.map { layers[$0] }
    for i in calls.indices { calls[i].layer = places[calls[i].layer] ?? calls[i].layer }
  }
}

extension Diagnostic {
  /// E0319: a use of an output that a layer does not have.
  static func missingOutput(
    _ layer: String, _ output: Int, _ count: Int, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0319", "'\(layer)' has \(count) output\(count == 1 ? "" : "s"), output \(output) is used",
      at: span.map { Label($0, "gives \(count)") }, help: "outputs are counted from 0")
  }
}
