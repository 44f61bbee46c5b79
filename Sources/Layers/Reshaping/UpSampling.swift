public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Repeats steps.
///
/// Keras: `keras.layers.UpSampling1D`.
public struct UpSampling1D: UnaryLayer, Configurable {
  public var size = 2
  public init() {}

  public static let schema = Schema(
    "UpSampling1D", "Repeats steps.", prototype: Self(),
    Field("size", \.size, "How often.", check: atLeast(1)))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value { try x.repeated(size, axis: 1) }
}

/// Makes images larger, by repeating rows and columns or by weighted means of the nearest ones.
///
/// Keras: `keras.layers.UpSampling2D`.
public struct UpSampling2D: UnaryLayer, Configurable {
  public var size = PerAxis<2>(2)
  public var dataFormat = DataFormat.channelsLast
  public var interpolation = Interpolation.nearest
  public init() {}

  public static let schema = Schema(
    "UpSampling2D", "Makes images larger.", prototype: Self(),
    Field("size", \.size, "How often rows and columns are repeated.", check: PerAxis<2>.atLeast(1)),
    Field("data_format", \.dataFormat, "Where channels are."),
    Field(
      "interpolation", \.interpolation,
      "nearest repeats, bilinear takes means of neighbours, the others of more."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      var y = x
      for (axis, times) in size.numbers.enumerated() where times > 1 {
        guard interpolation != .nearest, case .size(let count) = y.type.dims[axis + 1] else {
          y = try y.repeated(times, axis: axis + 1)
          continue
        }
        guard [count, times].product <= TensorType.largestCount else {
          throw Diagnostic.uncountable("a resized image", at: scope.graph.origin)
        }
        y = try y.resized(to: count * times, axis: axis + 1, interpolation)
      }
      return y
    }
  }
}

/// Repeats planes, rows and columns.
///
/// Keras: `keras.layers.UpSampling3D`.
public struct UpSampling3D: UnaryLayer, Configurable {
  public var size = PerAxis<3>(2)
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "UpSampling3D", "Repeats planes, rows and columns.", prototype: Self(),
    Field("size", \.size, "How often.", check: PerAxis<3>.atLeast(1)),
    Field("data_format", \.dataFormat, "Where channels are."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      var y = x
      for (axis, times) in size.numbers.enumerated() { y = try y.repeated(times, axis: axis + 1) }
      return y
    }
  }
}
