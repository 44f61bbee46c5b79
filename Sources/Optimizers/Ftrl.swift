public import Config
public import KernelABI

/// Follow the regularized leader: weights made anew each step from all gradients so far.
///
/// Keras: `keras.optimizers.Ftrl`; McMahan et al., "Ad click prediction: a view from the trenches" (2013).
public struct Ftrl: Optimizer {
  public var common: OptimizerSettings
  public var learningRatePower = -0.5
  public var initialAccumulatorValue = 0.1
  public var l1 = 0.0
  public var l2 = 0.0
  public var l2Shrinkage = 0.0
  public var beta = 0.0

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "Ftrl", "Follow the regularized leader.", prototype: Self(),
    Field("learning_rate_power", \.learningRatePower, "How the rate falls with the sum of squares.") {
      $0 <= 0 ? nil : "must be at most 0"
    },
    Field(
      "initial_accumulator_value", \.initialAccumulatorValue, "Where the sums of squares start.",
      check: atLeast(0)),
    Field("l1_regularization_strength", \.l1, "Pulls small weights to 0.", check: atLeast(0)),
    Field("l2_regularization_strength", \.l2, "Pulls all weights towards 0.", check: atLeast(0)),
    Field("l2_shrinkage_regularization_strength", \.l2Shrinkage, "Adds to the gradient.", check: atLeast(0)),
    Field("beta", \.beta, "Adds to the second strength, by the rate.", check: atLeast(0)))

  public var slots: [[OptimizerSlot]] {
    [[OptimizerSlot("accumulator", start: Float(initialAccumulatorValue)), OptimizerSlot("linear")]]
  }
  public var rule: UpdateRule { .ftrl }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate)
    numbers[1] = Float(-learningRatePower)
    numbers[2] = Float(l1)
    numbers[3] = divisorOffset(2 * (l2 + (beta == 0 ? 0 : beta / (2 * rate))))
    numbers[4] = Float(2 * l2Shrinkage)
  }
}
