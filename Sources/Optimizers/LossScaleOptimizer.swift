public import Config
public import Diagnostics
public import KernelABI

/// Another optimizer, and by what Keras multiplies the loss meanwhile, so that gradients of half precision do not vanish.
///
/// Gradients are divided by the same number before the other one takes its step. In single precision, in which all is
/// computed here, that changes nothing, since the scale is a power of two. It is counted as Keras does for gradients that
/// are all finite, so that a file goes on with it there. Keras: `keras.optimizers.LossScaleOptimizer`.
public struct LossScaleOptimizer: Optimizer {
  /// A scale, and how many steps have been taken with it.
  public struct Scale: Sendable, Equatable {
    public var factor: Double
    public var steps: Int
    public init(factor: Double, steps: Int) {
      self.factor = factor
      self.steps = steps
    }
  }

  public var inner: InnerOptimizer
  public var initialScale = 32768.0
  public var growthSteps = 2000
  public var name: String?
  /// What a file says of the scale, and after how many steps.
  public var begun: (scale: Scale, iterations: Int)?
  public init(_ inner: any Optimizer) { self.inner = InnerOptimizer(inner) }

  public static let schema = Schema(
    "LossScaleOptimizer", "Another optimizer, for gradients of a loss that is multiplied.",
    prototype: Self(Adam()),
    Field("inner_optimizer", \.inner, "The optimizer that takes the steps.").required,
    Field("initial_scale", \.initialScale, "What the loss is multiplied by at first.") {
      $0 > 0 && $0.isFinite ? nil : "must be above 0"
    },
    Field("dynamic_growth_steps", \.growthSteps, "Steps after which the scale is doubled.") {
      $0 >= 1 ? nil : "must be at least 1"
    },
    Field("name", \.name, "What its variables are called in files."))

  public var common: OptimizerSettings {
    get { inner.optimizer.common }
    set { inner.optimizer.common = newValue }
  }
  public var slots: [[OptimizerSlot]] { inner.optimizer.slots }
  public var slotsInKeras2: [[OptimizerSlot]] { inner.optimizer.slotsInKeras2 }
  public var rule: UpdateRule { inner.optimizer.rule }

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    inner.optimizer.write(numbers, step: step, rate: rate)
  }

  public func keeps(_ slot: OptimizerSlot, ofWeight path: String, shape: [Int]) -> Bool {
    inner.optimizer.keeps(slot, ofWeight: path, shape: shape)
  }

  public func savedScalar(after steps: Int) -> (name: String, value: Float)? {
    inner.optimizer.savedScalar(after: steps)
  }

  /// The scale after this many steps.
  public func scale(after iterations: Int) -> Scale {
    let start = begun?.scale ?? Scale(factor: initialScale, steps: 0)
    let steps = start.steps + max(0, iterations - (begun?.iterations ?? 0))
    // Beyond this Keras has infinite gradients, and halves it again.
    let doublings = min(steps / growthSteps, 127)
    let factor = min(start.factor * power(2, doublings), 0x1p127)
    return Scale(factor: factor, steps: steps % growthSteps)
  }
}

/// An optimizer as the setting of another.
public struct InnerOptimizer: ConfigConvertible {
  public var optimizer: any Optimizer
  public init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  public static var expectation: String { "an optimizer, such as adam or {SGD: {learning_rate: 0.1}}" }
  // The registry knows this type by its members, so it cannot be asked here.
  public static var jsonSchema: ConfigNode { ["type": ["string", "object"]] }

  /// - Throws: what is wrong with the optimizer; E0202 for one that scales losses itself.
  public init(config: ConfigNode) throws(Diagnostic) {
    var bag = DiagnosticBag()
    guard let optimizer = OptimizerRegistry.decode(config, into: &bag) else {
      throw bag.all.first ?? .mismatch(config, Self.expectation)
    }
    guard !(optimizer is LossScaleOptimizer) else { throw .mismatch(config, Self.expectation) }
    self.optimizer = optimizer
  }

  public var config: ConfigNode {
    ["class_name": optimizer.className.config, "config": optimizer.config]
  }
}

extension Optimizer {
  /// The optimizer that takes the steps, where another one stands around it.
  public var innermost: any Optimizer { (self as? LossScaleOptimizer)?.inner.optimizer ?? self }

  /// The same with another optimizer that takes the steps.
  public func taking(_ inner: any Optimizer) -> any Optimizer {
    guard var outer = self as? LossScaleOptimizer else { return inner }
    outer.inner.optimizer = inner
    return outer
  }
}
