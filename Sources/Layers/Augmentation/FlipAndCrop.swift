public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Mirrors half of the images in training.
///
/// Keras: `keras.layers.RandomFlip`.
public struct RandomFlip: ImageAugmentation {
  public enum Mode: String, CaseIterable, ConfigConvertible {
    case horizontal, vertical
    case both = "horizontal_and_vertical"
  }

  public var mode = Mode.both
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomFlip", "Mirrors half of the images in training.", prototype: Self(),
    Field("mode", \.mode, "Left and right, top and bottom, or both."), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects { $0.keras2.lacks = ["data_format"] }

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    // As in Keras 3 one number of an image decides on both directions.
    let isFlipped = try scope.drawn("flip", from: 0...1, seed: seed) .<= 0.5
    var y = images
    if mode != .vertical { y = try Value.select(isFlipped, y.flipped([2]), y) }
    if mode != .horizontal { y = try Value.select(isFlipped, y.flipped([1]), y) }
    return y
  }
}

/// In training the same random part of all images of a batch.
///
/// Keras: `keras.layers.RandomCrop`. In inference Keras 3 leaves images as they are, whatever their size; Keras 2 takes
/// the middle and resizes it.
public struct RandomCrop: ImageAugmentation {
  public var height: Int
  public var width: Int
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public static let schema = Schema(
    "RandomCrop", "A random part of the images in training.", prototype: Self(height: 1, width: 1),
    Field("height", \.height, "Rows of the result.", check: within(1...largestSide)).required,
    Field("width", \.width, "Columns of the result.", check: within(1...largestSide)).required, .seed(\.seed),
    .format(\.dataFormat))

  public static let dialects = KerasDialects {
    $0.keras2.lacks = ["data_format"]
    $0.differences = [.init("RandomCrop in inference", place: 2) { _, _ in true }]
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x.cast(to: .float32)) { images in
      let (rows, columns) = try images.imageSize(className)
      if rows == height && columns == width { return images }
      if scope.phase == .training { return try augmented(images, in: scope) }
      // Keras 3 promises that size for inference as well, and computes with whole images.
      guard scope.semantics == .keras2 else { return images }
      return try images.croppedToProportions(height, width, className).resized(height, width, .bilinear)
    }
  }

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let (rows, columns) = try images.imageSize(className)
    let isLarge =
      scope.semantics == .keras2
      ? rows >= height && columns >= width : rows > height && columns > width
    guard isLarge else { return try smallImages(images, in: scope) }
    return try images.taking(places(rows, height, "top", in: scope), axis: 1)
      .taking(places(columns, width, "left", in: scope), axis: 2)
  }

  /// So many places in a row, of which the first is drawn.
  private func places(_ count: Int, _ wanted: Int, _ name: String, in scope: LayerScope) throws -> Value {
    let range = RandomNumbers.Distribution.uniform(lower: 0, upper: Float(count - wanted + 1))
    let first = try scope.graph.random(
      range, [.size(1)], stream: scope.stream(name, seed: seed), step: scope.step)
    // Rounding may bring the number up to its bound.
    let start = try first.floor().minimum(Float(count - wanted))
    return try (start + scope.graph.arange(0, Float(wanted))).cast(to: .int32)
  }

  /// Of images that are too small Keras 3 takes what there is from where the middle part would begin, and resizes it.
  private func smallImages(_ images: Value, in scope: LayerScope) throws -> Value {
    if scope.semantics == .keras2 {
      return try images.croppedToProportions(height, width, className).resized(height, width, .bilinear)
    }
    let (rows, columns) = try images.imageSize(className)
    let size = try images.proportionalSize(height, width, className)
    let (top, left) = ((rows - size.rows) / 2, (columns - size.columns) / 2)
    return try images.sliced(
      .all, .range(from: top, to: min(rows, top + height)), .range(from: left, to: min(columns, left + width))
    ).resized(height, width, .bilinear)
  }
}

/// Resizes images to a random height in training: not computed here.
///
/// Keras 2: `keras.layers.RandomHeight`.
public struct RandomHeight: ImageAugmentation {
  public var factor: RandomRange
  public var interpolation = Interpolation.bilinear
  public var seed: Int?
  public var dataFormat: DataFormat { .channelsLast }
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomHeight", "Images of a random height in training.", prototype: Self(RandomRange(0.2)),
    Field("factor", \.factor, "By which part they become higher at most.").required,
    Field("interpolation", \.interpolation, "How images are resized."), .seed(\.seed))

  public static let dialects = KerasDialects.untilKeras2
}

/// Resizes images to a random width in training: not computed here.
///
/// Keras 2: `keras.layers.RandomWidth`.
public struct RandomWidth: ImageAugmentation {
  public var factor: RandomRange
  public var interpolation = Interpolation.bilinear
  public var seed: Int?
  public var dataFormat: DataFormat { .channelsLast }
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomWidth", "Images of a random width in training.", prototype: Self(RandomRange(0.2)),
    Field("factor", \.factor, "By which part they become wider at most.").required,
    Field("interpolation", \.interpolation, "How images are resized."), .seed(\.seed))

  public static let dialects = KerasDialects.untilKeras2
}
