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
    let x = function.isSlopeInResult ? c.result : c.operands[0]
    return [try c.gradient.graph.apply(UnaryGradient(function, parameter), x, c.result, c.gradient)]
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
    switch function.described.bend {
    case .unknown: throw Diagnostic.noSecondDerivative(name, at: span)
    case .none: (nil, nil)
    case .ofOperand(let bend): (try bend(x, y), nil)
    case .ofResult(let bend): (nil, try bend(y))
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
