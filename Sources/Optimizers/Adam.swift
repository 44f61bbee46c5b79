public import Config
public import KernelABI

/// Adaptive moment estimation.
///
/// Keras: `keras.optimizers.Adam`.
///
/// Kingma and Ba, "Adam: a method for stochastic optimization" (2014), with epsilon added to the uncorrected root
/// (the paper's epsilon-hat), as Keras does. AMSGrad: Reddi, Kale and Kumar, "On the convergence of Adam and beyond"
/// (2018).
public struct Adam: AdamFamily {
  public var common: OptimizerSettings
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7
  public var amsgrad = false

  public init(learningRate: Double = 0.001) { common = OptimizerSettings(learningRate) }

  public static let schema = adamSchema("Adam", "Adaptive moment estimation.")
}

/// Adam with weights that decay by themselves, not through the gradient.
///
/// Keras: `keras.optimizers.AdamW`.
///
/// Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
public struct AdamW: AdamFamily {
  public var common: OptimizerSettings
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7
  public var amsgrad = false

  public init(learningRate: Double = 0.001, weightDecay: Double = 0.004) {
    common = OptimizerSettings(learningRate)
    common.weightDecay = weightDecay
  }

  public static let schema = adamSchema("AdamW", "Adam with decoupled weight decay.")
}

/// Optimizers that differ from Adam in their defaults.
public protocol AdamFamily: Optimizer {
  init()
  var beta1: Double { get set }
  var beta2: Double { get set }
  var epsilon: Double { get set }
  var amsgrad: Bool { get set }
}

extension Adam { public init() { self.init(learningRate: 0.001) } }
extension AdamW { public init() { self.init(learningRate: 0.001) } }

extension AdamFamily {
  static func adamSchema(_ name: String, _ summary: String) -> Schema<Self> {
    optimizerSchema(
      name, summary, prototype: Self(),
      Field("beta_1", \.beta1, "Decay of the first moment.", check: within(0...1)),
      Field("beta_2", \.beta2, "Decay of the second moment.", check: within(0...1)),
      Field("epsilon", \.epsilon, "Added to the divisor.", check: atLeast(0)),
      Field("amsgrad", \.amsgrad, "Whether the largest second moment so far is used."))
  }

  public var slots: [[OptimizerSlot]] {
    let moments = [OptimizerSlot("momentum", "m"), OptimizerSlot("velocity", "v")]
    return amsgrad ? [moments, [OptimizerSlot("velocity_hat", "vhat")]] : [moments]
  }

  public var rule: UpdateRule { amsgrad ? .amsgrad : .adam }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    // Keras raises the betas to their powers as floats.
    let (b1, b2) = (Double(Float(beta1)), Double(Float(beta2)))
    numbers[0] = Float(rate * (1 - power(b2, step)).squareRoot() / (1 - power(b1, step)))
    numbers[1] = Float(1 - beta1)
    numbers[2] = Float(1 - beta2)
    numbers[3] = divisorOffset(epsilon)
  }
}
