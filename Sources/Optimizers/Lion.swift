public import Config
public import KernelABI

/// Steps of one length, in the direction of the sign of the momentum.
///
/// Keras: `keras.optimizers.Lion`; Chen et al., "Symbolic discovery of optimization algorithms" (2023).
public struct Lion: Optimizer {
  public var common: OptimizerSettings
  public var beta1 = 0.9
  public var beta2 = 0.99

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "Lion", "Steps by the sign of the momentum.", prototype: Self(),
    Field("beta_1", \.beta1, "How much of the momentum counts in a step.", check: within(0...1)),
    Field("beta_2", \.beta2, "How much of the momentum is kept.", check: within(0...1)))

  public var slots: [[OptimizerSlot]] { [[OptimizerSlot("momentum", "m")]] }
  public var rule: UpdateRule { .lion }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate)
    numbers[1] = Float(beta1)
    numbers[2] = 1 - Float(beta1)
    numbers[3] = Float(beta2)
    numbers[4] = 1 - Float(beta2)
  }
}
