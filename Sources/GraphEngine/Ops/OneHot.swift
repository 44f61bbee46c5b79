public import TensorCore

/// Rows of zeros with a 1 where a whole number says; all zeros where it is outside.
///
/// Keras: `keras.ops.one_hot`. The classes are a new last axis. Operand: int32.
public struct OneHot: Op {
  public static let name = "one_hot"
  let classes: Int
  public init(classes: Int) { self.classes = classes }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.int32, for: name)
    guard classes > 0 else { throw ShapeError("one_hot needs at least one class, found \(classes)") }
    return TensorType(operands[0].dims + [.size(classes)])
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func bind(_ site: BindSite) -> Step {
    let (labels, y, rows, classes) = (site.inputs[0].labels, site.output.pointer, site.output.rows, classes)
    return { worker in
      for r in worker.share(of: rows) {
        let row = y + r * classes
        row.update(repeating: 0, count: classes)
        let label = Int(labels[r])
        if label >= 0 && label < classes { row[label] = 1 }
      }
    }
  }
}

extension OneHot {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape) { operands[0][Array($0.dropLast())] == Double($0[$0.count - 1]) ? 1 : 0 }
  }
}
