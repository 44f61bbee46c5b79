public import Config
import Diagnostics
import GraphEngine
import TensorCore

/// What stands outside of an image.
public enum FillMode: String, CaseIterable, ConfigConvertible {
  /// The image mirrored at its edges: `dcba|abcd|dcba`.
  case reflect
  /// The image again: `abcd|abcd|abcd`.
  case wrap
  /// One number.
  case constant
  /// The elements at the edges.
  case nearest

  /// Where a place along an axis is read.
  func place(_ c: Value, _ count: Int) throws -> Value {
    let last = Float(count - 1)
    switch self {
    case .constant: return c
    case .nearest: return try c.clipped(0, last)
    case .reflect: return try (count > 1 ? mirrored(c, Float(count)) : c).clipped(0, last)
    case .wrap: return try (count > 1 ? repeated(c, Float(count)) : c).clipped(0, last)
    }
  }

  private func mirrored(_ c: Value, _ count: Float) throws -> Value {
    let twice = 2 * count
    let below = try (-c / twice).floor() * twice + c
    let fromBelow = try Value.select(below .< -count, below + twice, -below - 1)
    let above = try c - (c / twice).floor() * twice
    let fromAbove = try Value.select(above .>= count, (twice - 1) - above, above)
    return try Value.select(c .< 0, fromBelow, Value.select(c .> count - 1, fromAbove, c))
  }

  private func repeated(_ c: Value, _ count: Float) throws -> Value {
    let fromBelow = try c + ((-c / (count - 1)).floor() + 1) * count
    let fromAbove = try c - (c / (count - 1)).floor() * count
    return try Value.select(c .< 0, fromBelow, Value.select(c .> count - 1, fromAbove, c))
  }
}

/// How numbers between the places of an image are made.
public enum PlaceInterpolation: String, CaseIterable, ConfigConvertible { case nearest, bilinear }

/// For each place of a new image, where in the old one its number is read: `x' = a · x + b · y + c` for columns, and the
/// same for rows, with other factors for each image.
struct PlaceMap {
  /// Of columns: factors of the column and of the row, and what is added; each (batch, 1, 1, 1).
  var column: (x: Value, y: Value, shift: Value)
  var row: (x: Value, y: Value, shift: Value)
  var interpolation: PlaceInterpolation
  var fillMode: FillMode
  var fillValue: Double

  /// - Parameter images: (batch, rows, columns, channels).
  func apply(to images: Value, _ layer: String) throws -> Value {
    let graph = images.graph
    let (rows, columns) = try images.imageSize(layer)
    let x = try graph.table([1, 1, columns, 1]) { Float($0) }
    let y = try graph.table([1, rows, 1, 1]) { Float($0) }
    let u = try fillMode.place(column.x * x + column.y * y + column.shift, columns)
    let v = try fillMode.place(row.x * x + row.y * y + row.shift, rows)
    func number(_ row: Value, _ column: Value) throws -> Value {
      try read(images, row, column, for: layer)
    }
    if interpolation == .nearest { return try number(rounded(v), rounded(u)) }
    let (left, top) = (try u.floor(), try v.floor())
    let (right, bottom) = (try left + 1, try top + 1)
    let upper = try (right - u) * number(top, left) + (u - left) * number(top, right)
    let lower = try (right - u) * number(bottom, left) + (u - left) * number(bottom, right)
    return try (bottom - v) * upper + (v - top) * lower
  }

  /// Halves away from 0.
  private func rounded(_ x: Value) throws -> Value { try x.sign() * (x.abs() + 0.5).floor() }

  /// The numbers at whole places, and the fill value outside.
  private func read(_ images: Value, _ row: Value, _ column: Value, for layer: String) throws -> Value {
    let (rows, columns) = try images.imageSize(layer)
    let channels = try images.knownLastAxis(for: layer)
    let (height, width) = (Float(rows - 1), Float(columns - 1))
    let isInside = try ((row .>= 0) .& (row .<= height)) .& ((column .>= 0) .& (column .<= width))
    let place = try row.clipped(0, height) * Float(columns) + column.clipped(0, width)
    let flat: [Dim] = [.batch, .size(rows * columns), .size(channels)]
    let places = try place.reshaped(to: [.batch, .size(rows * columns), .size(1)]).broadcast(to: flat)
    let found = try images.reshaped(to: flat).taking(places.cast(to: .int32), along: 1)
    return try Value.select(isInside, found.reshaped(to: images.type.dims), Float(fillValue))
  }
}
