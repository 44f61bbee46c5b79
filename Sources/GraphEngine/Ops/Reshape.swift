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
    let result = TensorType(dims, x.element)
    guard x.sampleCount == result.sampleCount,
      x.dims.filter({ $0 == .batch }) == dims.filter({ $0 == .batch })
    else {
      throw ShapeError(
        "\(x) cannot be seen as \(result): \(x.sampleCount) and \(result.sampleCount) elements")
    }
    return result
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Reshape(c.operands[0].type.dims), c.gradient)]
  }

  public var takesTexts: Bool { true }
  public var isAlias: Bool { true }
  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 0 }
  public func bind(_ site: BindSite) -> Step { { _ in } }
}

extension Reshape {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape, operands[0].numbers)
  }
}
