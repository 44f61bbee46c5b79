import EngineTestSupport
import GraphEngine
import KernelABI
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

  init(_ op: any Op, _ shapes: [[Int]], _ result: [Int]) {
    let count = max(1, result.reduce(1, *))
    /// Numbers of the first operand that a result is made of.
    let run = (shapes.first?.reduce(1, *) ?? 0) / count
    let columns = shapes.first?.last ?? 1
    self =
      switch type(of: op).name {
      case "binary": .result(["power", "arctangent"].contains(op.name) ? 4 : 1)
      case "affine": .conditioned(1)
      case "dropout": .result(3)
      case "broadcast", "fill": .result(1)
      case "add_bias": .result(1)
      case "reduce" where ["reduce_maximum", "reduce_minimum"].contains(op.name): .none
      case "sum_leading", "sum_last", "sum_all", "mean_all", "reduce", "product_gradient":
        .products(run + columns)
      case "cumulate", "sum_by_map": .products(shapes[0].max() ?? 1)
      case "spread_taken", "spread_along_axis": .products(shapes[1].reduce(1, *))
      case "matmul", "batch_matmul", "convolution", "convolution_input", "convolution_kernel",
        "depthwise_convolution", "recurrent_kernel_gradient":
        .products(op.flops(shapes, result) / count + 2)
      case "pooling" where "\(op)".contains("maximum"): .none
      // The windows of the cases have at most eight taps.
      case "pooling", "mean_pooling_gradient", "maximum_pooling_gradient": .products(9)
      case "unary", "unary_gradient", "binary_cross_entropy", "binary_cross_entropy_gradient": .conditioned(8)
      case "softmax", "softmax_gradient", "sparse_cross_entropy", "sparse_cross_entropy_gradient",
        "cross_entropy", "cross_entropy_gradient", "normalize", "normalize_gradient":
        .conditioned(columns + 8)
      case "normalize_weights": .conditioned(shapes[0].dropLast().reduce(columns + 8, +))
      case "column_moments": .conditioned(shapes[0].dropLast().reduce(1, *) + 8)
      case "column_moments_slopes": .result(2)
      case "column_affine": .products(2)
      case "column_sums": .products(shapes[0].dropLast().reduce(1, *))
      case "attention": .conditioned(shapes[1][1] + shapes[0][3] + 8)
      case "attention_gradient": .conditionedByLargest(shapes[2][1] + shapes[1][1] + shapes[1][3] + 16)
      // A product and a few functions a step.
      case "recurrent": .conditioned(shapes[0][0] * (shapes[1][0] + 16))
      case "recurrent_gradient": .conditioned(shapes[0][0] * (shapes[2][1] + 16))
      default: .none
      }
  }

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
