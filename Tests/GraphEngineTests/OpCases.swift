import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore
import Testing

/// What the numbers of an operand look like.
enum Numbers {
  /// Magnitudes from 0.3 to 1.3 with either sign: away from the kink at 0.
  case signed
  /// From 0.5 to 1.5.
  case positive
  /// Probabilities from 0.1 to 0.9.
  case unit
  /// Within 0.2 of these.
  case around([Float])
  /// All at least 0.08 apart, in no order.
  case spaced
  /// Whole numbers below a count.
  case labels(Int)
  /// These, in turn.
  case texts([String])
  /// The number of a training step: 64 bits in two floats.
  case step

  func make(_ count: Int, _ name: String) -> [Float] {
    let raw = noise(count, name)
    switch self {
    case .signed: return raw.map { $0 < 0 ? $0 - 0.3 : $0 + 0.3 }
    case .positive: return raw.map { 1 + $0 / 2 }
    case .unit: return raw.map { 0.5 + 0.4 * $0 }
    case .around(let centres): return raw.enumerated().map { centres[$0 % centres.count] + 0.2 * $1 }
    case .spaced: return raw.enumerated().map { Float($0 * 170 % 997) / 8 + 0.02 * $1 }
    case .labels(let classes):
      return raw.map { asFloat(min(classes - 1, Int(($0 + 1) / 2 * Float(classes)))) }
    case .texts(let texts):
      let codes = TextTable.codes(of: texts)
      return (0..<count).map { asFloat(Int(codes[$0 % codes.count])) }
    case .step: return [asFloat(7), asFloat(0)]
    }
  }

  var element: ElementType {
    switch self {
    case .labels: .int32
    case .texts: .text
    default: .float32
    }
  }
}

/// One op with operands that fit it, for every size.
struct OpCase: Sendable, CustomTestStringConvertible {
  typealias Operand = (dims: [Dim], numbers: Numbers, isVaried: Bool)

  let name: String
  let probes: @Sendable (Int) -> [Probe]
  let build: @Sendable ([Value]) throws -> Value
  /// How often ops round that the case computes or is differentiated with, by their names or those of their types.
  ///
  /// One case says it for all that have the op.
  var roundings: [String: @Sendable (AppliedOp) -> Rounding] = [:]
  var testDescription: String { name }

  /// - Parameter operands: axes, numbers, and whether a derivative is wanted, for a size.
  init(
    _ name: String,
    _ operands: @escaping @Sendable (Int) -> [Operand],
    _ build: @escaping @Sendable ([Value]) throws -> Value
  ) {
    self.name = name
    self.build = build
    probes = { size in
      operands(size).enumerated().map { i, operand in
        let type = TensorType(operand.dims, operand.numbers.element)
        let count = type.shape(batch: OpCase.batch).reduce(1, *)
        return Probe(type, operand.numbers.make(count, "\(name)/\(i)/\(size)"), isVaried: operand.isVaried)
      }
    }
  }

  /// Whether there is anything to differentiate by.
  var hasGradient: Bool { probes(Self.sizes[0]).contains(where: \.isVaried) }

  static let batch = 3
  /// One, around the 16 lanes of the kernels, and a prime.
  static let sizes = [1, 15, 16, 17, 37]
}

private func rows(_ size: Int) -> [Dim] { [.batch, .size(size)] }
private func grid(_ rows: Int, _ size: Int) -> [Dim] { [.batch, .size(rows), .size(size)] }
private func matrix(_ rows: Int, _ columns: Int) -> [Dim] { [.size(rows), .size(columns)] }
/// An operand to differentiate by, and one that is held.
private func by(_ dims: [Dim], _ numbers: Numbers) -> OpCase.Operand { (dims, numbers, true) }
private func held(_ dims: [Dim], _ numbers: Numbers) -> OpCase.Operand { (dims, numbers, false) }
private func one(_ op: some Op) -> @Sendable ([Value]) throws -> Value {
  { try $0[0].graph.apply(op, $0[0]) }
}
private func two(_ op: some Op) -> @Sendable ([Value]) throws -> Value {
  { try $0[0].graph.apply(op, $0[0], $0[1]) }
}
/// The cross-entropies take the logits, their softmax, and the target.
private func crossEntropy(_ op: some Op) -> @Sendable ([Value]) throws -> Value {
  { try $0[0].graph.apply(op, $0[0], $0[0].graph.apply(Softmax(), $0[0]), $0[1]) }
}

extension OpCase {
  /// A new op adds one line to a group, with how often it rounds.
  static let all: [OpCase] =
    unary + bends + broadcasts + movements + reductions + products + windows + recurrences + attention
    + normalizations + flats + plain

  private static let plain: [OpCase] = [
    OpCase("add", { [by(rows($0), .signed), by(rows($0), .signed)] }, two(Binary(.add)))
      .rounding("binary") { _ in .result(1) },
    OpCase(
      "subtract", { [by(rows($0), .signed), by(rows($0), .signed)] }, two(Binary(.subtract))),
    OpCase(
      "multiply", { [by(rows($0), .signed), by(rows($0), .signed)] }, two(Binary(.multiply))),
    OpCase(
      "divide", { [by(rows($0), .signed), by(rows($0), .positive)] }, two(Binary(.divide))),
    OpCase("affine", { [by(rows($0), .signed)] }, one(Affine(scale: -1.5, offset: 0.25)))
      .rounding("affine") { _ in .conditioned(1) },
    OpCase(
      "add_bias", { [by(rows($0), .signed), by([.size($0)], .signed)] }, two(AddBias())
    )
    .rounding("add_bias") { _ in .result(1) }
    .rounding("sum_leading") { .products($0.run + $0.columns) },
    OpCase(
      "add_bias 3", { [by(grid(2, $0), .signed), by([.size($0)], .signed)] }, two(AddBias())),
    OpCase("sum_last", { [by(grid(2, $0), .signed)] }, one(SumLast()))
      .rounding("sum_last") { .products($0.run + $0.columns) },
    OpCase("repeat_last", { [by(rows($0), .signed)] }, one(RepeatLast(.size(5)))),
    OpCase("sum_all", { [by(rows($0), .signed)] }, one(SumAll()))
      .rounding("sum_all") { .products($0.run + $0.columns) },
    OpCase("mean_all", { [by(rows($0), .signed)] }, one(MeanAll()))
      .rounding("mean_all") { .products($0.run + $0.columns) }
      .rounding("fill") { _ in .result(1) },
    OpCase("reshape", { [by(grid($0, 2), .signed)] }) {
      let size = $0[0].type.shape(batch: 1).reduce(1, *)
      return try $0[0].graph.apply(Reshape([.batch, .size(size)]), $0[0])
    },
    OpCase(
      "matmul depth", { [by(rows($0), .signed), by(matrix($0, 5), .signed)] }, two(MatMul())
    )
    .rounding("matmul") { .products($0.depth) },
    OpCase(
      "matmul width", { [by(rows(7), .signed), by(matrix(7, $0), .signed)] }, two(MatMul())),
    OpCase(
      "matmul rows", { [by(grid($0, 3), .signed), by(matrix(3, 2), .signed)] }, two(MatMul())
    ),
    OpCase("softmax", { [by(rows($0), .signed)] }, one(Softmax()))
      .rounding("softmax", "softmax_gradient") { .conditioned($0.columns + 8) },
    OpCase(
      "pick_class", { [by(rows($0), .signed), held([.batch], .labels($0))] },
      two(PickClass())),
    OpCase(
      "dropout", { [by(rows($0), .signed), held([.size(2)], .step)] },
      two(Dropout(rate: 0.4, stream: RandomStream(seed: 3, "dropout")))
    )
    .rounding("dropout") { _ in .result(3) },
    OpCase(
      "sparse_cross_entropy", { [by(rows($0), .signed), held([.batch], .labels($0))] },
      crossEntropy(SparseCrossEntropy())
    )
    .rounding("sparse_cross_entropy", "sparse_cross_entropy_gradient") { .conditioned($0.columns + 8) },
    OpCase(
      "cross_entropy", { [by(rows($0), .signed), held(rows($0), .unit)] },
      crossEntropy(CrossEntropy())
    )
    .rounding("cross_entropy", "cross_entropy_gradient") { .conditioned($0.columns + 8) },
    OpCase(
      "binary_cross_entropy", { [by(rows($0), .signed), held(rows($0), .unit)] },
      two(BinaryCrossEntropy())
    )
    .rounding("binary_cross_entropy", "binary_cross_entropy_gradient") { _ in .conditioned(8) },
  ]

  /// Every elementwise function; each has numbers that keep away from its kinks and poles.
  static let unary: [OpCase] = UnaryFunction.allCases.filter { !$0.isStep }.map { function in
    let (numbers, parameter): (Numbers, Float) =
      switch function {
      case .log, .reciprocal, .sqrt, .rsqrt: (.positive, 0)
      case .log1p, .asin, .acos, .atanh, .tan: (.around([-0.5, 0.2, 0.6]), 0)
      case .acosh: (.around([1.5, 2, 5]), 0)
      case .relu6: (.around([-1, 2, 5, 7]), 0)
      case .hardSigmoid, .hardSilu, .oldHardSigmoid: (.around([-4, -2, 2, 5]), 0)
      case .hardTanh: (.around([-2, -0.5, 0.5, 3]), 0)
      case .clipUnit: (.around([-0.5, 0.5, 1.2]), 0.2)  // bounds 0.2 and 0.8
      default: (.signed, 0.3)
      }
    return OpCase("\(function)", { [by(rows($0), numbers)] }, one(Unary(function, parameter)))
      .rounding("unary", "unary_gradient") { _ in .conditioned(8) }
  }

  /// The gradient of a function as a function of its own: its gradient is the second derivative.
  static let bends: [OpCase] = [
    UnaryFunction.exp, .expm1, .sigmoid, .tanh, .reciprocal, .tan, .sqrt, .rsqrt, .square, .log, .log1p,
    .softplus,
    .sin, .cos, .erf, .relu,
  ].map { function in
    OpCase("\(function) twice", { [by(rows($0), .around([0.7, 0.9, 1.1]))] }) {
      try $0[0].graph.gradients(of: $0[0].mapped(function).sum(), for: [$0[0]])[0] + $0[0]
    }
  }

  /// Ops that have no derivative, and ops made by differentiating that have no second one: the code they give.
  static let refused: [(name: String, code: String, build: @Sendable (Value) throws -> Value)] = [
    ("matches", "E0308", { try $0.graph.apply(Matches(.categorical), $0, $0) })
  ]
}
