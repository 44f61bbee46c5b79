import Diagnostics
public import KernelABI

/// All that is known of an elementwise function beside its kernel: what it means, what it is called, how it bends.
///
/// Whoever names, differentiates or checks a function asks here: activations, operations of bodies, gradients, references.
/// The functions stand in groups, each with its spelling as a method of ``Value``.
public struct UnaryDescription: Sendable {
  /// What Keras has a function as.
  enum Kind: Sendable {
    case function
    /// An activation of the same names.
    case activation
    /// An activation that is called something else.
    case activationNamed(String)
  }

  /// What the derivative is made of, in double precision.
  enum Slope: Sendable {
    /// Of the result and the parameter alone: the operand is not needed once there is a result.
    case ofResult(@Sendable (_ y: Double, _ p: Double) -> Double)
    /// Of the operand, the result and the parameter.
    case of(@Sendable (_ x: Double, _ y: Double, _ p: Double) -> Double)
    /// It is 0 wherever there is one.
    case flat
  }

  /// The derivative of the slope.
  enum Bend: Sendable {
    /// Nobody has asked for it yet: differentiating twice is refused.
    case unknown
    /// 0, since the function is made of straight pieces.
    case none
    /// By the operand x, where the result is y.
    case ofOperand(@Sendable (_ x: Value, _ y: Value) throws -> Value)
    /// By the result y, where the slope is made of that.
    case ofResult(@Sendable (_ y: Value) throws -> Value)
  }

  public let function: UnaryFunction
  /// What `keras.ops` calls it, and other spellings; none for what only the engine uses.
  public let names: [String]
  /// What Keras calls it as an activation; none if it is no activation.
  public let activations: [String]
  /// The parameter that is meant where only the name is given.
  public let parameter: Float
  /// What it computes, in a sentence.
  public let summary: String
  /// The function of x and the parameter by its definition, in double precision.
  let value: @Sendable (_ x: Double, _ p: Double) -> Double
  let slope: Slope
  let bend: Bend
  /// The function of whole numbers, where it gives whole numbers that floats could not hold.
  let whole: (@Sendable (Value) throws(Diagnostic) -> Value)?

  init(
    _ function: UnaryFunction, _ names: String..., is kind: Kind = .function, parameter: Float = 0,
    means summary: String, value: @escaping @Sendable (Double, Double) -> Double, slope: Slope,
    bend: Bend = .unknown, whole: (@Sendable (Value) throws(Diagnostic) -> Value)? = nil
  ) {
    self.function = function
    self.names = names
    self.parameter = parameter
    self.summary = summary
    self.value = value
    self.slope = slope
    self.bend = bend
    self.whole = whole
    activations =
      switch kind {
      case .function: []
      case .activation: names
      case .activationNamed(let name): [name]
      }
  }

  /// Every function; activations in the order in which they are listed for people.
  public static let all: [UnaryDescription] = ofNetworks + elementary + ofAngles

  /// The same, each at its number.
  fileprivate static let table: [UnaryDescription] = UnaryFunction.allCases.map { function in
    guard let found = all.first(where: { $0.function == function }) else {
      preconditionFailure("the function \(function) is not described")
    }
    return found
  }
}

extension UnaryFunction {
  /// What is known of it.
  public var described: UnaryDescription { UnaryDescription.table[Int(rawValue)] }

  /// Whether it is flat wherever it has a slope at all.
  public var isStep: Bool { if case .flat = described.slope { true } else { false } }

  /// Whether its gradient can be differentiated as well.
  public var hasBend: Bool { if case .unknown = described.bend { false } else { true } }

  /// Whether the derivative is made of the result alone.
  var isSlopeInResult: Bool { if case .ofResult = described.slope { true } else { false } }

  /// The function by its definition, in double precision.
  /// - Parameter p: the parameter, where it has one.
  func value(_ x: Double, _ p: Double) -> Double { described.value(x, p) }

  /// The derivative at x, where the function has the value y.
  ///
  /// Functions whose slope follows from their value alone do not look at x, which is y again where it is not kept.
  func slope(_ x: Double, _ y: Double, _ p: Double) -> Double {
    switch described.slope {
    case .ofResult(let slope): slope(y, p)
    case .of(let slope): slope(x, y, p)
    case .flat: 0
    }
  }
}
