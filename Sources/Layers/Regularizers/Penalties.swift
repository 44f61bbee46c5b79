public import Config
public import GraphEngine
import TensorCore

/// `l1 · Σ |x|`.
///
/// Keras: `keras.regularizers.L1`.
public struct L1: RegularizerRule {
  public var l1 = 0.01
  public init() {}
  public static let schema = Schema(
    "L1", "The sum of sizes.", prototype: Self(),
    Field("l1", \.l1, "What the sum is multiplied by.", check: atLeast(0)))

  public func penalty(_ x: Value) throws -> Value { try x.abs().sum() * Float(l1) }
}

/// `l2 · Σ x²`.
///
/// Keras: `keras.regularizers.L2`.
public struct L2: RegularizerRule {
  public var l2 = 0.01
  public init() {}
  public static let schema = Schema(
    "L2", "The sum of squares.", prototype: Self(),
    Field("l2", \.l2, "What the sum is multiplied by.", check: atLeast(0)))

  public func penalty(_ x: Value) throws -> Value { try x.square().sum() * Float(l2) }
}

/// `l1 · Σ |x| + l2 · Σ x²`.
///
/// Keras: `keras.regularizers.L1L2`.
public struct L1L2: RegularizerRule {
  public var l1 = 0.0
  public var l2 = 0.0
  public init() {}
  public static let schema = Schema(
    "L1L2", "The sum of sizes and the sum of squares.", prototype: Self(),
    Field("l1", \.l1, "What the sum of sizes is multiplied by.", check: atLeast(0)),
    Field("l2", \.l2, "What the sum of squares is multiplied by.", check: atLeast(0)))

  public func penalty(_ x: Value) throws -> Value {
    try x.abs().sum() * Float(l1) + x.square().sum() * Float(l2)
  }
}

/// How far the rows or columns of a matrix are from being at right angles: the mean size of the cosines between them,
/// halved and multiplied by a factor.
///
/// Keras: `keras.regularizers.OrthogonalRegularizer`.
public struct OrthogonalRegularizer: RegularizerRule {
  public enum Mode: String, CaseIterable, ConfigConvertible { case rows, columns }

  public var factor = 0.01
  public var mode = Mode.rows
  public init() {}
  public static let schema = Schema(
    "OrthogonalRegularizer", "How far rows or columns are from right angles.", prototype: Self(),
    Field("factor", \.factor, "What the sum is multiplied by.", check: atLeast(0)),
    Field("mode", \.mode, "Whether rows or columns are compared."))

  public func penalty(_ x: Value) throws -> Value {
    let vectors = mode == .rows ? x : try x.transposed()
    let lengths = try vectors.square().sum(over: [-1], keepingDimensions: true).maximum(1e-14).squareRoot()
    let unit = try vectors / lengths
    let cosines = try unit.multiplied(by: unit, transposingRight: true)
    guard case .size(let count)? = vectors.type.dims.first else { return try cosines.sum() * 0 }
    let others = try cosines * (1 - x.graph.eye(count))
    let pairs = Double(count * (count - 1)) / 2
    return try others.abs().sum() * Float(factor * 0.5 / max(pairs, 1))
  }
}
