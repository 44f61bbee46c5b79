public import TensorCore

/// The axes in another order: axis *i* of the result is axis `permutation[i]`.
///
/// Keras: `keras.ops.transpose`, `keras.layers.Permute`.
public struct Transpose: Op {
  public static let name = "transpose"
  package let permutation: [Int]

  /// - Parameter permutation: every axis once; negative numbers count from the last.
  public init(_ permutation: [Int]) { self.permutation = permutation }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    guard permutation.count == x.rank, try x.axes(permutation).count == x.rank else {
      throw ShapeError(
        "\(permutation) is no order of the axes of \(x)", hint: "name each axis from 0 to \(x.rank - 1) once")
    }
    return TensorType(order.map { x.dims[$0] }, x.element)
  }

  private var order: [Int] { permutation.map { $0 < 0 ? $0 + permutation.count : $0 } }

  public var takesTexts: Bool { true }
  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    var inverse = order
    for (to, from) in order.enumerated() { inverse[from] = to }
    return [try c.gradient.graph.apply(Transpose(inverse), c.gradient)]
  }

  public func bind(_ site: BindSite) -> Step {
    let shape = site.inputs[0].shape
    let strides = order.map { shape[($0 + 1)...].reduce(1, *) }
    return StridedCopy(site.output.shape, strides).step(from: site.inputs[0].input, to: site.output.pointer)
  }
}

extension Transpose {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape) { index in
      var source = index
      for (to, from) in order.enumerated() { source[from] = index[to] }
      return operands[0][source]
    }
  }
}
