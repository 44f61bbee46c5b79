public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Moves colours away from the mean of their image, or towards it, in training.
///
/// Keras: `keras.layers.RandomContrast`.
public struct RandomContrast: ImageAugmentation {
  public var factor: RandomRange
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomContrast", "Another contrast for each image in training.", prototype: Self(RandomRange(0.2)),
    .factor(\.factor, "By how much it is less and more at most.", within: 0...1).required,
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects { $0.keras2.lacks = ["data_format", "value_range"] }

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    // Of a single number both bounds are the number, as Keras 2 has it.
    let numbers =
      factor.numbers.count == 1 ? [factor.numbers[0], factor.numbers[0]] : factor.numbers.sorted()
    let lower = scope.semantics == .keras3 && factor.numbers.count == 1 ? 1 : 1 - numbers[0]
    let scale = try scope.drawn("contrast", from: lower...max(lower, 1 + numbers[1]), seed: seed)
    let mean = try images.mean(over: [1, 2], keepingDimensions: true)
    return try valueRange.clip((images - mean) * scale + mean)
  }
}

/// Makes each image brighter or darker in training.
///
/// Keras: `keras.layers.RandomBrightness`.
public struct RandomBrightness: ImageAugmentation {
  public var factor: RandomRange
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomBrightness", "Another brightness for each image in training.", prototype: Self(RandomRange(0.2)),
    .factor(\.factor, "Which part of the colours' range is added at most.", within: -1...1).required,
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects { $0.keras2.lacks = ["data_format"] }

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let shift = try scope.drawn("brightness", from: factor.bounds(), seed: seed)
    return try valueRange.clip(images + shift * Float(valueRange.upper - valueRange.lower))
  }
}

/// Makes some images grey in training.
///
/// Keras: `keras.layers.RandomGrayscale`.
public struct RandomGrayscale: ImageAugmentation {
  public var factor = 0.5
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomGrayscale", "Some grey images in training.", prototype: Self(),
    Field("factor", \.factor, "How many of them.", check: within(0...1)), .seed(\.seed), .format(\.dataFormat)
  )

  public static let dialects = KerasDialects.sinceKeras3

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let isGrey = try scope.drawn("grayscale", from: 0...1, seed: seed) .< Float(factor)
    return try Value.select(isGrey, images.grey(className), images)
  }
}

/// Mixes each image with its grey one in training.
///
/// Keras: `keras.layers.RandomColorDegeneration`.
public struct RandomColorDegeneration: ImageAugmentation {
  public var factor: RandomRange
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomColorDegeneration", "Paler colours in training.", prototype: Self(RandomRange(0.2)),
    .factor(\.factor, "Which part of the grey image is mixed in.", within: -1...1).required,
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let part = try scope.drawn("degeneration", from: factor.bounds(), seed: seed)
    return try valueRange.clip(images + part * (images.grey(className) - images))
  }
}

/// Makes negatives of some images in training.
///
/// Keras: `keras.layers.RandomInvert`.
public struct RandomInvert: ImageAugmentation {
  public var factor = RandomRange(1)
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomInvert", "Some negatives in training.", prototype: Self(),
    .factor(\.factor, "The bounds of the probability of a negative.", within: 0...1),
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let isInverted = try scope.chosen("invert", with: factor.bounds(from: 0), seed: seed)
    return try Value.select(isInverted, Float(valueRange.upper) - images, images)
  }
}

/// Leaves fewer bits of each colour in training.
///
/// Keras: `keras.layers.RandomPosterization`.
public struct RandomPosterization: ImageAugmentation {
  public var factor: RandomRange
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomPosterization", "Fewer colours in training.", prototype: Self(RandomRange(8)),
    Field("factor", \.factor, "How many bits of 8 are left.", check: RandomRange.within(1...8)).required,
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    // A single number means from 1 up to it; the upper bound itself is never drawn.
    let bounds = factor.bounds(from: 1)
    let bits =
      bounds.lowerBound == bounds.upperBound
      ? scope.graph.constant(Float(bounds.lowerBound.rounded(.down)))
      : try scope.drawn("bits", from: bounds, seed: seed).floor().minimum(
        Float(bounds.upperBound.rounded(.up) - 1))
    // What is cut off are so many of the lowest bits, of whole numbers.
    let step = try scope.graph.constant(2).power(8 - bits)
    let whole = try valueRange.mapped(images, to: 0, 255).clipped(0, 255).floor()
    return try valueRange.restored((whole / step).floor() * step)
  }
}

/// Inverts colours above a threshold in training.
///
/// Keras: `keras.layers.Solarization`.
public struct Solarization: ImageAugmentation {
  public var additionFactor = RandomRange(0)
  public var thresholdFactor = RandomRange(0)
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "Solarization", "Inverted bright colours in training.", prototype: Self(),
    Field(
      "addition_factor", \.additionFactor, "Which part of 255 is added at most.",
      check: RandomRange.within(0...1)),
    Field(
      "threshold_factor", \.thresholdFactor, "At which part of 255 colours are inverted at most.",
      check: RandomRange.within(0...1)), .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    // Keras multiplies the upper bound alone.
    func drawn(_ name: String, _ factor: RandomRange) throws -> Value {
      let bounds = factor.bounds(from: 0)
      let upper = 255 * bounds.upperBound
      return try scope.drawn(
        name, from: min(bounds.lowerBound, upper)...max(bounds.lowerBound, upper), seed: seed)
    }
    let shifted = try valueRange.mapped(images, to: 0, 255) + drawn("addition", additionFactor)
    let y = try shifted.clipped(0, 255)
    let isDark = try y .< drawn("threshold", thresholdFactor)
    return try valueRange.restored(Value.select(isDark, y, 255 - y))
  }
}

/// Sharpens each image or makes it smooth in training.
///
/// Keras: `keras.layers.RandomSharpness`.
public struct RandomSharpness: ImageAugmentation {
  public var factor: RandomRange
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomSharpness", "Another sharpness for each image in training.", prototype: Self(RandomRange(0.5)),
    .factor(\.factor, "The bounds of the sharpness; 0.5 leaves an image as it is.", within: 0...1).required,
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3

  public func augmented(_ images: Value, in scope: LayerScope) throws -> Value {
    let sharpness = try scope.drawn("sharpness", from: factor.bounds(from: 0), seed: seed) * 2
    let channels = try images.knownLastAxis(for: className)
    let kernel = try images.graph.table([3, 3, channels, 1]) { $0 / channels == 4 ? 5.0 / 13 : 1.0 / 13 }
    let rule = WindowRule([3, 3], strides: [1, 1], dilation: [1, 1], padding: .same)
    let smooth = try images.graph.apply(DepthwiseConvolution(rule, multiplier: 1), images, kernel)
    return try valueRange.clip(images + (1 - sharpness) * (smooth - images))
  }
}

extension Value {
  /// How bright each place of an image is, as one channel.
  /// - Throws: E0301 if the channels are not those of colours.
  fileprivate func grey(_ layer: String) throws -> Value {
    let channels = try knownLastAxis(for: layer)
    if channels == 1 { return self }
    guard channels == 3 else {
      throw Diagnostic(
        "E0301", "\(layer) needs images of 1 or 3 channels, found \(type)",
        help: "the channels are red, green and blue, or grey alone")
    }
    let weights = graph.constant(Tensor([3], [0.2989, 0.5870, 0.1140]))
    return try (self * weights).sum(over: [-1], keepingDimensions: true)
  }
}
