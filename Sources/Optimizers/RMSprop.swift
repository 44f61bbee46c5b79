public import Config
public import KernelABI

/// Gradients divided by a running root of their mean square.
///
/// Keras: `keras.optimizers.RMSprop`; Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning"
/// (2012). Epsilon is inside the root.
public struct RMSprop: Optimizer {
  public var common: OptimizerSettings
  public var rho = 0.9
  public var momentum = 0.0
  public var epsilon = 1e-7
  public var centered = false

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "RMSprop", "Gradients divided by a running root of their mean square.", prototype: Self(),
    Field("rho", \.rho, "Decay of the mean square.", check: within(0...1)),
    Field("momentum", \.momentum, "How much of the last step is kept.", check: within(0...1)),
    Field("epsilon", \.epsilon, "Added to the mean square.", check: atLeast(0)),
    Field("centered", \.centered, "Whether the mean gradient is taken off first."))

  public var slots: [[OptimizerSlot]] {
    [[OptimizerSlot("velocity")]] + (momentum > 0 ? [[OptimizerSlot("momentum")]] : [])
      + (centered ? [[OptimizerSlot("average_gradient")]] : [])
  }

  public var rule: UpdateRule {
    switch (momentum > 0, centered) {
    case (false, false): .rmsprop
    case (true, false): .rmspropMomentum
    case (false, true): .centeredRMSprop
    case (true, true): .centeredRMSpropMomentum
    }
  }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate)
    numbers[1] = Float(rho)
    numbers[2] = Float(1 - rho)
    numbers[3] = divisorOffset(epsilon)
    numbers[4] = Float(momentum)
  }
}

/// Gradients divided by the root of the sum of all their squares.
///
/// Keras: `keras.optimizers.Adagrad`; Duchi, Hazan and Singer, "Adaptive subgradient methods" (2011).
public struct Adagrad: Optimizer {
  public var common: OptimizerSettings
  public var initialAccumulatorValue = 0.1
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "Adagrad", "Gradients divided by the root of the sum of their squares.", prototype: Self(),
    Field(
      "initial_accumulator_value", \.initialAccumulatorValue, "Where the sums start.", check: atLeast(0)),
    Field("epsilon", \.epsilon, "Added to the sum.", check: atLeast(0)))

  public var slots: [[OptimizerSlot]] {
    [[OptimizerSlot("accumulator", start: Float(initialAccumulatorValue))]]
  }
  public var rule: UpdateRule { .adagrad }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate)
    numbers[1] = divisorOffset(epsilon)
  }
}

/// Steps scaled by the ratio of their own running mean square to that of the gradients.
///
/// Keras: `keras.optimizers.Adadelta`; Zeiler, "ADADELTA: an adaptive learning rate method" (2012).
public struct Adadelta: Optimizer {
  public var common: OptimizerSettings
  public var rho = 0.95
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "Adadelta", "Steps that find their own scale.", prototype: Self(),
    Field("rho", \.rho, "Decay of the mean squares.", check: within(0...1)),
    Field("epsilon", \.epsilon, "Added to the mean squares.", check: atLeast(0)))

  public var slots: [[OptimizerSlot]] {
    [[OptimizerSlot("accumulated_grad"), OptimizerSlot("accumulated_delta_var")]]
  }
  public var rule: UpdateRule { .adadelta }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate)
    numbers[1] = Float(rho)
    numbers[2] = Float(1 - rho)
    numbers[3] = divisorOffset(epsilon)
  }
}
