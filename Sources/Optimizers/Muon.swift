public import Config
import Diagnostics
public import KernelABI

/// Steps of matrices along the nearest orthogonal matrix to the momentum; everything else takes the steps of AdamW.
///
/// Keras: `keras.optimizers.Muon`; Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024), scaled as in
/// Liu et al., "Muon is scalable for LLM training" (2025).
public struct Muon: Optimizer {
  public var common: OptimizerSettings
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-7
  public var excludedLayers: [String] = []
  public var polynomial = (a: 3.4445, b: -4.775, c: 2.0315)
  public var adamRateRatio = 1.0
  public var momentum = 0.95
  public var newtonSchulzSteps = 5
  public var nesterov = true
  public var excludesEmbeddings = true
  public var adamWeightDecay: Double? = 0.004
  public var rmsRate: Double? = 0.2

  public init(learningRate: Double = 0.001) {
    common = OptimizerSettings(learningRate)
    common.weightDecay = 0.004
  }

  /// In the order of Keras's config.
  public static let schema = optimizerSchema(
    "Muon", "Orthogonal steps for matrices, AdamW for the rest.", prototype: Self(),
    Field("adam_beta_1", \.beta1, "AdamW: decay of the first moment.", check: within(0...1)),
    Field("adam_beta_2", \.beta2, "AdamW: decay of the second moment.", check: within(0...1)),
    Field("epsilon", \.epsilon, "AdamW: added to the divisor.", check: atLeast(0)),
    Field(
      "exclude_layers", \.excludedLayers,
      "Patterns of paths of weights that AdamW trains: the output layer's."
    ) { $0.allSatisfy { (try? Regex($0)) != nil } ? nil : "must be regular expressions" },
    Field("muon_a", \.polynomial.a, "Factor of x in a step of the iteration."),
    Field("muon_b", \.polynomial.b, "Factor of its third power."),
    Field("muon_c", \.polynomial.c, "Factor of its fifth power."),
    Field("adam_lr_ratio", \.adamRateRatio, "AdamW's rate as a part of the rate.", check: atLeast(0)),
    Field("momentum", \.momentum, "How much of a matrix's momentum is kept.", check: within(0...1)),
    Field(
      "ns_steps", \.newtonSchulzSteps, "Steps of Newton and Schulz's iteration.", check: within(0...1000)),
    Field("nesterov", \.nesterov, "Whether a step looks ahead along the momentum."),
    Field("exclude_embeddings", \.excludesEmbeddings, "Whether AdamW trains embeddings."),
    Field("adam_weight_decay", \.adamWeightDecay, "AdamW: how much of each weight goes every step.") {
      $0.map { $0 >= 0 } ?? true ? nil : "must be at least 0"
    },
    Field(
      "rms_rate", \.rmsRate, "How long a step is for the larger side of a matrix; null for orthogonal ones."))

  private static let (momentumSlot, velocitySlot) = (
    OptimizerSlot("momentum", "m"), OptimizerSlot("velocity", "v")
  )
  public var slots: [[OptimizerSlot]] { [[Self.momentumSlot, Self.velocitySlot]] }
  public var rule: UpdateRule { .muon }

  /// Matrices have no second moment.
  public func keeps(_ slot: OptimizerSlot, ofWeight path: String, shape: [Int]) -> Bool {
    slot != Self.velocitySlot || takesAdam(path, shape)
  }

  /// Whether AdamW trains a weight: what is no matrix, embeddings, and what is excluded.
  func takesAdam(_ path: String, _ shape: [Int]) -> Bool {
    if shape.count != 2 || excludesEmbeddings && path.lowercased().contains("embedding") { return true }
    return excludedLayers.contains { pattern in
      (try? Regex(pattern)).map { path.firstMatch(of: $0) != nil } ?? false
    }
  }

  /// Where the numbers for matrices begin among those of a step, and what they are: three for the momentum, then rate and decay.
  static let matrixNumbers = 5

  public func write(_ numbers: UnsafeMutablePointer<Float>, step: Int, rate: Double) {
    let adamRate = Float(rate) * Float(adamRateRatio)
    let rise = (1 - Float(power(Double(Float(beta2)), step))).squareRoot()
    numbers[0] = adamRate * rise / (1 - Float(power(Double(Float(beta1)), step)))
    numbers[1] = Float(1 - beta1)
    numbers[2] = Float(1 - beta2)
    numbers[3] = divisorOffset(epsilon)
    // Keras takes AdamW's decay times the whole rate.
    numbers[4] = Float(adamWeightDecay ?? 0) * Float(rate)
    let own = numbers + Self.matrixNumbers
    own[0] = Float(momentum - 1)
    own[1] = nesterov ? Float(momentum) : 1
    own[2] = nesterov ? 1 : 0
    own[3] = Float(rate)
    own[4] = Float(common.weightDecay ?? 0) * Float(rate)
  }
}
