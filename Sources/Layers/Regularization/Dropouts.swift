public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// In training sets a fraction of the inputs to 0 and scales the others by `1 / (1 - rate)`; does nothing otherwise.
///
/// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).
/// Keras: `keras.layers.Dropout`.
public struct Dropout: UnaryLayer, Configurable {
  public var rate: Double
  public var seed: Int?
  public var noiseShape: NoiseShape?
  public init(_ rate: Double) { self.rate = rate }

  public static let schema = Schema(
    "Dropout", "Sets a random part of the inputs to 0 in training.", prototype: Dropout(0.5),
    .dropRate(\.rate), .seed(\.seed), .noiseShape(\.noiseShape))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    if scope.phase == .inference || rate == 0 { return x }
    if let noiseShape {
      return try x * scope.kept(rate, try noiseShape.dims(for: x, className), seed) * Float(1 / (1 - rate))
    }
    let op = GraphEngine.Dropout(rate: Float(rate), stream: scope.stream("dropout", seed: seed))
    return try x.graph.apply(op, x, scope.step)
  }
}

/// Sets whole channels to 0 in training.
///
/// Tompson et al., "Efficient object localization using convolutional networks" (2014).
/// Keras: `keras.layers.SpatialDropout1D`, `SpatialDropout2D`, `SpatialDropout3D`.
public struct SpatialDropout<let rank: Int>: UnaryLayer, Configurable {
  public var rate: Double
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ rate: Double) { self.rate = rate }

  public static var schema: Schema<Self> {
    let format = Field<Self>("data_format", \.dataFormat, "Where channels are.")
    return Schema(
      "SpatialDropout\(rank)D", "Sets whole channels to 0 in training.", prototype: Self(0.5),
      fields: [.dropRate(\.rate), .seed(\.seed)] + (rank == 1 ? [] : [format]))
  }

  public static var dialects: KerasDialects {
    KerasDialects { if rank > 1 { $0.keras2.lacks = ["data_format"] } }
  }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    guard x.type.rank == rank + 2 else {
      throw Diagnostic(
        "E0301", "\(className) needs batch, \(axisWords(rank)) and channels, found \(x.type)",
        help: "Reshape changes the axes of a sample")
    }
    if scope.phase == .inference || rate == 0 { return x }
    let channels = dataFormat == .channelsLast ? rank + 1 : 1
    let dims = x.type.dims.enumerated().map { [0, channels].contains($0.offset) ? $0.element : .size(1) }
    return try x * scope.kept(rate, dims, seed) * Float(1 / (1 - rate))
  }
}

/// Sets a random part to what selu has far below 0, and brings mean and deviation back; does nothing in inference.
///
/// Klambauer et al., "Self-normalizing neural networks" (2017). Keras: `keras.layers.AlphaDropout`.
public struct AlphaDropout: UnaryLayer, Configurable {
  public var rate: Double
  public var noiseShape: NoiseShape?
  public var seed: Int?
  public init(_ rate: Double) { self.rate = rate }

  public static let schema = Schema(
    "AlphaDropout", "A dropout that keeps mean and deviation, for selu.", prototype: AlphaDropout(0.5),
    .dropRate(\.rate), .noiseShape(\.noiseShape), .seed(\.seed))

  public static let dialects = KerasDialects { $0.keras2.lacks = ["noise_shape"] }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    if scope.phase == .inference || rate == 0 { return x }
    let low = -1.6732632423543772 * 1.0507009873554805
    let scale = 1 / ((1 - rate) * (1 + rate * low * low)).squareRoot()
    let kept = try scope.kept(rate, try noiseShape?.dims(for: x, className) ?? x.type.dims, seed)
    let mixed = try x * kept + (1 - kept) * Float(low)
    return try mixed.scaled(by: Float(scale), plus: Float(-scale * low * rate))
  }
}

/// The axes of a noise: `null` for as many numbers as the input has, 1 for one number along the whole axis.
public struct NoiseShape: ConfigConvertible, Hashable {
  public var sizes: [Int?]

  public static var expectation: String { "a list of sizes and nulls" }
  public init(config: ConfigNode) throws(Diagnostic) { sizes = try [Int?](config: config) }
  public var config: ConfigNode { sizes.config }
  public static var jsonSchema: ConfigNode { ["type": "array"] }

  /// - Throws: E0374 if it does not repeat along the axes of the value.
  func dims(for x: Value, _ layer: String) throws(Diagnostic) -> [Dim] {
    let fits =
      sizes.count == x.type.rank
      && zip(sizes, x.type.dims).allSatisfy { $0 == nil || $0 == 1 || $1 == $0.map { .size($0) } }
    guard fits else {
      throw Diagnostic(
        "E0374", "\(layer): 'noise_shape' \(sizes.config.json) does not fit \(x.type)",
        at: x.graph.origin.map { .init($0, "called here") },
        help: "write one entry for each axis, the batch first: null for all of it, 1 for the same along it")
    }
    return zip(sizes, x.type.dims).map { $0 == 1 ? .size(1) : $1 }
  }
}

extension LayerScope {
  /// 1 with the probability `1 - rate`, 0 else, other ones in every step.
  func kept(_ rate: Double, _ dims: [Dim], _ seed: Int?) throws -> Value {
    let stream = stream("dropout", seed: seed)
    return try graph.random(.uniform(lower: 0, upper: 1), dims, stream: stream, step: step) .>= Float(rate)
  }
}

extension Field {
  // The engine computes in floats, and a rate that rounds to 1 leaves nothing to scale.
  static func dropRate(_ path: any WritableKeyPath<Root, Double> & Sendable) -> Field {
    Field("rate", path, "The part that is dropped.") {
      $0 >= 0 && Float($0) < 1 ? nil : "must be at least 0 and less than 1"
    }.required
  }

  static func seed(_ path: any WritableKeyPath<Root, Int?> & Sendable) -> Field {
    Field("seed", path, "Draws from a stream of this seed instead of the experiment's.")
  }

  static func noiseShape(_ path: any WritableKeyPath<Root, NoiseShape?> & Sendable) -> Field {
    Field("noise_shape", path, "Axes along which the same is dropped have size 1; none if null.")
  }
}
