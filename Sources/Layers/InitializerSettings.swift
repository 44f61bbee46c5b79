import Config
import TensorCore

/// The settings of all initializers; each has some of them.
struct InitializerSettings: Hashable, Sendable {
  enum Mode: String, CaseIterable, ConfigConvertible {
    case fanIn = "fan_in"
    case fanOut = "fan_out"
    case fanAvg = "fan_avg"
  }

  enum Distribution: String, CaseIterable, ConfigConvertible {
    case truncatedNormal = "truncated_normal"
    case untruncatedNormal = "untruncated_normal"
    case uniform
    /// What Keras takes for truncated.
    case normal
  }

  var seed: Int?
  var value = 0.0
  var mean = 0.0
  var stddev = 0.05
  var minval = -0.05
  var maxval = 0.05
  var scale = 1.0
  var mode = Mode.fanIn
  var distribution = Distribution.truncatedNormal
  var gain = 1.0
  /// The axes that count as inputs and outputs, where it is not the last two.
  var inputAxes: [Int]?
  var outputAxes: [Int]?

  /// Numbers of variance `scale / fan`.
  func scaledNumbers(_ shape: [Int], _ stream: RandomStream) -> [Float] {
    let (input, output) = fans(shape)
    let fan =
      switch mode {
      case .fanIn: input
      case .fanOut: output
      case .fanAvg: (input + output) / 2
      }
    let variance = scale / max(1, fan)
    switch distribution {
    case .uniform:
      let limit = Float((3 * variance).squareRoot())
      return (0..<shape.product).map { (2 * stream.uniform($0) - 1) * limit }
    case .untruncatedNormal:
      let deviation = Float(variance.squareRoot())
      return (0..<shape.product).map { stream.normal($0) * deviation }
    case .truncatedNormal, .normal:
      // A normal distribution cut off at two deviations has this deviation itself.
      let deviation = Float(variance.squareRoot() / 0.879_625_661_034_239_78)
      return (0..<shape.product).map { stream.truncatedNormal($0) * deviation }
    }
  }

  /// How many inputs and outputs a parameter of this shape connects (Keras's `compute_fans`).
  private func fans(_ shape: [Int]) -> (input: Double, output: Double) {
    if let inputAxes, let outputAxes {
      let size = { (axes: [Int]) in
        axes.map { shape[wrapped: $0] }.reduce(1.0) { $0 * Double($1) }
      }
      return (size(inputAxes), size(outputAxes))
    }
    guard shape.count >= 2 else {
      let only = Double(shape.first ?? 1)
      return (only, only)
    }
    let field = Double(shape.dropLast(2).reduce(1, *))
    return (Double(shape[shape.count - 2]) * field, Double(shape[shape.count - 1]) * field)
  }
}

extension [Int] {
  /// An entry counted from the end where the place is negative; 1 where there is none.
  fileprivate subscript(wrapped place: Int) -> Int {
    let index = place < 0 ? place + count : place
    return indices.contains(index) ? self[index] : 1
  }
}

extension Field<InitializerSettings> {
  static var seed: Self { Field("seed", \.seed, "Draws from a stream of this seed.") }
  static var value: Self { Field("value", \.value, "The value of every number.") }
  static var mean: Self { Field("mean", \.mean, "The mean.") }
  static var stddev: Self { Field("stddev", \.stddev, "The standard deviation.", check: atLeast(0)) }
  static var minval: Self { Field("minval", \.minval, "The least number.") }
  static var maxval: Self { Field("maxval", \.maxval, "The largest number.") }
  static var scale: Self {
    Field("scale", \.scale, "The variance times the number of connections.") {
      $0 > 0 ? nil : "must be above 0"
    }
  }
  static var mode: Self { Field("mode", \.mode, "Which connections count.") }
  static var distribution: Self { Field("distribution", \.distribution, "How numbers are spread.") }
  static var gain: Self { Field("gain", \.gain, "What all numbers are multiplied by.") }
}

extension [Field<InitializerSettings>] {
  static var axes: Self {
    [
      Field("input_axes", \.inputAxes, "The axes of inputs."),
      Field("output_axes", \.outputAxes, "The axes of outputs."),
    ]
  }
  static var fans: Self { [.seed] + .axes }
}
