public import Config
public import KernelABI

/// Gradient descent, with momentum if wanted.
///
/// Keras: `keras.optimizers.SGD`.
///
/// `m = momentum · m - rate · g`, `w += m`; with Nesterov's momentum `w += momentum · m - rate · g`.
public struct SGD: Optimizer {
  public var common: OptimizerSettings
  public var momentum = 0.0
  public var nesterov = false

  public init(learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false) {
    common = OptimizerSettings(learningRate)
    self.momentum = momentum
    self.nesterov = nesterov
  }

  public static let schema = optimizerSchema(
    "SGD", "Gradient descent, with momentum if wanted.", prototype: Self(),
    Field("momentum", \.momentum, "How much of the last step is kept.", check: within(0...1)),
    Field("nesterov", \.nesterov, "Whether to look ahead along the momentum."))

  private static let slot = OptimizerSlot("momentum", "m")
  public var slots: [[OptimizerSlot]] { momentum == 0 ? [] : [[Self.slot]] }
  /// Keras 2 keeps the slot even where there is no momentum.
  public var slotsInKeras2: [[OptimizerSlot]] { [[Self.slot]] }

  public var rule: UpdateRule { momentum == 0 ? .descent : nesterov ? .nesterov : .momentum }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    numbers[0] = Float(rate)
    numbers[1] = Float(momentum)
  }
}
