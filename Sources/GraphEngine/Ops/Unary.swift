import Diagnostics
public import KernelABI
public import TensorCore

/// An elementwise function of one value; see ``UnaryFunction`` for which there are.
public struct Unary: Pointwise {
  public static let name = "unary"
  public let function: UnaryFunction
  /// The slope of leaky relu, the alpha of elu, the bound of a clip.
  public let parameter: Float
  public var name: String { "\(function)" }

  public init(_ function: UnaryFunction, _ parameter: Float = 0) {
    self.function = function
    self.parameter = parameter
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.float32, for: name)
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    if function.isStep { return [nil] }
    // An operand that is not read again can be written over, and relu can ride along with a product.
    let x = isSlopeInResult ? c.result : c.operands[0]
    return [try c.gradient.graph.apply(UnaryGradient(function, parameter), x, c.result, c.gradient)]
  }

  /// Whether the derivative is made of the result alone.
  private var isSlopeInResult: Bool {
    switch function {
    case .relu, .sigmoid, .tanh, .exp, .negate, .reciprocal, .sqrt, .rsqrt, .expm1, .tan: true
    default: false
    }
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 8 * result.reduce(1, *) }

  @inline(__always) func compute(_ b: Block, _ kernels: KernelTable) {
    kernels.unary(function.rawValue, b[0], b.output, b.count, parameter)
  }
}

/// The gradient of ``Unary`` from its operand (or the result again, if that is all it takes), its result and the
/// gradient of its result.
struct UnaryGradient: Pointwise {
  static let name = "unary_gradient"
  let function: UnaryFunction
  let parameter: Float
  var name: String { "\(function)_gradient" }

  init(_ function: UnaryFunction, _ parameter: Float) {
    self.function = function
    self.parameter = parameter
  }

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, y, g, h) = (c.operands[0], c.operands[1], c.operands[2], c.gradient)
    let byGradient = try h.graph.apply(self, x, y, h)
    let (bendX, bendY) = try bends(x, y, at: c.result.graph.origin)
    return [try bendX.map { try g * h * $0 }, try bendY.map { try g * h * $0 }, byGradient]
  }

  /// The derivatives of the slope, as a function of the operand or, where it is made of that, of the result; `nil` for 0.
  private func bends(_ x: Value, _ y: Value, at span: SourceSpan?) throws -> (x: Value?, y: Value?) {
    switch function {
    case .relu, .leakyRelu, .relu6, .hardTanh, .hardSigmoid, .oldHardSigmoid, .abs, .negate, .clipUnit:
      (nil, nil)
    case .exp, .expm1: (nil, x.graph.constant(1, x.type.dims))
    case .sigmoid: (nil, try 1 - 2 * y)
    case .tanh, .reciprocal: (nil, try -2 * y)
    case .tan: (nil, try 2 * y)
    case .sqrt: (nil, try -0.5 / y.square())
    case .rsqrt: (nil, try -1.5 * y.square())
    case .square: (x.graph.constant(2, x.type.dims), nil)
    case .log: (try -1 / x.square(), nil)
    case .log1p: (try -1 / (x + 1).square(), nil)
    case .softplus: (try x.sigmoid() * (1 - x.sigmoid()), nil)
    case .sin: (try -x.sin(), nil)
    case .cos: (try -x.cos(), nil)
    case .erf: (try -2 * x * x.graph.apply(self, x, y, x.graph.constant(1, x.type.dims)), nil)
    default: throw Diagnostic.noSecondDerivative(name, at: span)
    }
  }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 8 * result.reduce(1, *) }

  @inline(__always) func compute(_ b: Block, _ kernels: KernelTable) {
    kernels.unaryGradient(function.rawValue, b[0], b[1], b[2], b.output, b.count, parameter)
  }
}

extension Unary {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].map { function.value($0, Double(parameter)) }
  }
}

extension UnaryGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].combined(operands[1]) { function.slope($0, $1, Double(parameter)) }.combined(operands[2], *)
  }
}
