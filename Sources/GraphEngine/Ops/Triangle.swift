public import TensorCore

/// The part of each matrix (the last two axes) on one side of a diagonal; 0 elsewhere.
///
/// Keras: `keras.ops.tril`, `keras.ops.triu`.
public struct Triangle: Op {
  public enum Side: Hashable, Sendable { case lower, upper }

  public static let name = "triangle"
  let side: Side
  let diagonal: Int

  /// - Parameter diagonal: 0 is the main one, 1 that above it, -1 that below; it is part of both triangles.
  public init(_ side: Side, diagonal: Int = 0) {
    self.side = side
    self.diagonal = diagonal
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].rank >= 2 else { throw ShapeError("a triangle needs a matrix, found \(operands[0])") }
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [c.gradient.type.element == .float32 ? try c.gradient.graph.apply(self, c.gradient) : nil]
  }

  public func bind(_ site: BindSite) -> Step {
    let (x, y, rows, columns) = (
      site.inputs[0].input, site.output.pointer, site.output.rows, site.output.columns
    )
    let height = site.output.shape[site.output.shape.count - 2]
    let (isLower, diagonal) = (side == .lower, diagonal)
    return { worker in
      for r in worker.share(of: rows) {
        // The first column right of the diagonal, counted so that no sum of sizes overflows.
        let border = max(-1, min(columns, diagonal.addingReportingOverflow(r % height).partialValue))
        let kept = isLower ? 0..<border + 1 : max(0, border)..<columns
        let row = r * columns
        for j in 0..<columns { y[row + j] = kept.contains(j) ? x[row + j] : 0 }
      }
    }
  }
}

extension Triangle {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape) { index in
      let above = index[index.count - 1] - index[index.count - 2]
      return (side == .lower ? above <= diagonal : above >= diagonal) ? operands[0][index] : 0
    }
  }
}
