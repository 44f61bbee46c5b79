import Diagnostics
public import KernelABI
public import TensorCore

/// An elementwise function of one value; see ``UnaryFunction`` for which there are.
public struct Unary: Op {
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
    // An operand that is not read again can be written over, and relu can ride along with a product.
    let x = isSlopeInResult ? c.result : c.operands[0]
    return [try c.gradient.graph.apply(UnaryGradient(function, parameter), x, c.result, c.gradient)]
  }

  /// Whether the derivative is made of the result alone.
  private var isSlopeInResult: Bool {
    switch function {
    case .relu, .sigmoid, .tanh, .exp, .negate, .reciprocal, .sqrt: true
    case .leakyRelu, .elu, .selu, .gelu, .geluTanh, .softplus, .silu, .log, .square, .abs, .clipUnit: false
    }
  }

  public var canReuseFirstOperand: Bool { true }
  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 8 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (f, x, y, count) = (site.kernels.unary, site.inputs[0].input, site.output.pointer, site.output.count)
    let (function, parameter) = (function.rawValue, parameter)
    return { worker in
      let share = worker.share(of: count, grain: 16)
      f(function, x + share.lowerBound, y + share.lowerBound, share.count, parameter)
    }
  }
}

/// The gradient of ``Unary`` from its operand (or the result again, if that is all it takes), its result and the
/// gradient of its result.
struct UnaryGradient: Op {
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
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  var canReuseFirstOperand: Bool { true }
  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 8 * result.reduce(1, *) }

  func bind(_ site: BindSite) -> Step {
    let (f, y, count) = (site.kernels.unaryGradient, site.output.pointer, site.output.count)
    let (a, b, g) = (site.inputs[0].input, site.inputs[1].input, site.inputs[2].input)
    let (function, parameter) = (function.rawValue, parameter)
    return { worker in
      let share = worker.share(of: count, grain: 16)
      let i = share.lowerBound
      f(function, a + i, b + i, g + i, y + i, share.count, parameter)
    }
  }
}
