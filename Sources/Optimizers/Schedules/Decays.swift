public import Config
public import Diagnostics
import TensorCore

/// `initial · rate^(step / steps)`.
///
/// Keras: `keras.optimizers.schedules.ExponentialDecay`.
public struct ExponentialDecay: Schedule {
  public var initialLearningRate = 0.01
  public var decaySteps = 1000
  public var decayRate = 0.9
  public var staircase = false
  public var name: String?
  public init() {}

  public static let schema = Schema(
    "ExponentialDecay", "A rate that falls by the same factor every so many steps.", prototype: Self(),
    Field("initial_learning_rate", \.initialLearningRate, "Where the rate starts.", check: atLeast(0))
      .required,
    Field("decay_steps", \.decaySteps, "Steps in which the rate falls by the factor.", check: atLeast(1))
      .required,
    Field("decay_rate", \.decayRate, "The factor.", check: atLeast(0)).required,
    Field("staircase", \.staircase, "Whether the rate falls only after whole periods."),
    Field("name", \.name, "A name, without effect."))

  public func rate(at step: Int) -> Float {
    let periods = Float(step) / Float(decaySteps)
    let power = DeterministicMath.power(
      Double(Float(decayRate)), Double(staircase ? periods.rounded(.down) : periods))
    return Float(initialLearningRate) * Float(power)
  }
}

/// `initial / (1 + rate · step / steps)`.
///
/// Keras: `keras.optimizers.schedules.InverseTimeDecay`.
public struct InverseTimeDecay: Schedule {
  public var initialLearningRate = 0.01
  public var decaySteps = 1000
  public var decayRate = 0.9
  public var staircase = false
  public var name: String?
  public init() {}

  public static let schema = Schema(
    "InverseTimeDecay", "A rate divided by a number that grows with the steps.", prototype: Self(),
    Field("initial_learning_rate", \.initialLearningRate, "Where the rate starts.", check: atLeast(0))
      .required,
    Field(
      "decay_steps", \.decaySteps, "Steps in which the divisor grows by the decay rate.", check: atLeast(1)
    )
    .required,
    Field("decay_rate", \.decayRate, "How much the divisor grows.", check: atLeast(0)).required,
    Field("staircase", \.staircase, "Whether the rate falls only after whole periods."),
    Field("name", \.name, "A name, without effect."))

  public func rate(at step: Int) -> Float {
    let periods = Float(step) / Float(decaySteps)
    return Float(initialLearningRate)
      / (1 + Float(decayRate) * (staircase ? periods.rounded(.down) : periods))
  }
}

/// From one rate to another along a power of the way that is left.
///
/// Keras: `keras.optimizers.schedules.PolynomialDecay`.
///
/// `(initial - end) · (1 - step / steps)^power + end`; `cycle` lengthens the way whenever its end is reached.
public struct PolynomialDecay: Schedule {
  public var initialLearningRate = 0.01
  public var decaySteps = 1000
  public var endLearningRate = 0.0001
  public var power = 1.0
  public var cycle = false
  public var name: String?
  public init() {}

  public static let schema = Schema(
    "PolynomialDecay", "From one rate to another within so many steps.", prototype: Self(),
    Field("initial_learning_rate", \.initialLearningRate, "Where the rate starts.", check: atLeast(0))
      .required,
    Field("decay_steps", \.decaySteps, "Steps until the end.", check: atLeast(1)).required,
    Field("end_learning_rate", \.endLearningRate, "Where the rate ends.", check: atLeast(0)),
    Field("power", \.power, "1 for a straight way.", check: atLeast(0)),
    Field("cycle", \.cycle, "Whether the rate rises again after the end, on a longer way."),
    Field("name", \.name, "A name, without effect."))

  public func rate(at step: Int) -> Float {
    var (done, whole) = (Float(step), Float(decaySteps))
    if cycle { whole *= step == 0 ? 1 : (done / whole).rounded(.up) } else { done = min(done, whole) }
    let left = DeterministicMath.power(Double(1 - done / whole), Double(Float(power)))
    let end = Float(endLearningRate)
    return (Float(initialLearningRate) - end) * Float(left) + end
  }
}

/// One rate up to and with the first boundary, the next up to the second, and so on.
///
/// Keras: `keras.optimizers.schedules.PiecewiseConstantDecay`.
public struct PiecewiseConstantDecay: Schedule {
  public var boundaries: [Int] = []
  public var values: [Double] = [0.01]
  public var name: String?
  public init() {}

  public static let defaultName = "PiecewiseConstant"
  public static let schema = Schema(
    "PiecewiseConstantDecay", "Rates that change at given steps.", prototype: Self(),
    Field("boundaries", \.boundaries, "The last step of each rate but the last one.").required,
    Field("values", \.values, "The rates, one more than boundaries.").required,
    Field("name", \.name, "A name, without effect."))

  public func rate(at step: Int) -> Float {
    let place = boundaries.firstIndex { step <= $0 } ?? boundaries.count
    return values.indices.contains(place) ? Float(values[place]) : 0
  }

  public func contradiction(at span: SourceSpan?) -> Diagnostic? {
    let isSorted = zip(boundaries, boundaries.dropFirst()).allSatisfy { $0 < $1 }
    guard values.count != boundaries.count + 1 || !isSorted else { return nil }
    return Diagnostic(
      "E0231",
      isSorted
        ? "\(values.count) values do not fit \(boundaries.count) boundaries"
        : "boundaries must grow from each to the next",
      at: span.map { .init($0, "in this schedule") },
      help: "between n boundaries there are n + 1 values: boundaries: [100, 200], values: [0.1, 0.05, 0.01]")
  }
}
