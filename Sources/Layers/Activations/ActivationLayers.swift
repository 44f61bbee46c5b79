public import Config
public import GraphEngine
import KernelABI
import TensorCore

/// The rectifier with all of Keras's settings: `max_value` cuts off above, below `threshold` a slope is left.
///
/// Keras: `keras.layers.ReLU`.
public struct ReLU: UnaryLayer, Configurable {
  public var maxValue: Double?
  public var negativeSlope = 0.0
  public var threshold = 0.0
  public init() {}

  public static let schema = Schema(
    "ReLU", "The rectifier, with a slope and limits if wanted.", prototype: Self(),
    Field("max_value", \.maxValue, "The largest output; none if null.") {
      ($0 ?? 0) >= 0 ? nil : "must be at least 0"
    },
    Field("negative_slope", \.negativeSlope, "The slope below the threshold.", check: atLeast(0)),
    Field("threshold", \.threshold, "What is not above is rectified.", check: atLeast(0)))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let (slope, low) = (Float(negativeSlope), Float(threshold))
    var y: Value
    if low == 0 {
      y = try slope == 0 ? x.mapped(.relu) : x.mapped(.leakyRelu, slope)
    } else {
      let below = try slope == 0 ? x * 0 : (x - low) * slope
      y = try Value.select(try x .> low, x, below)
    }
    if let maxValue { y = try y.minimum(Float(maxValue)) }
    return y
  }
}

/// `x` above a threshold, 0 elsewhere.
///
/// Keras 2: `keras.layers.ThresholdedReLU`; in Keras 3 `ReLU` with a threshold is the same.
public struct ThresholdedReLU: UnaryLayer, Configurable {
  public var theta = 1.0
  public init() {}

  public static let schema = Schema(
    "ThresholdedReLU", "The input where it is above a threshold, 0 elsewhere.", prototype: Self(),
    Field("theta", \.theta, "The threshold.", check: atLeast(0)))

  public static let dialects = KerasDialects {
    $0.keras3.equivalent = { config in
      let theta = ConfigNode.Entry("threshold", config["theta"] ?? 1.0)
      let others = (config.entries ?? []).filter { $0.key != "theta" }
      let settings: [ConfigNode.Entry] = [.init("max_value", nil), .init("negative_slope", 0.0), theta]
      return ("ReLU", ConfigNode(.map(others + settings)))
    }
  }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try Value.select(x .> Float(theta), x, 0)
  }
}

/// `x` above 0, `negative_slope · x` below.
///
/// Keras: `keras.layers.LeakyReLU`.
public struct LeakyReLU: UnaryLayer, Configurable {
  public var negativeSlope = 0.3
  public init() {}

  public static let schema = Schema(
    "LeakyReLU", "The rectifier with a slope below 0.", prototype: Self(),
    Field("negative_slope", \.negativeSlope, "The slope below 0.", check: atLeast(0)))

  public static let dialects = KerasDialects { $0.keras2.renamed = ["negative_slope": "alpha"] }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try x.mapped(.leakyRelu, Float(negativeSlope))
  }
}

/// `x` above 0, `alpha · (exp(x) - 1)` below.
///
/// Keras: `keras.layers.ELU`.
public struct ELU: UnaryLayer, Configurable {
  public var alpha = 1.0
  public init() {}

  public static let schema = Schema(
    "ELU", "The exponential linear unit.", prototype: Self(),
    Field("alpha", \.alpha, "Minus the limit far below 0."))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value { try x.mapped(.elu, Float(alpha)) }
}

/// `x` above 0, `alpha · x` below, with learned slopes.
///
/// Weights: `alpha`, of the shape of a sample, with size 1 on shared axes. Keras: `keras.layers.PReLU`.
public struct PReLU: UnaryLayer, Configurable {
  public var alpha = WeightSettings(.zeros)
  public var sharedAxes: [Int]?
  public init() {}

  public static let schema = Schema(
    "PReLU", "The rectifier with learned slopes below 0.", prototype: Self(),
    fields: WeightSettings.fields([.init("alpha", \Self.alpha, "the slopes", isMany: true)])
      + [Field("shared_axes", \.sharedAxes, "Axes along which there is one slope; counted from 1.")])

  public static let dialects = KerasDialects {
    $0.keras1.renamed = KerasDialects.Keras1.weight("alpha")
    $0.keras1.weights = .init(1)
  }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    _ = try x.knownSize(for: className)
    let shared = try Axes(sharedAxes ?? []).resolved(for: x.type, className)
    let shape = x.type.shape(batch: 1).enumerated().dropFirst().map {
      shared.contains($0.offset) ? 1 : $0.element
    }
    let alpha = try scope.parameter("alpha", Array(shape), self.alpha)
    return try x.mapped(.relu) - alpha * (-x).mapped(.relu)
  }
}

/// Exponentials that add up to 1 along an axis.
///
/// Keras: `keras.layers.Softmax`.
public struct SoftmaxLayer: UnaryLayer, Configurable {
  public var axis = -1
  public init() {}

  public static let schema = Schema(
    "Softmax", "Exponentials that add up to 1.", prototype: Self(),
    Field("axis", \.axis, "Along which axis."))

  public var passesMask: Bool { true }

  public var signature: CallSignature { CallSignature(values: ["mask"]) }

  /// Elements whose place in `mask` is at most 0.5 become 0.
  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let axis = try Axes(axis).resolved(for: x.type, className)[0]
    let mask = try scope.value("mask").map { try $0 .> 0.5 }
    let left = try mask.map { try Value.select($0, x, -1e9) } ?? x
    let y = try left.softmax(axis: axis)
    return try mask.map { try Value.select($0, y, 0) } ?? y
  }
}
