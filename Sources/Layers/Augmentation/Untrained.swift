public import Config

/// Other hues in training: not computed here.
///
/// Keras: `keras.layers.RandomHue`.
public struct RandomHue: ImageAugmentation {
  public var factor: RandomRange
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomHue", "Other hues in training.", prototype: Self(RandomRange(0.2)),
    .factor(\.factor, "How far hues are turned at most.", within: 0...1).required, .valueRange(\.valueRange),
    .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Stronger or paler colours in training: not computed here.
///
/// Keras: `keras.layers.RandomSaturation`.
public struct RandomSaturation: ImageAugmentation {
  public var factor: RandomRange
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init(_ factor: RandomRange) { self.factor = factor }

  public static let schema = Schema(
    "RandomSaturation", "Stronger or paler colours in training.", prototype: Self(RandomRange(0.2)),
    .factor(\.factor, "The bounds of the saturation; 0.5 leaves an image as it is.", within: -1...1).required,
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Brightness, contrast, saturation and hue at random in training: not computed here.
///
/// Keras: `keras.layers.RandomColorJitter`.
public struct RandomColorJitter: ImageAugmentation {
  public var valueRange = ValueRange()
  public var brightness: RandomRange?
  public var contrast: RandomRange?
  public var saturation: RandomRange?
  public var hue: RandomRange?
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomColorJitter", "Other brightness, contrast, saturation and hue in training.", prototype: Self(),
    .valueRange(\.valueRange), Field("brightness_factor", \.brightness, "As RandomBrightness has it."),
    Field("contrast_factor", \.contrast, "As RandomContrast has it."),
    Field("saturation_factor", \.saturation, "As RandomSaturation has it."),
    Field("hue_factor", \.hue, "As RandomHue has it."), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Blurred images in training: not computed here.
///
/// Keras: `keras.layers.RandomGaussianBlur`.
public struct RandomGaussianBlur: ImageAugmentation {
  public var factor = RandomRange(1)
  public var kernelSize = PerAxis<2>(3)
  public var sigma = RandomRange(1)
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomGaussianBlur", "Blurred images in training.", prototype: Self(),
    .factor(\.factor, "The bounds of the probability of a blur.", within: 0...1),
    Field("kernel_size", \.kernelSize, "Rows and columns of the window.", check: PerAxis<2>.atLeast(1)),
    Field("sigma", \.sigma, "The bounds of the standard deviation."), .valueRange(\.valueRange),
    .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Images as seen through water in training: not computed here.
///
/// Keras: `keras.layers.RandomElasticTransform`.
public struct RandomElasticTransform: ImageAugmentation {
  public var factor = RandomRange(1)
  public var scale = RandomRange(1)
  public var interpolation = PlaceInterpolation.bilinear
  public var fillMode = FillMode.reflect
  public var fillValue = 0.0
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomElasticTransform", "Warped images in training.", prototype: Self(),
    .factor(\.factor, "The bounds of the probability of a warp.", within: 0...1),
    Field("scale", \.scale, "How far places are moved."),
    Field("interpolation", \.interpolation, "How numbers between places are made."),
    Field("fill_mode", \.fillMode, "What is outside of an image."),
    Field("fill_value", \.fillValue, "What is outside where fill_mode is constant."),
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Images as seen from the side in training: not computed here.
///
/// Keras: `keras.layers.RandomPerspective`.
public struct RandomPerspective: ImageAugmentation {
  public var factor = RandomRange(1)
  public var scale = 1.0
  public var interpolation = PlaceInterpolation.bilinear
  public var fillValue = 0.0
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomPerspective", "Images as seen from the side in training.", prototype: Self(),
    .factor(\.factor, "The bounds of the probability of a change.", within: 0...1),
    Field("scale", \.scale, "How far corners are moved.", check: within(0...1)),
    Field("interpolation", \.interpolation, "How numbers between places are made."),
    Field("fill_value", \.fillValue, "What is outside of an image."), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// A rectangle of each image erased in training: not computed here.
///
/// Keras: `keras.layers.RandomErasing`.
public struct RandomErasing: ImageAugmentation {
  public var factor = RandomRange(1)
  public var scale = RandomRange(0.02, 0.33)
  public var fillValue: ConfigNode = nil
  public var valueRange = ValueRange()
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandomErasing", "Images with an erased rectangle in training.", prototype: Self(),
    .factor(\.factor, "The bounds of the probability of a rectangle.", within: 0...1),
    Field("scale", \.scale, "The bounds of its part of an image.", check: RandomRange.overlapping(0...1)),
    Field("fill_value", \.fillValue, "What the rectangle is filled with; noise if null."),
    .valueRange(\.valueRange), .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Images mixed with others of the batch in training: not computed here.
///
/// Keras: `keras.layers.MixUp`.
public struct MixUp: ImageAugmentation {
  public var alpha = 0.2
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "MixUp", "Images mixed with others in training.", prototype: Self(),
    Field("alpha", \.alpha, "The parameter of the distribution of the parts.", check: atLeast(0)),
    .format(\.dataFormat), .seed(\.seed))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Images with a rectangle of another one in training: not computed here.
///
/// Keras: `keras.layers.CutMix`.
public struct CutMix: ImageAugmentation {
  public var factor = RandomRange(1)
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "CutMix", "Images with a rectangle of another one in training.", prototype: Self(),
    .factor(\.factor, "The bounds of the parameter of the distribution of the parts.", within: 0...1),
    .seed(\.seed), .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Chains of augmentations, mixed, in training: not computed here.
///
/// Keras: `keras.layers.AugMix`.
public struct AugMix: ImageAugmentation {
  public var valueRange = ValueRange()
  public var chains = 3
  public var depth = 3
  public var factor = RandomRange(0.3)
  public var alpha = 1.0
  public var usesAll = true
  public var interpolation = PlaceInterpolation.bilinear
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "AugMix", "Mixed chains of augmentations in training.", prototype: Self(), .valueRange(\.valueRange),
    Field("num_chains", \.chains, "How many chains.", check: atLeast(1)),
    Field("chain_depth", \.depth, "How many augmentations of a chain at most.", check: atLeast(1)),
    .factor(\.factor, "How strong they are.", within: 0...1),
    Field("alpha", \.alpha, "The parameter of the distribution of the parts.", check: atLeast(0)),
    Field("all_ops", \.usesAll, "Whether augmentations of colours are among them."),
    Field("interpolation", \.interpolation, "How numbers between places are made."), .seed(\.seed),
    .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}

/// Some augmentations out of many in training: not computed here.
///
/// Keras: `keras.layers.RandAugment`.
public struct RandAugment: ImageAugmentation {
  public var valueRange = ValueRange()
  public var operations = 2
  public var factor = RandomRange(0.5)
  public var interpolation = PlaceInterpolation.bilinear
  public var seed: Int?
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "RandAugment", "Some augmentations out of many in training.", prototype: Self(),
    .valueRange(\.valueRange), Field("num_ops", \.operations, "How many of them.", check: atLeast(1)),
    .factor(\.factor, "How strong they are.", within: 0...1),
    Field("interpolation", \.interpolation, "How numbers between places are made."), .seed(\.seed),
    .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}
