public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// More rows or columns than any image has; each has a place and a weight while a model is made.
private let largestSide = 1 << 20

/// Images of another size.
///
/// Keras: `keras.layers.Resizing`.
public struct Resizing: UnaryLayer, Configurable {
  public var height: Int
  public var width: Int
  public var interpolation = Interpolation.bilinear
  public var cropToAspectRatio = false
  public var dataFormat = DataFormat.channelsLast
  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  public static let schema = Schema(
    "Resizing", "Images of another size.", prototype: Resizing(height: 1, width: 1),
    Field("height", \.height, "Rows of the result.", check: within(1...largestSide)).required,
    Field("width", \.width, "Columns of the result.", check: within(1...largestSide)).required,
    Field("interpolation", \.interpolation, "nearest repeats, bilinear takes means of neighbours."),
    Field(
      "crop_to_aspect_ratio", \.cropToAspectRatio, "Whether edges are cut off to keep the proportions."),
    Field("data_format", \.dataFormat, "Where channels are."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      let cut = cropToAspectRatio ? try x.croppedToProportions(height, width, className) : x
      _ = try x.imageSize(className)
      return try cut.resized(to: height, axis: 1, interpolation).resized(to: width, axis: 2, interpolation)
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
  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  public static let schema = Schema(
    "CenterCrop", "The middle of images.", prototype: CenterCrop(height: 1, width: 1),
    Field("height", \.height, "Rows of the result.", check: within(1...largestSide)).required,
    Field("width", \.width, "Columns of the result.", check: within(1...largestSide)).required,
    Field("data_format", \.dataFormat, "Where channels are."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      let (rows, columns) = try x.imageSize(className)
      if rows >= height && columns >= width { return try x.middle(height, width, className) }
      return try x.croppedToProportions(height, width, className)
        .resized(to: height, axis: 1, .bilinear).resized(to: width, axis: 2, .bilinear)
    }
  }
}

/// Where the elements of an enlarged image come from.
public enum Interpolation: String, CaseIterable, ConfigConvertible { case nearest, bilinear }

extension Value {
  /// An axis of another length, each element the nearest one, or a mean of the two nearest, weighted by the distance of
  /// their centres.
  func resized(to size: Int, axis: Int, _ interpolation: Interpolation) throws -> Value {
    guard axis < type.rank, case .size(let count) = type.dims[axis] else {
      throw Diagnostic.unknownAxis("an image", self)
    }
    guard size <= largestSide else {
      throw Diagnostic.uncountable("an image with a side of \(size)", at: graph.origin)
    }
    let places = (0..<size).map { (Double($0) + 0.5) * Double(count) / Double(size) - 0.5 }
    if interpolation == .nearest {
      return try taking(places.map { Swift.min(count - 1, Int(($0 + 0.5).rounded(.down))) }, axis: axis)
    }
    let lower = places.map { Swift.min(count - 1, Swift.max(0, Int($0.rounded(.down)))) }
    let upper = places.map { Swift.min(count - 1, Int($0.rounded(.down)) + 1) }
    let weights = places.map { Float($0 - $0.rounded(.down)) }
    let (a, b) = (try taking(lower, axis: axis), try taking(upper, axis: axis))
    let shape = type.dims.indices.map { $0 == axis ? size : 1 }
    return try a + (b - a) * graph.constant(Tensor(shape, weights))
  }

  /// Rows and columns of images with channels last.
  /// - Throws: E0301 if these are none.
  fileprivate func imageSize(_ layer: String) throws(Diagnostic) -> (rows: Int, columns: Int) {
    guard type.rank == 4, case .size(let rows) = type.dims[1], case .size(let columns) = type.dims[2] else {
      throw Diagnostic(
        "E0301", "\(layer) needs batch, \(axisWords(2)) and channels, found \(type)",
        help: "Reshape changes the axes of a sample")
    }
    return (rows, columns)
  }

  /// So many rows and columns, as many left out before as after.
  fileprivate func middle(_ height: Int, _ width: Int, _ layer: String) throws -> Value {
    let (rows, columns) = try imageSize(layer)
    let (top, left) = ((rows - height) / 2, (columns - width) / 2)
    return try sliced(.all, .range(from: top, to: top + height), .range(from: left, to: left + width))
  }

  /// The largest part of the middle whose sides are as those of the result.
  fileprivate func croppedToProportions(_ height: Int, _ width: Int, _ layer: String) throws -> Value {
    let (rows, columns) = try imageSize(layer)
    let most = (rows: columns * height / width, columns: rows * width / height)
    return try middle(
      Swift.max(1, Swift.min(rows, most.rows)), Swift.max(1, Swift.min(columns, most.columns)), layer)
  }
}
