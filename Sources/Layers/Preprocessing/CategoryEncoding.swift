public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// How whole numbers become vectors.
public enum CategoryOutput: String, CaseIterable, ConfigConvertible {
  case multiHot = "multi_hot"
  case oneHot = "one_hot"
  case count

  /// - Parameter x: whole numbers; other ones than 0 up to `classes` count as none.
  func encode(_ x: Value, _ classes: Int) throws(Diagnostic) -> Value {
    if self == .oneHot {
      return try (x.type.rank > 1 && x.type.dims.last == .size(1) ? x.squeezed([-1]) : x).oneHot(classes)
    }
    let hot = try x.oneHot(classes)
    return try self == .count ? hot.sum(over: [-2]) : hot.max(over: [-2])
  }
}

/// Whole numbers as vectors: which of `num_tokens` they are, or how many of each a sample has.
///
/// Keras: `keras.layers.CategoryEncoding`.
public struct CategoryEncoding: UnaryLayer, Configurable {
  public var tokens: Int
  public var output = CategoryOutput.multiHot
  public init(_ tokens: Int) { self.tokens = tokens }

  public static let schema = Schema(
    "CategoryEncoding", "Whole numbers as vectors of zeros and ones, or of counts.",
    prototype: CategoryEncoding(1),
    Field("num_tokens", \.tokens, "How many there are; the numbers are less.", check: atLeast(1)).required,
    Field(
      "output_mode", \.output,
      "one_hot marks each number, multi_hot those along the last axis, count counts them."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    _ = try x.knownLastAxis(for: className)
    return try output.encode(x, tokens)
  }
}

/// Which interval each number is in: 0 below the first boundary.
///
/// Keras: `keras.layers.Discretization` with boundaries that are given. The numbers of intervals are floats here.
public struct Discretization: UnaryLayer, Configurable {
  public enum Output: String, CaseIterable, ConfigConvertible {
    case int
    case multiHot = "multi_hot"
    case oneHot = "one_hot"
    case count
  }

  public var boundaries: [Double]
  public var bins: Int?
  public var epsilon = 0.01
  public var output = Output.int
  public init(_ boundaries: [Double]) { self.boundaries = boundaries }

  public static let schema = Schema(
    "Discretization", "Which interval each number is in.", prototype: Discretization([]),
    Field("bin_boundaries", \.boundaries, "Where an interval ends and the next begins, rising.") {
      zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } ? nil : "must rise"
    }.required,
    Field("num_bins", \.bins, "How many intervals Keras fitted; not used."),
    Field("epsilon", \.epsilon, "How exactly Keras fitted them; not used."),
    Field("output_mode", \.output, "int for the number of the interval, or a vector as CategoryEncoding has.")
  )

  public static let dialects = KerasDialects { $0.keras2.excluded = ["num_bins": "bin_boundaries"] }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let steps = x.graph.constant(Tensor([boundaries.count], boundaries.map { Float($0) }))
    let numbers =
      try boundaries.isEmpty
      ? x * 0 : (x.expandingDimensions(at: -1) .>= steps).cast(to: .float32).sum(over: [-1])
    let classes = boundaries.count + 1
    return switch output {
    case .int: numbers
    case .oneHot: try CategoryOutput.oneHot.encode(numbers, classes)
    case .multiHot: try CategoryOutput.multiHot.encode(numbers, classes)
    case .count: try CategoryOutput.count.encode(numbers, classes)
    }
  }
}
