public import Config
public import KernelABI

/// One flat update over every trained number of a model.
public protocol Optimizer: Configurable {
  var learningRate: Double { get set }
  /// What is remembered for each number, by Keras's names: `["momentum", "velocity"]`.
  var slots: [String] { get }
  /// Binds the kernel to memory that will not move. Called once per training.
  func bind(_ site: OptimizerSite) -> BoundOptimizer
}

extension Optimizer {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
}

/// The memory an optimizer works on; all runs are laid out alike.
public struct OptimizerSite {
  public let kernels: KernelTable
  public let weights: UnsafeMutablePointer<Float>
  public let gradients: UnsafePointer<Float>
  public let slots: [UnsafeMutablePointer<Float>]
  /// Four floats for numbers that change from step to step.
  public let scalars: UnsafeMutablePointer<Float>

  public init(
    kernels: KernelTable, weights: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    slots: [UnsafeMutablePointer<Float>], scalars: UnsafeMutablePointer<Float>
  ) {
    self.kernels = kernels
    self.weights = weights
    self.gradients = gradients
    self.slots = slots
    self.scalars = scalars
  }
}

/// An optimizer in its place.
public struct BoundOptimizer {
  /// Called before each step with the number of steps done and the learning rate.
  public let prepare: (_ iterations: Int, _ rate: Double) -> Void
  /// Updates a range of the trained numbers.
  public let update: (Range<Int>) -> Void
  /// Set if the update is nothing but `w -= rate · g`.
  public let plainRate: UnsafePointer<Float>?

  public init(
    prepare: @escaping (_ iterations: Int, _ rate: Double) -> Void, update: @escaping (Range<Int>) -> Void,
    plainRate: UnsafePointer<Float>?
  ) {
    self.prepare = prepare
    self.update = update
    self.plainRate = plainRate
  }
}

/// Every optimizer by Keras's class name and short name.
public enum OptimizerRegistry {
  public static let all = Registry<any Optimizer>(
    "optimizer", commonKeys: ["name"],
    [
      .init(SGD.self, aliases: ["sgd"]) { $0 },
      .init(Adam.self, aliases: ["adam"]) { $0 },
    ])
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
