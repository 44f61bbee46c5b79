/// An elementwise function of a gate whose slope follows from its value, so that only the value is kept.
public struct GateFunction: Hashable, Sendable {
  /// A ``UnaryFunction``, or -1 for x itself.
  public let code: Int32
  public let parameter: Float

  public static let linear = GateFunction(code: -1, parameter: 0)
  public static let sigmoid = GateFunction(code: UnaryFunction.sigmoid.rawValue, parameter: 0)
  public static let tanh = GateFunction(code: UnaryFunction.tanh.rawValue, parameter: 0)

  private init(code: Int32, parameter: Float) {
    self.code = code
    self.parameter = parameter
  }

  /// `nil` for a function whose value does not tell its slope.
  public init?(_ function: UnaryFunction, _ parameter: Float) {
    switch function {
    case .relu, .leakyRelu, .elu, .selu, .sigmoid, .tanh, .softplus, .exp, .relu6, .hardSigmoid,
      .oldHardSigmoid, .hardTanh, .softsign:
      self.init(code: function.rawValue, parameter: parameter)
    default: return nil
    }
  }
}

/// A recurrent layer over all its steps, as its kernels see it; sizes are counted in units.
///
/// Steps come first, so that what a step reads and writes lies together.
public struct RecurrentTask {
  public enum Kind: Int32, Sendable, Hashable {
    /// `h = f(x + h · R)`.
    case simple
    /// Input, forget, candidate and output.
    case lstm
    /// Update, reset and candidate; the reset gate works on the product (`reset_after`), or on the state before it.
    case gru, gruResetBefore

    /// Columns of the projected input and of the recurrent kernel.
    public var gates: Int { self == .simple ? 1 : self == .lstm ? 4 : 3 }
    public var states: Int { self == .lstm ? 2 : 1 }
    /// What is kept of a step: what entered the product, the new states, and the gates.
    ///
    /// `simple`: previous h, h. `lstm`: previous h, h, c, i, f, candidate, o. `gru`: previous h, h, z, r, the
    /// product's last third (or the previous h that was reset), candidate.
    public var record: Int { self == .simple ? 2 : self == .lstm ? 7 : 6 }
    /// What the way back gives for a step: the gradients of the columns of the product, in `gru` with that of the
    /// input's candidate behind.
    ///
    /// The place after the last step holds the gradients of the states, and room for one more.
    public var gradient: Int { self == .simple ? 2 : self == .gruResetBefore ? 3 : 4 }
  }

  public typealias In = UnsafePointer<Float>
  public typealias Out = UnsafeMutablePointer<Float>

  public var kind: Kind
  public var batch: Int
  public var steps: Int
  public var units: Int
  public var activation: GateFunction
  public var recurrentActivation: GateFunction
  /// The recurrent kernel (units, gates · units).
  public var kernel: In
  /// Floats between its panels; 0 where it lies row by row.
  public var kernelPanel: Int
  /// The first states (batch, units); c is the cell's of `lstm`.
  public var h: In
  public var c: In?
  /// Added to the last third of the product (units), in `gru`.
  public var bias: In?
  /// (batch, steps): where it is 0 a step changes nothing.
  public var mask: In?
  /// What the state is multiplied by before the product (batch, units).
  public var dropout: In?
  /// The projected input (steps, batch, gates · units); used forward only.
  public var x: In?
  /// (steps + 1, batch, record · units): written forward, read backward.
  public var record: Out
  /// The gradient of the states of each step (steps, batch, states · units); used backward only.
  public var stateGradient: In?
  /// (steps + 1, batch, gradient · units): written backward.
  public var gradient: Out?

  public init(
    _ kind: Kind, batch: Int, steps: Int, units: Int, _ activation: GateFunction,
    _ recurrentActivation: GateFunction, kernel: In, kernelPanel: Int, h: In, record: Out
  ) {
    (self.kind, self.batch, self.steps, self.units) = (kind, batch, steps, units)
    (self.activation, self.recurrentActivation) = (activation, recurrentActivation)
    (self.kernel, self.kernelPanel, self.h, self.record) = (kernel, kernelPanel, h, record)
  }
}
