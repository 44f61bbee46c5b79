public import Config
public import KernelABI
import TensorCore

/// Adam with the largest gradient instead of the root of the second moment.
///
/// Keras: `keras.optimizers.Adamax`; section 7 of the paper on Adam.
public struct Adamax: Optimizer {
  public var common: OptimizerSettings
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "Adamax", "Adam by the largest gradient so far.", prototype: Self(),
    Field("beta_1", \.beta1, "Decay of the first moment.", check: within(0...1)),
    Field("beta_2", \.beta2, "Decay of the largest gradient.", check: within(0...1)),
    Field("epsilon", \.epsilon, "Added to the divisor.", check: atLeast(0)))

  public var slots: [[OptimizerSlot]] { [[OptimizerSlot("momentum", "m"), OptimizerSlot("norm", "u")]] }
  public var rule: UpdateRule { .adamax }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate / (1 - power(Double(Float(beta1)), step)))
    numbers[1] = Float(1 - beta1)
    numbers[2] = Float(beta2)
    numbers[3] = divisorOffset(epsilon)
  }
}

/// Adam with Nesterov's momentum.
///
/// Keras: `keras.optimizers.Nadam`; Dozat, "Incorporating Nesterov momentum into Adam" (2015).
///
/// The momentum grows: `μ(t) = beta_1 · (1 - 0.96ᵗ / 2)`. Its product over all steps follows from their number, so
/// there is nothing to remember beside the moments.
public struct Nadam: Optimizer {
  public var common: OptimizerSettings
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7
  /// How fast the momentum grows: `μ(t) = beta_1 · (1 - 0.96^(schedule_decay · t) / 2)`.
  ///
  /// The optimizer of Keras before 2.11 has 0.004 in its files; later ones cannot say anything but 1.
  public var scheduleDecay = 1.0
  /// How far the momentum had come when the training was saved; from the start if left out.
  public var progress: Progress?

  /// The product of the momenta of some steps.
  public struct Progress: Sendable {
    public var steps: Int
    public var product: Float
    public init(steps: Int, product: Float) {
      self.steps = steps
      self.product = product
    }
  }

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "Nadam", "Adam with Nesterov's momentum.", prototype: Self(),
    Field("beta_1", \.beta1, "Decay of the first moment.", check: within(0...1)),
    Field("beta_2", \.beta2, "Decay of the second moment.", check: within(0...1)),
    Field("epsilon", \.epsilon, "Added to the divisor.", check: atLeast(0)))

  public var slots: [[OptimizerSlot]] { [[OptimizerSlot("momentum", "m"), OptimizerSlot("velocity", "v")]] }
  public var rule: UpdateRule { .nadam }

  private func momentum(_ step: Int) -> Float {
    if scheduleDecay != 1 {
      let exponent = Float(scheduleDecay) * Float(step)
      return Float(beta1) * (1 - 0.5 * Float(DeterministicMath.power(Double(Float(0.96)), Double(exponent))))
    }
    return Float(beta1) * (1 - 0.5 * Float(power(Double(Float(0.96)), step)))
  }

  /// `μ(1) · … · μ(steps)`, rounded after each factor as Keras does; soon 0.
  private func product(_ steps: Int) -> Float {
    var (product, step): (Float, Int) = (1, 1)
    if let progress, steps >= progress.steps {
      product = progress.product
      step = progress.steps + 1
    }
    while step <= steps && product > 0 {
      product *= momentum(step)
      step += 1
    }
    return product
  }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    let (now, next, product) = (momentum(step), momentum(step + 1), product(step))
    numbers[0] = Float(rate)
    numbers[1] = 1 - Float(beta1)
    numbers[2] = 1 - Float(beta2)
    numbers[3] = divisorOffset(epsilon)
    numbers[4] = next / (1 - product * next)
    numbers[5] = (1 - now) / (1 - product)
    numbers[6] = Float(1 / (1 - power(Double(Float(beta2)), step)))
  }

  public func savedScalar(after steps: Int) -> (name: String, value: Float)? { ("variable", product(steps)) }
}

/// Adam with a step as long for each parameter as the parameter itself is large.
///
/// Keras: `keras.optimizers.Lamb`; You et al., "Large batch optimization for deep learning" (2019).
public struct Lamb: Optimizer {
  public var common: OptimizerSettings
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = optimizerSchema(
    "Lamb", "Adam with steps in proportion to each parameter's norm.", prototype: Self(),
    Field("beta_1", \.beta1, "Decay of the first moment.", check: within(0...1)),
    Field("beta_2", \.beta2, "Decay of the second moment.", check: within(0...1)),
    Field("epsilon", \.epsilon, "Added to the divisor.", check: atLeast(0)))

  public var slots: [[OptimizerSlot]] { [[OptimizerSlot("momentum", "m"), OptimizerSlot("velocity", "v")]] }
  public var rule: UpdateRule { .lamb }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate)
    numbers[1] = Float(1 - beta1)
    numbers[2] = Float(1 - beta2)
    numbers[3] = divisorOffset(epsilon)
    numbers[4] = Float(1 / (1 - power(Double(Float(beta1)), step)))
    numbers[5] = Float(1 / (1 - power(Double(Float(beta2)), step)))
  }
}
