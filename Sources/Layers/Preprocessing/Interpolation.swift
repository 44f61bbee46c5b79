public import Config
import Diagnostics
import GraphEngine
import TensorCore

/// How the numbers of a resized image are made of those of the old one, as TensorFlow does.
public enum Interpolation: String, CaseIterable, ConfigConvertible {
  case nearest, bilinear, bicubic, area, lanczos3, lanczos5, gaussian, mitchellcubic
}

extension Value {
  /// Images (batch, rows, columns, channels) of another size.
  /// - Parameter antialias: whether windows grow as images shrink.
  func resized(_ height: Int, _ width: Int, _ interpolation: Interpolation, antialias: Bool = false) throws
    -> Value
  {
    try resized(to: height, axis: 1, interpolation, antialias: antialias)
      .resized(to: width, axis: 2, interpolation, antialias: antialias)
  }

  /// An axis of another length, each element the nearest one, or a weighted mean of those around it.
  func resized(to size: Int, axis: Int, _ interpolation: Interpolation, antialias: Bool = false) throws
    -> Value
  {
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
    if interpolation == .bilinear && !antialias { return try blended(places, count, axis: axis) }
    try graph.checkTable([size, count])
    let weights = ResizingWeights(from: count, to: size, interpolation, antialias: antialias).numbers
    let matrix = graph.constant(Tensor([size, count], weights))
    let moved = try movingAxis(axis, to: -1)
    return try moved.multiplied(by: matrix, transposingRight: true).movingAxis(-1, to: axis)
  }

  /// Means of the two nearest elements, weighted by the distance of their centres.
  private func blended(_ places: [Double], _ count: Int, axis: Int) throws -> Value {
    let lower = places.map { Swift.min(count - 1, Swift.max(0, Int($0.rounded(.down)))) }
    let upper = places.map { Swift.min(count - 1, Int($0.rounded(.down)) + 1) }
    let weights = places.map { Float($0 - $0.rounded(.down)) }
    let (a, b) = (try taking(lower, axis: axis), try taking(upper, axis: axis))
    let shape = type.dims.indices.map { $0 == axis ? places.count : 1 }
    return try a + (b - a) * graph.constant(Tensor(shape, weights))
  }
}

/// How much each element of an axis counts in each of the resized one: (to, from), row by row.
private struct ResizingWeights {
  private(set) var numbers: [Float]
  private let count: Int
  private let size: Int

  init(from count: Int, to size: Int, _ interpolation: Interpolation, antialias: Bool) {
    self.count = count
    self.size = size
    numbers = [Float](repeating: 0, count: count * size)
    for place in 0..<size {
      let weights: [(index: Int, weight: Double)] =
        switch (interpolation, antialias) {
        case (.area, _): areas(place)
        case (.bicubic, false): cubics(place)
        default: windowed(place, Window(interpolation), antialias: antialias)
        }
      let total = weights.reduce(0) { $0 + $1.weight }
      guard abs(total) > 1e-30 else { continue }
      for (index, weight) in weights { numbers[place * count + index] += Float(weight / total) }
    }
  }

  /// Which part of each element lies in an element of the result.
  private func areas(_ place: Int) -> [(index: Int, weight: Double)] {
    let scale = Double(count) / Double(size)
    let (start, end) = (Double(place) * scale, Double(place + 1) * scale)
    let last = Swift.min(count, Int(end.rounded(.up)))
    return (Int(start.rounded(.down))..<last).map { index in
      (index, min(end, Double(index + 1)) - max(start, Double(index)))
    }
  }

  /// Keys's cubic of the four nearest, of which those outside do not count; distances are rounded to 1/1024.
  private func cubics(_ place: Int) -> [(index: Int, weight: Double)] {
    let centre = Float(Double(place) + 0.5) * (Float(count) / Float(size)) - 0.5
    let first = centre.rounded(.down)
    let fraction = Double(((centre - first) * 1024).rounded(.toNearestOrEven)) / 1024
    return (-1...2).compactMap { step in
      let index = Int(first) + step
      guard (0..<count).contains(index) else { return nil }
      return (index, Window(.bicubic).weight(abs(Double(step) - fraction)))
    }
  }

  /// The values of a window around the place where an element of the result lies.
  private func windowed(_ place: Int, _ window: Window, antialias: Bool) -> [(index: Int, weight: Double)] {
    let scale = Double(count) / Double(size)
    let width = antialias ? max(scale, 1) : 1
    let centre = (Double(place) + 0.5) * scale
    let (start, end) = (
      (centre - window.radius * width - 0.5).rounded(.up),
      (centre + window.radius * width - 0.5).rounded(.down)
    )
    let first = Int(min(max(start, 0), Double(count - 1)))
    let last = Int(min(max(end, 0), Double(count - 1)))
    return (first...max(first, last)).map { index in
      (index, window.weight(abs(Double(index) + 0.5 - centre) / width))
    }
  }
}

/// A function of the distance that is 0 from its radius on.
private struct Window {
  let interpolation: Interpolation
  init(_ interpolation: Interpolation) { self.interpolation = interpolation }

  var radius: Double {
    switch interpolation {
    case .lanczos3: 3
    case .lanczos5: 5
    case .gaussian: 1.5
    case .bicubic, .mitchellcubic: 2
    case .nearest, .bilinear, .area: 1
    }
  }

  func weight(_ x: Double) -> Double {
    guard x < radius || interpolation == .lanczos3 || interpolation == .lanczos5 else { return 0 }
    switch interpolation {
    case .lanczos3, .lanczos5: return lanczos(x)
    case .gaussian:
      let deviation = radius / 3
      return DeterministicMath.exp(-x * x / (2 * deviation * deviation))
    case .bicubic: return x < 1 ? ((1.5 * x - 2.5) * x) * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
    case .mitchellcubic:
      return x < 1
        ? ((7.0 / 6 * x - 2) * x) * x + 8.0 / 9 : ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9
    case .nearest, .bilinear, .area: return 1 - x
    }
  }

  private func lanczos(_ x: Double) -> Double {
    if x > radius { return 0 }
    if x <= 1e-3 { return 1 }
    let angle = Double.pi * x
    // sin(π · x) is cos(π · (x - 1/2)).
    let waves = DeterministicMath.cosOfPi(x - 0.5) * DeterministicMath.cosOfPi(x / radius - 0.5)
    return radius * waves / (angle * angle)
  }
}
