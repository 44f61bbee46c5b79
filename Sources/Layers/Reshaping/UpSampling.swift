public import Config
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
  public enum Interpolation: String, CaseIterable, ConfigConvertible { case nearest, bilinear }

  public var size = PerAxis<2>(2)
  public var dataFormat = DataFormat.channelsLast
  public var interpolation = Interpolation.nearest
  public init() {}

  public static let schema = Schema(
    "UpSampling2D", "Makes images larger.", prototype: Self(),
    Field("size", \.size, "How often rows and columns are repeated.", check: PerAxis<2>.atLeast(1)),
    Field("data_format", \.dataFormat, "Where channels are."),
    Field("interpolation", \.interpolation, "nearest repeats, bilinear takes means of neighbours."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      var y = x
      for (axis, times) in size.numbers.enumerated() where times > 1 {
        y =
          try interpolation == .nearest
          ? y.repeated(times, axis: axis + 1) : y.stretched(times, axis: axis + 1)
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

extension Value {
  /// An axis so many times as long, each element a mean of the two nearest, weighted by the distance of their centres.
  fileprivate func stretched(_ times: Int, axis: Int) throws -> Value {
    guard axis < type.rank, case .size(let count) = type.dims[axis] else {
      return try repeated(times, axis: axis)
    }
    let places = (0..<count * times).map { (Double($0) + 0.5) / Double(times) - 0.5 }
    let lower = places.map { Swift.max(0, Int($0.rounded(.down))) }
    let upper = places.map { Swift.min(count - 1, Int($0.rounded(.down)) + 1) }
    let weights = places.map { Float($0 - $0.rounded(.down)) }
    let (a, b) = (try taking(lower, axis: axis), try taking(upper, axis: axis))
    let shape = type.dims.indices.map { $0 == axis ? weights.count : 1 }
    return try a + (b - a) * graph.constant(Tensor(shape, weights))
  }
}
