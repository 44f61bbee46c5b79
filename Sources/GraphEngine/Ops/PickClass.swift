import Diagnostics
public import TensorCore

/// The element of each row that a label names.
///
/// `x[r, label[r]]`. Operands: x, labels (int32).
public struct PickClass: Op {
  public static let name = "pick_class"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].rank >= 2, operands[1].dims == Array(operands[0].dims.dropLast()) else {
      throw ShapeError("labels \(operands[1]) do not fit outputs \(operands[0])", operand: 0)
    }
    return TensorType(operands[1].dims)
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    guard let classes = c.operands[0].type.dims.last else { return [nil, nil] }
    return [try c.gradient.graph.apply(PlaceClass(classes), c.operands[1], c.gradient), nil]
  }

  public func bind(_ site: BindSite) -> Step {
    let (x, labels, y) = (site.inputs[0].input, site.inputs[1].labels, site.output.pointer)
    let (rows, columns) = (site.inputs[0].rows, site.inputs[0].columns)
    return { worker in
      for r in worker.share(of: rows) {
        let label = Int(labels[r])
        y[r] = label >= 0 && label < columns ? x[r * columns + label] : .nan
      }
    }
  }
}

/// Rows of zeros with one value where the label says: the gradient of ``PickClass``.
struct PlaceClass: Op {
  static let name = "place_class"
  let classes: Dim
  init(_ classes: Dim) { self.classes = classes }

  func infer(_ operands: [TensorType]) -> TensorType { TensorType(operands[1].dims + [classes]) }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    [nil, try c.gradient.graph.apply(PickClass(), c.gradient, c.operands[0])]
  }

  func bind(_ site: BindSite) -> Step {
    let (labels, x, y) = (site.inputs[0].labels, site.inputs[1].input, site.output.pointer)
    let (rows, columns) = (site.output.rows, site.output.columns)
    return { worker in
      for r in worker.share(of: rows) {
        (y + r * columns).update(repeating: 0, count: columns)
        let label = Int(labels[r])
        if label >= 0 && label < columns { y[r * columns + label] = x[r] }
      }
    }
  }
}

extension PickClass {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let picked = operands[1].numbers.enumerated().map { row, label in
      let numbers = operands[0].row(row)
      return numbers.indices.contains(referenceWhole(label)) ? numbers[referenceWhole(label)] : .nan
    }
    return ReferenceTensor(shape, picked)
  }
}

extension PlaceClass {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape) { index in
      let row = Array(index.dropLast())
      return operands[0][row] == Double(index[index.count - 1]) ? operands[1][row] : 0
    }
  }
}
