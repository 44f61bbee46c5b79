public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// Brings features to mean 0 and deviation 1 by statistics of the data.
///
/// The statistics are settings, or weights that are not trained: `mean`, `variance` (of the shape of the axes) and
/// `count`. Keras: `keras.layers.Normalization`.
public struct Normalization: UnaryLayer, Configurable {
  public var axis: Axes? = Axes([-1])
  public var mean: Statistic?
  public var variance: Statistic?
  public var invert = false
  public init() {}

  public static let schema = Schema(
    "Normalization", "Brings features to mean 0 and deviation 1 by statistics of the data.",
    prototype: Self(),
    Field("axis", \.axis, "The axes that have statistics of their own; null for one of all."),
    Field("invert", \.invert, "Whether to go back from normalised numbers."),
    Field("mean", \.mean, "A number, or one for each feature, instead of the data's mean."),
    Field("variance", \.variance, "A number, or one for each feature, instead of the data's variance."))

  public static let dialects = KerasDialects {
    $0.keras3.h5.unreadable = Axes.unreadableInH5
    $0.counts = ["count"]
  }

  public var passesMask: Bool { true }

  /// Whether its statistics are weights, to be computed from data.
  public var isAdaptable: Bool { mean == nil || variance == nil }

  /// For each number of a sample, row after row, the place of its feature in the weights.
  /// - Parameter x: an input of known size beside the batch.
  public func features(of x: Value) throws(Diagnostic) -> [Int] {
    let axes = try (axis ?? Axes([])).extent(in: x, for: className).axes
    let sizes = try x.type.dims.enumerated().map { (axis, dim) throws(Diagnostic) -> Int in
      if axis == 0 { return 1 }
      guard case .size(let size) = dim else { throw .unknownAxis(className, x) }
      return size
    }
    return (0..<sizes.reduce(1, *)).map { place in
      var rest = place
      var feature = 0
      var stride = 1
      for axis in sizes.indices.reversed() {
        let (quotient, position) = rest.quotientAndRemainder(dividingBy: sizes[axis])
        if axes.contains(axis) {
          feature += position * stride
          stride *= sizes[axis]
        }
        rest = quotient
      }
      return feature
    }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let extent = try (axis ?? Axes([])).extent(in: x, for: className)
    let (shape, dims) = (extent.shape, extent.dims)
    let mean: Value
    let variance: Value
    if let own = self.mean, let spread = self.variance {
      mean = try own.value(in: x.graph, dims)
      variance = try spread.value(in: x.graph, dims)
    } else {
      mean = try scope.parameter("mean", shape, .zeros, isTrainable: false).reshaped(to: dims)
      variance = try scope.parameter("variance", shape, .ones, isTrainable: false).reshaped(to: dims)
      // How many samples the statistics are of. Nothing is computed from it, but it is a weight in files.
      _ = try scope.parameter("count", [], .zeros, isTrainable: false)
    }
    let deviation = try variance.squareRoot().maximum(Float.kerasEpsilon)
    return invert ? try x * deviation + mean : try (x - mean) / deviation
  }
}

/// A number, or one for each feature, however nested in a file.
public struct Statistic: ConfigConvertible, Hashable {
  public var numbers: [Double]
  private var isList: Bool

  public init(_ numbers: [Double]) {
    self.numbers = numbers
    isList = true
  }

  public static var expectation: String { "a number, or a list of numbers" }

  public init(config: ConfigNode) throws(Diagnostic) {
    isList = config.list != nil
    numbers = []
    try collect(config)
  }

  private mutating func collect(_ node: ConfigNode) throws(Diagnostic) {
    guard let list = node.list else { return numbers.append(try Double(config: node)) }
    for item in list { try collect(item) }
  }

  public var config: ConfigNode { isList ? numbers.config : numbers[0].config }
  public static var jsonSchema: ConfigNode { ["type": ["number", "array"]] }

  func value(in graph: Graph, _ dims: [Dim]) throws -> Value {
    if numbers.count == 1 { return graph.constant(Float(numbers[0])) }
    return try graph.constant(Tensor([numbers.count], numbers.map { Float($0) })).reshaped(to: dims)
  }
}
