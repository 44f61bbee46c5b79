import Diagnostics
public import TensorCore

/// 1 where a prediction is right, else 0: what accuracies count.
public struct Matches: Op {
  public enum Rule: Hashable, Sendable {
    /// The first largest element of a row is the label. Operands: prediction, labels (int32).
    case sparse
    /// The first largest elements of both rows agree. Operands: prediction, target.
    case categorical
    /// Prediction above the threshold where the target says 1. Operands: prediction, target.
    case binary(threshold: Float)
  }

  public static let name = "matches"
  let rule: Rule
  public init(_ rule: Rule) { self.rule = rule }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (p, t) = (operands[0], operands[1])
    let fits =
      switch rule {
      case .sparse: p.rank >= 2 && t.dims == Array(p.dims.dropLast())
      case .categorical, .binary: p.dims == t.dims
      }
    guard fits else { throw ShapeError("targets \(t) do not fit predictions \(p)") }
    if case .binary = rule { return TensorType(p.dims) }
    return TensorType(p.dims.dropLast())
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noDerivative("accuracy", at: c.result.graph.origin)
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (p, t, y) = (site.inputs[0].input, site.inputs[1], site.output.pointer)
    let (rows, columns) = (site.inputs[0].rows, site.inputs[0].columns)
    switch rule {
    case .sparse:
      let labels = t.labels
      return { worker in
        for r in worker.share(of: rows) { y[r] = largest(p + r * columns, columns) == Int(labels[r]) ? 1 : 0 }
      }
    case .categorical:
      let target = t.input
      return { worker in
        for r in worker.share(of: rows) {
          y[r] = largest(p + r * columns, columns) == largest(target + r * columns, columns) ? 1 : 0
        }
      }
    case .binary(let threshold):
      let (target, count) = (t.input, site.output.count)
      return { worker in
        for i in worker.share(of: count) { y[i] = (p[i] > threshold ? 1 : 0) == target[i] ? 1 : 0 }
      }
    }
  }
}

/// The index of the first largest element.
private func largest(_ row: [Double]) -> Int { row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 } }

/// The index of the first largest element.
@inline(__always) private func largest(_ x: UnsafePointer<Float>, _ count: Int) -> Int {
  var best = 0
  for i in 1..<max(1, count) where x[i] > x[best] { best = i }
  return best
}

extension Matches {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (p, t) = (operands[0], operands[1])
    func isRight(_ i: Int) -> Bool {
      switch rule {
      case .sparse: Double(largest(p.row(i))) == t.numbers[i]
      case .categorical: largest(p.row(i)) == largest(t.row(i))
      case .binary(let threshold): (p.numbers[i] > Double(threshold) ? 1 : 0) == t.numbers[i]
      }
    }
    return ReferenceTensor(shape, (0..<shape.reduce(1, *)).map { isRight($0) ? 1 : 0 })
  }
}
