public import Config
import KernelABI

/// Gradient descent, with momentum if wanted.
///
/// Keras: `keras.optimizers.SGD`.
///
/// `m = momentum · m - rate · g`, `w += m`; with Nesterov's momentum `w += momentum · m - rate · g`.
public struct SGD: Optimizer {
  public var learningRate = 0.01
  public var momentum = 0.0
  public var nesterov = false

  public init(learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
  }

  public static let schema = Schema(
    "SGD", "Gradient descent, with momentum if wanted.", prototype: Self(),
    Field("learning_rate", \.learningRate, "Step size.", check: atLeast(0)),
    Field("momentum", \.momentum, "How much of the last step is kept.", check: within(0...1)),
    Field("nesterov", \.nesterov, "Whether to look ahead along the momentum."))

  public var slots: [String] { momentum == 0 ? [] : ["momentum"] }

  public func bind(_ site: OptimizerSite) -> BoundOptimizer {
    let (w, g, rate) = (site.weights, site.gradients, site.scalars)
    let prepare = { (_: Int, learningRate: Double) in rate.pointee = Float(learningRate) }
    guard momentum != 0 else {
      let step = site.kernels.sgd
      return BoundOptimizer(
        prepare: prepare,
        update: { step(w + $0.lowerBound, g + $0.lowerBound, $0.count, rate.pointee) }, plainRate: .init(rate)
      )
    }
    let (step, m, kept, nesterov) = (site.kernels.momentum, site.slots[0], Float(momentum), nesterov)
    return BoundOptimizer(
      prepare: prepare,
      update: {
        let i = $0.lowerBound
        step(w + i, g + i, m + i, $0.count, rate.pointee, kept, nesterov)
      }, plainRate: nil)
  }
}
