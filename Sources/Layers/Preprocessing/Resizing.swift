public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// More rows or columns than any image has; each has a place and a weight while a model is made.
let largestSide = 1 << 20

/// Images of another size.
///
/// Keras: `keras.layers.Resizing`.
public struct Resizing: UnaryLayer, Configurable {
  /// What padding is made of; there is one kind.
  public enum Filling: String, CaseIterable, ConfigConvertible { case constant }

  public var height: Int
  public var width: Int
  public var interpolation = Interpolation.bilinear
  public var cropToAspectRatio = false
  public var padToAspectRatio = false
  public var fillMode = Filling.constant
  public var fillValue = 0.0
  public var antialias = false
  public var dataFormat = DataFormat.channelsLast
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public static let schema = Schema(
    "Resizing", "Images of another size.", prototype: Resizing(height: 1, width: 1),
    Field("height", \.height, "Rows of the result.", check: within(1...largestSide)).required,
    Field("width", \.width, "Columns of the result.", check: within(1...largestSide)).required,
    Field(
      "interpolation", \.interpolation,
      "nearest repeats, bilinear takes means of neighbours, the others of more."
    ),
    Field(
      "crop_to_aspect_ratio", \.cropToAspectRatio, "Whether edges are cut off to keep the proportions."),
    Field("pad_to_aspect_ratio", \.padToAspectRatio, "Whether edges are added to keep the proportions."),
    Field("fill_mode", \.fillMode, "constant: what is added is fill_value."),
    Field("fill_value", \.fillValue, "The number that is added at the edges."),
    Field("antialias", \.antialias, "Whether images that become smaller are smoothed."),
    Field("data_format", \.dataFormat, "Where channels are."))

  public static let dialects = KerasDialects {
    $0.keras2.lacks = ["antialias", "data_format", "fill_mode", "fill_value", "pad_to_aspect_ratio"]
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    if cropToAspectRatio && padToAspectRatio {
      throw Diagnostic.croppedAndPadded(className, at: scope.graph.origin)
    }
    return try dataFormat.channelsLast(x.cast(to: .float32)) { x in
      _ = try x.imageSize(className)
      var x = x
      if cropToAspectRatio { x = try x.croppedToProportions(height, width, className) }
      if padToAspectRatio { x = try x.paddedToProportions(height, width, with: Float(fillValue), className) }
      return try x.resized(height, width, interpolation, antialias: antialias)
    }
  }
}

/// The middle of images; smaller ones are enlarged first.
///
/// Keras: `keras.layers.CenterCrop`.
public struct CenterCrop: UnaryLayer, Configurable {
  public var height: Int
  public var width: Int
  public var dataFormat = DataFormat.channelsLast
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public static let schema = Schema(
    "CenterCrop", "The middle of images.", prototype: CenterCrop(height: 1, width: 1),
    Field("height", \.height, "Rows of the result.", check: within(1...largestSide)).required,
    Field("width", \.width, "Columns of the result.", check: within(1...largestSide)).required,
    Field("data_format", \.dataFormat, "Where channels are."))

  public static let dialects = KerasDialects { $0.keras2.lacks = ["data_format"] }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      let (rows, columns) = try x.imageSize(className)
      if rows >= height && columns >= width { return try x.middle(height, width, className) }
      return try x.croppedToProportions(height, width, className).resized(height, width, .bilinear)
    }
  }
}

extension Value {
  /// Rows and columns of images with channels last.
  /// - Throws: E0301 if these are none, E0314 if they are larger than any image.
  func imageSize(_ layer: String) throws(Diagnostic) -> (rows: Int, columns: Int) {
    guard type.rank == 4, case .size(let rows) = type.dims[1], case .size(let columns) = type.dims[2] else {
      throw Diagnostic(
        "E0301", "\(layer) needs batch, \(axisWords(2)) and channels, found \(type)",
        help: "Reshape changes the axes of a sample")
    }
    guard Swift.max(rows, columns) <= largestSide else {
      throw .uncountable("an image with a side of \(Swift.max(rows, columns))", at: graph.origin)
    }
    return (rows, columns)
  }

  /// So many rows and columns, as many left out before as after.
  fileprivate func middle(_ height: Int, _ width: Int, _ layer: String) throws -> Value {
    let (rows, columns) = try imageSize(layer)
    let (top, left) = ((rows - height) / 2, (columns - width) / 2)
    return try sliced(.all, .range(from: top, to: top + height), .range(from: left, to: left + width))
  }

  /// The size of the largest part whose sides are as those of a result.
  func proportionalSize(_ height: Int, _ width: Int, _ layer: String) throws(Diagnostic)
    -> (rows: Int, columns: Int)
  {
    let (rows, columns) = try imageSize(layer)
    // Sizes of a setting may be anything.
    let most = (
      rows: Double(columns) * Double(height) / Double(width),
      columns: Double(rows) * Double(width) / Double(height)
    )
    return (
      Swift.max(1, most.rows < Double(rows) ? Int(most.rows) : rows),
      Swift.max(1, most.columns < Double(columns) ? Int(most.columns) : columns)
    )
  }

  /// The largest part of the middle whose sides are as those of the result.
  func croppedToProportions(_ height: Int, _ width: Int, _ layer: String) throws -> Value {
    let size = try proportionalSize(height, width, layer)
    return try middle(size.rows, size.columns, layer)
  }

  /// As much added before as after an axis that the sides become as those of the result, or one less.
  fileprivate func paddedToProportions(
    _ height: Int, _ width: Int, with fill: Float, _ layer: String
  ) throws -> Value {
    let (rows, columns) = try imageSize(layer)
    let least = (
      rows: Double(columns) * Double(height) / Double(width),
      columns: Double(rows) * Double(width) / Double(height)
    )
    func margin(_ size: Double, _ count: Int) throws(Diagnostic) -> Int {
      guard size <= Double(TensorType.largestCount) else {
        throw .uncountable("a padded image", at: graph.origin)
      }
      return Swift.max(0, (Int(size) - count) / 2)
    }
    let (above, left) = (try margin(least.rows, rows), try margin(least.columns, columns))
    if above == 0 && left == 0 { return self }
    return try padded([(0, 0), (above, above), (left, left), (0, 0)], .constant(fill))
  }
}

extension Diagnostic {
  /// E0378: edges that are both cut off and added.
  fileprivate static func croppedAndPadded(_ layer: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0378", "\(layer) either crops or pads to the aspect ratio, not both",
      at: span.map { Label($0, "has 'crop_to_aspect_ratio' and 'pad_to_aspect_ratio'") },
      help: "keep one of the two settings")
  }
}
