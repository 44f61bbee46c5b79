public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// A layer that changes images at random in training, and leaves them as they are in inference.
///
/// Keras: the layers `keras.layers.Random…` and their kin. The random numbers are those of the layer's own stream, other
/// ones in every step, and not Keras's.
public protocol ImageAugmentation: UnaryLayer, Configurable {
  var dataFormat: DataFormat { get }
  /// What training makes of images (batch, rows, columns, channels).
  func augmented(_ images: Value, in scope: LayerScope) throws -> Value
}

extension ImageAugmentation {
  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let x = try x.cast(to: .float32)
    if scope.phase == .inference {
      _ = try x.imageSize(className)
      return x
    }
    return try dataFormat.channelsLast(x) { images in
      _ = try images.imageSize(className)
      return try augmented(images, in: scope)
    }
  }

  /// Most of Keras's augmentations are known in inference only, and keep a model from being trained.
  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    scope.obstructTraining(.untrainableAugmentation(className, at: scope.graph.origin))
    return images
  }
}

/// Bounds of a random number as Keras's settings give them: a number, or the lower and the upper bound.
public struct RandomRange: ConfigConvertible, Hashable {
  /// One number, or two.
  public let numbers: [Double]

  public init(_ numbers: Double...) { self.numbers = numbers }

  public static var expectation: String { "a number, or a list of two" }
  public init(config: ConfigNode) throws(Diagnostic) {
    guard let list = config.list else {
      numbers = [try Double(config: config)]
      return
    }
    guard list.count == 2 else { throw .mismatch(config, Self.expectation) }
    numbers = try [Double](config: config)
  }
  public var config: ConfigNode { numbers.count == 1 ? numbers[0].config : numbers.config }
  public static var jsonSchema: ConfigNode { ["type": ["number", "array"]] }

  /// The bounds; of a number `f` they are `-f` and `f`, or where they end if that is above.
  func bounds(from lowest: Double = -1) -> ClosedRange<Double> {
    guard numbers.count == 2 else {
      let size = abs(numbers[0])
      return max(-size, min(lowest, size))...size
    }
    return min(numbers[0], numbers[1])...max(numbers[0], numbers[1])
  }

  /// A check for settings: that the numbers lie between two others.
  static func within(_ range: ClosedRange<Double>) -> @Sendable (RandomRange) -> String? {
    { written in
      let isInside = written.numbers.allSatisfy { range.contains($0) }
      return isInside ? nil : "must be between \(range.lowerBound) and \(range.upperBound)"
    }
  }

  /// As Keras checks most factors: two numbers need not lie inside, but must not both lie on one side.
  static func overlapping(_ range: ClosedRange<Double>) -> @Sendable (RandomRange) -> String? {
    { written in
      let numbers = written.numbers
      let isFit =
        numbers.count == 1
        ? range.contains(numbers[0])
        : numbers[0] <= range.upperBound && numbers[1] >= range.lowerBound
      return isFit ? nil : "must be between \(range.lowerBound) and \(range.upperBound)"
    }
  }
}

/// The smallest and the largest number that a colour may have: 0 and 255, or 0 and 1.
public struct ValueRange: ConfigConvertible, Hashable {
  private let written: [Double]
  var lower: Double { min(written[0], written[1]) }
  var upper: Double { max(written[0], written[1]) }

  public init() { written = [0, 255] }
  public static var expectation: String { "a list of two numbers, as [0, 255]" }
  public init(config: ConfigNode) throws(Diagnostic) {
    written = try [Double](config: config)
    guard written.count == 2, written[0] != written[1] else { throw .mismatch(config, Self.expectation) }
  }
  public var config: ConfigNode { written.config }
  public static var jsonSchema: ConfigNode { ["type": "array"] }

  /// Numbers of this range as numbers of another one.
  func mapped(_ x: Value, to lower: Double, _ upper: Double) throws -> Value {
    if self.lower == lower && self.upper == upper { return x }
    let size = Float(self.upper - self.lower)
    return try ((x - Float(self.lower)) / size).scaled(by: Float(upper - lower), plus: Float(lower))
  }

  /// Numbers from 0 to 255 as numbers of this range.
  func restored(_ x: Value) throws -> Value {
    if lower == 0 && upper == 255 { return x }
    return try (x / 255).scaled(by: Float(upper - lower), plus: Float(lower))
  }

  func clip(_ x: Value) throws -> Value { try x.clipped(Float(lower), Float(upper)) }
}

extension LayerScope {
  /// A number for each image (batch, 1, 1, 1), other ones in every step.
  /// - Parameter name: tells several draws of a layer apart.
  func drawn(_ name: String, from range: ClosedRange<Double>, seed: Int?) throws -> Value {
    try graph.random(
      .uniform(lower: Float(range.lowerBound), upper: Float(range.upperBound)),
      [.batch, .size(1), .size(1), .size(1)], stream: stream(name, seed: seed), step: step)
  }

  /// 1 for images that something is done to, with a probability that is itself drawn from a range; 0 for the others.
  func chosen(_ name: String, with probability: ClosedRange<Double>, seed: Int?) throws -> Value {
    let threshold = try drawn(name + "_threshold", from: 0...1, seed: seed)
    return try threshold .< drawn(name, from: probability, seed: seed)
  }
}

extension Field {
  static func format(_ path: any WritableKeyPath<Root, DataFormat> & Sendable) -> Field {
    Field("data_format", path, "Where channels are.")
  }

  static func valueRange(_ path: any WritableKeyPath<Root, ValueRange> & Sendable) -> Field {
    Field("value_range", path, "The smallest and the largest number of a colour.")
  }

  /// A factor that Keras checks loosely.
  static func factor(
    _ path: any WritableKeyPath<Root, RandomRange> & Sendable, _ doc: String,
    within range: ClosedRange<Double>
  ) -> Field {
    Field("factor", path, doc, check: RandomRange.overlapping(range))
  }
}

extension Diagnostic {
  /// E0376: an augmentation that runexp leaves out in inference, as Keras does, and does not compute in training.
  static func untrainableAugmentation(_ layer: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0376", "\(layer) is not computed in training",
      at: span.map { Label($0, "changes images at random in training") },
      help:
        "leave the layer out to train, or augment the images beforehand; predictions and evaluations do without it"
    )
  }
}
