import Diagnostics
public import KernelABI
public import TensorCore

/// An elementwise function of two values of one shape.
public struct Binary: Op {
  public static let name = "binary"
  public let function: BinaryFunction
  public var name: String { "\(function)" }
  public init(_ function: BinaryFunction) { self.function = function }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0] == operands[1] else {
      throw ShapeError(
        "shapes \(operands[0]) and \(operands[1]) differ", operand: 1,
        hint: "both operands must have one shape")
    }
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (a, b, g, graph) = (c.operands[0], c.operands[1], c.gradient, c.gradient.graph)
    switch function {
    case .add: return [g, g]
    case .subtract: return [g, try graph.apply(Unary(.negate), g)]
    case .multiply:
      return [try graph.apply(Binary(.multiply), g, b), try graph.apply(Binary(.multiply), g, a)]
    case .divide:
      let byB = try graph.apply(Binary(.divide), g, b)
      let scaled = try graph.apply(Binary(.multiply), byB, c.result)
      return [byB, try graph.apply(Unary(.negate), scaled)]
    case .maximum, .minimum: throw Diagnostic.noDerivative(name, at: graph.origin)
    }
  }

  public var canReuseFirstOperand: Bool { true }

  public func bind(_ site: BindSite) -> Step {
    let (f, y, count) = (site.kernels.binary, site.output.pointer, site.output.count)
    let (a, b, function) = (site.inputs[0].input, site.inputs[1].input, function.rawValue)
    return { worker in
      let share = worker.share(of: count, grain: 16)
      let i = share.lowerBound
      f(function, a + i, b + i, y + i, share.count)
    }
  }
}

/// `scale · x + offset`, rounded once.
public struct Affine: Op {
  public static let name = "affine"
  public let scale: Float
  public let offset: Float

  public init(scale: Float, offset: Float) {
    self.scale = scale
    self.offset = offset
  }

  public func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Affine(scale: scale, offset: 0), c.gradient)]
  }

  public var canReuseFirstOperand: Bool { true }

  public func bind(_ site: BindSite) -> Step {
    let (f, x, y, count) = (site.kernels.affine, site.inputs[0].input, site.output.pointer, site.output.count)
    let (scale, offset) = (scale, offset)
    return { worker in
      let share = worker.share(of: count, grain: 16)
      f(x + share.lowerBound, y + share.lowerBound, share.count, scale, offset)
    }
  }
}

extension Diagnostic {
  /// E0308: an op that cannot be trained through.
  static func noDerivative(_ op: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0308", "\(op) has no derivative", at: span.map { Label($0, "training would need it here") },
      help: "use it in metrics, or outside the path from the weights to the loss")
  }
}
