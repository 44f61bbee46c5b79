public import TensorCore

/// The same numbers with other axes behind the batch.
///
/// Nothing is moved.
public struct Reshape: Op {
  public static let name = "reshape"
  let dims: [Dim]

  /// - Parameter dims: the new axes, the batch included; as many elements as before.
  public init(_ dims: [Dim]) { self.dims = dims }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    guard size(x.dims) == size(dims), x.dims.filter({ $0 == .batch }) == dims.filter({ $0 == .batch }) else {
      throw ShapeError(
        "\(x) cannot be seen as \(TensorType(dims)): \(size(x.dims)) and \(size(dims)) elements")
    }
    return TensorType(dims, x.element)
  }

  private func size(_ dims: [Dim]) -> Int {
    dims.reduce(1) { if case .size(let count) = $1 { $0 * count } else { $0 } }
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Reshape(c.operands[0].type.dims), c.gradient)]
  }

  public var isAlias: Bool { true }
  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 0 }
  public func bind(_ site: BindSite) -> Step { { _ in } }
}
