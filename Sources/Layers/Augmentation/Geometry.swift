public import Config
public import GraphEngine
import TensorCore

/// A layer that moves the places of images.
public protocol GeometricAugmentation: ImageAugmentation {
  var fillMode: FillMode { get set }
  var interpolation: PlaceInterpolation { get set }
  var fillValue: Double { get set }
  var seed: Int? { get set }
  var dataFormat: DataFormat { get set }
}

extension GeometricAugmentation {
  /// The settings that these layers have in common.
  static var placeFields: [Field<Self>] {
    [
      Field(
        "fill_mode", \.fillMode,
        "What is outside: the mirrored image, the image again, one number, or the edge."),
      Field("interpolation", \.interpolation, "How numbers between places are made."), .seed(\.seed),
      Field("fill_value", \.fillValue, "What is outside where fill_mode is constant."), .format(\.dataFormat),
    ]
  }

  fileprivate func moved(
    _ images: Value, column: (x: Value, y: Value, shift: Value), row: (x: Value, y: Value, shift: Value)
  ) throws -> Value {
    try PlaceMap(
      column: column, row: row, interpolation: interpolation, fillMode: fillMode, fillValue: fillValue
    ).apply(to: images, className)
  }
}

/// Moves each image up or down, left or right in training.
///
/// Keras: `keras.layers.RandomTranslation`.
public struct RandomTranslation: GeometricAugmentation {
  public var heightFactor: RandomRange
  public var widthFactor: RandomRange
  public var fillMode = FillMode.reflect
  public var interpolation = PlaceInterpolation.bilinear
  public var seed: Int?
  public var fillValue = 0.0
  public var dataFormat = DataFormat.channelsLast
  public init(height: RandomRange, width: RandomRange) {
    heightFactor = height
    widthFactor = width
  }

  public static let schema = Schema(
    "RandomTranslation", "Moved images in training.",
    prototype: Self(height: RandomRange(0.1), width: RandomRange(0.1)),
    fields: [
      Field(
        "height_factor", \.heightFactor, "Which part of the height images move down, less than 0 up.",
        check: RandomRange.within(-1...1)
      ).required,
      Field(
        "width_factor", \.widthFactor,
        "Which part of the width they move to the right, less than 0 to the left.",
        check: RandomRange.within(-1...1)
      ).required,
    ] + placeFields)

  public static let dialects = KerasDialects { $0.keras2.lacks = ["data_format"] }

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let (rows, columns) = try images.imageSize(className)
    let down = try scope.drawn("height", from: heightFactor.bounds(), seed: seed) * Float(rows)
    let right = try scope.drawn("width", from: widthFactor.bounds(), seed: seed) * Float(columns)
    let (zero, one) = (scope.graph.constant(0), scope.graph.constant(1))
    return try moved(images, column: (one, zero, -right), row: (zero, one, -down))
  }
}

/// Turns each image in training.
///
/// Keras: `keras.layers.RandomRotation`.
public struct RandomRotation: GeometricAugmentation {
  public var factor: RandomRange
  public var fillMode = FillMode.reflect
  public var interpolation = PlaceInterpolation.bilinear
  public var seed: Int?
  public var fillValue = 0.0
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomRotation", "Turned images in training.", prototype: Self(RandomRange(0.1)),
    fields: [
      .factor(\.factor, "By which part of a full turn, counterclockwise.", within: -1...1).required
    ] + placeFields)

  public static let dialects = KerasDialects { $0.keras2.lacks = ["data_format"] }

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let (rows, columns) = try images.imageSize(className)
    let bounds = factor.bounds()
    let turn = 2 * Double.pi
    let angle = try scope.drawn(
      "rotation", from: bounds.lowerBound * turn...bounds.upperBound * turn, seed: seed)
    let (cosine, sine) = (try angle.cos(), try angle.sin())
    let (x, y) = (Float(columns - 1) / 2, Float(rows - 1) / 2)
    return try moved(
      images, column: (cosine, -sine, x - cosine * x + sine * y),
      row: (sine, cosine, y - sine * x - cosine * y))
  }
}

/// Makes each image larger or smaller in training.
///
/// Keras: `keras.layers.RandomZoom`.
public struct RandomZoom: GeometricAugmentation {
  public var heightFactor: RandomRange
  public var widthFactor: RandomRange?
  public var fillMode = FillMode.reflect
  public var interpolation = PlaceInterpolation.bilinear
  public var seed: Int?
  public var fillValue = 0.0
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { heightFactor = factor }

  private static let isZoom: @Sendable (RandomRange) -> String? = { range in
    range.numbers.allSatisfy { $0 > -1 && $0 <= 1 } ? nil : "must be above -1 and at most 1"
  }

  public static let schema = Schema(
    "RandomZoom", "Images from nearer and farther away in training.", prototype: Self(RandomRange(0.1)),
    fields: [
      Field(
        "height_factor", \.heightFactor, "By which part more is seen of the height, less than 0 less.",
        check: isZoom
      ).required,
      Field(
        "width_factor", \.widthFactor, "The same of the width; as much as of the height if null.",
        check: { $0.flatMap(isZoom) }),
    ] + placeFields)

  public static let dialects = KerasDialects { $0.keras2.lacks = ["data_format"] }

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let (rows, columns) = try images.imageSize(className)
    func zoom(_ name: String, _ factor: RandomRange) throws -> Value {
      let bounds = factor.bounds()
      return try scope.drawn(name, from: 1 + bounds.lowerBound...1 + bounds.upperBound, seed: seed)
    }
    let height = try zoom("height", heightFactor)
    let width = try widthFactor.map { try zoom("width", $0) } ?? height
    let zero = scope.graph.constant(0)
    return try moved(
      images, column: (width, zero, (1 - width) * (Float(columns - 1) / 2)),
      row: (zero, height, (1 - height) * (Float(rows - 1) / 2)))
  }
}

/// Slants each image in training.
///
/// Keras: `keras.layers.RandomShear`.
public struct RandomShear: GeometricAugmentation {
  public var xFactor = RandomRange(0)
  public var yFactor = RandomRange(0)
  public var fillMode = FillMode.reflect
  public var interpolation = PlaceInterpolation.bilinear
  public var seed: Int?
  public var fillValue = 0.0
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomShear", "Slanted images in training.", prototype: Self(),
    fields: [
      Field(
        "x_factor", \.xFactor, "How far a row is moved for each row above it.",
        check: RandomRange.within(-1...1)),
      Field(
        "y_factor", \.yFactor, "How far a column is moved for each column before it.",
        check: RandomRange.within(-1...1)),
    ] + placeFields)

  public static let dialects = KerasDialects.sinceKeras3

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let isInverted = try scope.drawn("invert", from: 0...1, seed: seed) .> 0.5
    let sign = try 1 - isInverted.cast(to: .float32) * 2
    let x = try scope.drawn("x", from: xFactor.bounds(), seed: seed) * sign
    let y = try scope.drawn("y", from: yFactor.bounds(), seed: seed) * sign
    let (zero, one) = (scope.graph.constant(0), scope.graph.constant(1))
    return try moved(images, column: (one, x, zero), row: (y, one, zero))
  }
}
