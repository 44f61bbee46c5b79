import EngineTestSupport
import GraphEngine
import TensorCore

/// How far a kernel's result may be from the exact one for the same operands, from the roundings on the way to it.
///
/// Each rounding is off by 2⁻²⁴ of what is rounded, at most.
enum Rounding {
  /// Numbers that are only moved, chosen or counted.
  case none
  /// So many roundings of the result itself.
  case result(Int)
  /// Sums of products of the operands, so many of them: rounded are sums that are at most those of the magnitudes.
  case products(Int)
  /// So many roundings of operands and of what is made of them: what relative changes of that size of the operands
  /// change the result by, and the result's own.
  case conditioned(Int)
  /// The same, of the largest number: rounded weights do not add up to 1, and differences by them are small.
  case conditionedByLargest(Int)

  /// What each number of the result may be off.
  func bounds(
    _ op: any Op, _ operands: [ReferenceTensor], _ types: [TensorType], exact: ReferenceTensor
  ) -> [Double] {
    let unit = 0x1p-24
    switch self {
    case .none: return exact.numbers.map { _ in 0 }
    case .result(let roundings): return exact.numbers.map { Double(roundings) * unit * abs($0) + 0x1p-149 }
    case .products(let roundings):
      let isPooled = type(of: op).name == "maximum_pooling_gradient"
      let magnitudes = zip(operands, types).enumerated().map { i, pair in
        // Indices stay as they are, and so does what the largest is looked for in.
        pair.1.element == .int32 || (isPooled && i < 2)
          ? pair.0 : ReferenceTensor(pair.0.shape, pair.0.numbers.map { abs($0) })
      }
      return zip(op.reference(magnitudes, exact.shape).numbers, exact.numbers).map {
        Double(roundings) * unit * max(abs($0), abs($1)) + 0x1p-126
      }
    case .conditionedByLargest(let roundings):
      let own = Rounding.conditioned(roundings).bounds(op, operands, types, exact: exact)
      return own.map { _ in own.max() ?? 0 }
    case .conditioned(let roundings):
      var reach = exact.numbers.map { abs($0) }
      let change = 0x1p-20
      for (i, type) in types.enumerated() where type.element == .float32 {
        var most = reach.map { _ in 0.0 }
        for draw in 0..<4 {
          var moved = operands
          for (j, x) in noise(operands[i].numbers.count, "signs \(draw)").enumerated() {
            moved[i].numbers[j] *= 1 + (x < 0 ? -change : change)
          }
          for (j, x) in op.reference(moved, exact.shape).numbers.enumerated() {
            most[j] = max(most[j], abs(x - exact.numbers[j]) / change)
          }
        }
        for j in reach.indices { reach[j] += most[j] }
      }
      return reach.map { Double(roundings) * unit * $0 + 0x1p-126 }
    }
  }
}

/// An op on operands of some shapes: how often it rounds depends on them.
struct AppliedOp {
  let op: any Op
  let shapes: [[Int]]
  let result: [Int]

  var count: Int { max(1, result.reduce(1, *)) }
  /// Numbers of the first operand that a result is made of.
  var run: Int { (shapes.first?.reduce(1, *) ?? 0) / count }
  var columns: Int { shapes.first?.last ?? 1 }
  /// Products that a number of the result is the sum of.
  var depth: Int { op.flops(shapes, result) / count + 2 }

  /// What the case of the op says; an op of which none says anything must be exact.
  var rounding: Rounding {
    let rule = OpCase.roundings[op.name] ?? OpCase.roundings[type(of: op).name]
    return rule?(self) ?? .none
  }
}

extension OpCase {
  /// The case with how often ops round that it computes or is differentiated with.
  /// - Parameter names: of ops, or of their types.
  func rounding(_ names: String..., by rule: @escaping @Sendable (AppliedOp) -> Rounding) -> OpCase {
    var copy = self
    for name in names { copy.roundings[name] = rule }
    return copy
  }

  /// What all cases say, by the names of ops and their types.
  fileprivate static let roundings = all.reduce(into: [:]) { known, op in
    known.merge(op.roundings) { first, _ in first }
  }
}
