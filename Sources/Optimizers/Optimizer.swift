public import Config
public import Diagnostics
public import KernelABI

/// One flat update over every trained number of a model: a rule of the kernels, what it remembers, and the numbers
/// that change from step to step.
///
/// Everything that optimizers have in common, such as clipping and averages, is in ``OptimizerSettings`` and made of
/// further passes by ``BoundOptimizer``.
public protocol Optimizer: Configurable {
  var common: OptimizerSettings { get set }
  /// What is remembered for each number.
  ///
  /// The slots of one group lie side by side for each parameter in Keras's files; the groups follow one another.
  var slots: [[OptimizerSlot]] { get }
  /// What Keras 2 saves, if that is not ``slots``.
  var slotsInKeras2: [[OptimizerSlot]] { get }
  var rule: UpdateRule { get }
  /// Writes the numbers that the rule takes, at most 16.
  /// - Parameters:
  ///   - step: counts the updates, this one included.
  ///   - rate: the learning rate, a number of single precision.
  func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double)
  /// Whether a slot of a weight is among what Keras saves.
  /// - Parameter path: of the weight, as Keras 3 calls it.
  func keeps(_ slot: OptimizerSlot, ofWeight path: String, shape: [Int]) -> Bool
  /// A scalar that Keras 3 saves behind the slots, after this many steps.
  func savedScalar(after steps: Int) -> (name: String, value: Float)?
}

extension Optimizer {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
  public var slotsInKeras2: [[OptimizerSlot]] { slots }
  public func keeps(_ slot: OptimizerSlot, ofWeight path: String, shape: [Int]) -> Bool { true }
  public func savedScalar(after steps: Int) -> (name: String, value: Float)? { nil }
}

/// Something remembered for each trained number.
public struct OptimizerSlot: Sendable, Hashable {
  /// Keras 3's name: `velocity`.
  public let name: String
  /// Keras 2's name: `v`.
  public let shortName: String
  /// What it is at first.
  public let start: Float

  public init(_ name: String, _ shortName: String? = nil, start: Float = 0) {
    self.name = name
    self.shortName = shortName ?? name
    self.start = start
  }
}

/// Every optimizer by Keras's class name and short name.
public enum OptimizerRegistry {
  public static let all = Registry<any Optimizer>(
    "optimizer",
    hints: [
      "decay":
        "write it as a schedule: 'learning_rate: {InverseTimeDecay: {initial_learning_rate: 0.01, decay_steps: 1, decay_rate: VALUE}}'"
    ],
    [
      .init(SGD.self, aliases: ["sgd"]) { $0 },
      .init(RMSprop.self, aliases: ["rmsprop"]) { $0 },
      .init(Adagrad.self, aliases: ["adagrad"]) { $0 },
      .init(Adadelta.self, aliases: ["adadelta"]) { $0 },
      .init(Adam.self, aliases: ["adam"]) { $0 },
      .init(AdamW.self, aliases: ["adamw"]) { $0 },
      .init(Adamax.self, aliases: ["adamax"]) { $0 },
      .init(Nadam.self, aliases: ["nadam"]) { $0 },
      .init(Ftrl.self, aliases: ["ftrl"]) { $0 },
      .init(Lion.self, aliases: ["lion"]) { $0 },
      .init(Lamb.self, aliases: ["lamb"]) { $0 },
      .init(Muon.self, aliases: ["muon"]) { $0 },
      .init(LossScaleOptimizer.self) { $0 },
    ])

  /// Reads an optimizer; every mistake is reported, `nil` if there was one.
  ///
  /// Beside what the registry checks, settings must not contradict each other: E0230.
  public static func decode(_ node: ConfigNode, into bag: inout DiagnosticBag) -> (any Optimizer)? {
    guard let optimizer = all.decode(node, into: &bag) else { return nil }
    guard let contradiction = optimizer.common.contradiction(at: node.span) else { return optimizer }
    bag.report(contradiction)
    return nil
  }
}

/// `baseⁿ` by repeated squaring: unlike the library's power the same on every machine.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}

/// What is added to a divisor: never nothing, so that numbers without a gradient, padding among them, do not move.
func divisorOffset(_ epsilon: Double) -> Float { Float(max(epsilon, Double(Float.leastNormalMagnitude))) }
