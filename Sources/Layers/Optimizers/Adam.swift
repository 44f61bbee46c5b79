public import Config
import KernelABI

/// Adaptive moment estimation.
///
/// Keras: `keras.optimizers.Adam`.
///
/// Kingma and Ba, "Adam: a method for stochastic optimization" (2014), with epsilon added to the uncorrected root
/// (the paper's epsilon-hat), as Keras does.
public struct Adam: Optimizer {
  public var learningRate = 0.001
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7

  public init(learningRate: Double = 0.001) { self.learningRate = learningRate }

  public static let schema = Schema(
    "Adam", "Adaptive moment estimation.", prototype: Self(),
    Field("learning_rate", \.learningRate, "Step size.", check: atLeast(0)),
    Field("beta_1", \.beta1, "Decay of the first moment.", check: within(0...1)),
    Field("beta_2", \.beta2, "Decay of the second moment.", check: within(0...1)),
    Field("epsilon", \.epsilon, "Added to the divisor.", check: atLeast(0)))

  public var slots: [String] { ["momentum", "velocity"] }

  public func bind(_ site: OptimizerSite) -> BoundOptimizer {
    let (w, g, m, v) = (site.weights, site.gradients, site.slots[0], site.slots[1])
    let (step, rate, epsilon) = (site.kernels.adam, site.scalars, Float(epsilon))
    let (c1, c2) = (Float(1 - beta1), Float(1 - beta2))
    // Keras raises the betas to their powers as floats.
    let (b1, b2) = (Double(Float(beta1)), Double(Float(beta2)))
    return BoundOptimizer(
      prepare: { iterations, learningRate in
        let t = iterations + 1
        rate.pointee = Float(learningRate * (1 - power(b2, t)).squareRoot() / (1 - power(b1, t)))
      },
      update: {
        let i = $0.lowerBound
        step(w + i, g + i, m + i, v + i, $0.count, rate.pointee, c1, c2, epsilon)
      }, plainRate: nil)
  }
}
