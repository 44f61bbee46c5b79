public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A layer for every step by itself, with the same weights.
///
/// Keras: `keras.layers.TimeDistributed`.
public struct TimeDistributed: UnaryLayer, Configurable {
  public var layer: InnerLayer
  public init(_ layer: any Layer) { self.layer = InnerLayer(layer) }

  public static let schema = Schema(
    "TimeDistributed", "A layer for every step by itself.", prototype: Self(Dense(1)),
    Field("layer", \.layer, "The layer, as for one step.").required)

  public static let dialects = KerasDialects {
    $0.keras1.weights.layers = 1
    $0.keras2.hidesLayer = true
    $0.keras3.attributes = { parts, config in
      ["layer"] + KerasDialects.attributes(of: Array(parts.dropFirst()), in: config["layer"])
    }
  }

  public var passesMask: Bool { true }
  public var signature: CallSignature { CallSignature(values: ["mask"]) }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    guard x.type.rank >= 3, case .size(let steps) = x.type.dims[1] else {
      throw Diagnostic(
        "E0301", "TimeDistributed needs batch, steps and what its layer takes, found \(x.type)",
        help: "Reshape or RepeatVector make steps")
    }
    if worksOnLastAxis { return try one(scope.apply(layer.named, [x]), in: scope) }
    try scope.checkSteps(steps)
    let results = try (0..<steps).map { step in
      try one(scope.apply(layer.named, [x.sliced(.all, .at(step))]), in: scope)
    }
    return try Value.stack(results, axis: 1)
  }

  /// Whether the layer does with all steps what it does with one.
  private var worksOnLastAxis: Bool {
    let inner = layer.named.layer
    return inner is Dense || inner is ActivationLayer || inner is Dropout || inner is Identity
  }

  private func one(_ values: [Value], in scope: LayerScope) throws -> Value {
    guard values.count == 1 else {
      throw Diagnostic(
        "E0365",
        "TimeDistributed takes a layer with one output, \(layer.named.layer.className) has \(values.count)",
        at: scope.graph.origin.map { .init($0, "gives \(values.count) values a step") },
        help: "leave 'return_state' out")
    }
    return values[0]
  }
}
