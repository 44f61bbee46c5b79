public import Config
import TensorCore

/// Half a wave of a cosine from one rate to a part of it, after a straight rise if wanted.
///
/// Keras: `keras.optimizers.schedules.CosineDecay`; Loshchilov and Hutter, "SGDR: stochastic gradient descent with
/// warm restarts" (2017).
public struct CosineDecay: Schedule {
  public var initialLearningRate = 0.01
  public var decaySteps = 1000
  public var alpha = 0.0
  public var name: String?
  public var warmupTarget: Double?
  public var warmupSteps = 0
  public init() {}

  public static let schema = Schema(
    "CosineDecay", "Half a wave of a cosine, after a straight rise if wanted.", prototype: Self(),
    Field("initial_learning_rate", \.initialLearningRate, "Where the rate starts.", check: atLeast(0))
      .required,
    Field("decay_steps", \.decaySteps, "Steps of the fall.", check: atLeast(1)).required,
    Field("alpha", \.alpha, "What is left at the end, as a part of the highest rate.", check: atLeast(0)),
    Field("name", \.name, "A name, without effect."),
    Field("warmup_target", \.warmupTarget, "The rate that the rise reaches; without it there is no rise."),
    Field("warmup_steps", \.warmupSteps, "Steps of the rise.", check: atLeast(0)))

  public func rate(at step: Int) -> Float {
    let initial = Float(initialLearningRate)
    guard let target = warmupTarget.map({ Float($0) }) else { return fall(from: initial, at: Float(step)) }
    let rise = Float(warmupSteps)
    if Float(step) < rise { return (target - initial) * (Float(step) / rise) + initial }
    return fall(from: target, at: Float(step) - rise)
  }

  private func fall(from top: Float, at step: Float) -> Float {
    let done = min(step, Float(decaySteps)) / Float(decaySteps)
    let wave = 0.5 * (1 + Float(DeterministicMath.cosOfPi(Double(done))))
    return top * ((1 - Float(alpha)) * wave + Float(alpha))
  }
}

/// Half waves of a cosine one after another, each longer and lower by given factors.
///
/// Keras: `keras.optimizers.schedules.CosineDecayRestarts`.
public struct CosineDecayRestarts: Schedule {
  public var initialLearningRate = 0.01
  public var firstDecaySteps = 1000
  public var tMul = 2.0
  public var mMul = 1.0
  public var alpha = 0.0
  public var name: String?
  public init() {}

  public static let defaultName = "SGDRDecay"
  public static let schema = Schema(
    "CosineDecayRestarts", "Half waves of a cosine one after another.", prototype: Self(),
    Field("initial_learning_rate", \.initialLearningRate, "Where the rate starts.", check: atLeast(0))
      .required,
    Field("first_decay_steps", \.firstDecaySteps, "Steps of the first wave.", check: atLeast(1)).required,
    Field("t_mul", \.tMul, "How much longer each wave is than the one before.") {
      $0 >= 1 ? nil : "must be at least 1"
    },
    Field("m_mul", \.mMul, "How high each wave starts, by the one before.", check: atLeast(0)),
    Field("alpha", \.alpha, "The lowest rate, as a part of the first.", check: atLeast(0)),
    Field("name", \.name, "A name, without effect."))

  public func rate(at step: Int) -> Float {
    let (longer, waves) = (Float(tMul), Float(step) / Float(firstDecaySteps))
    let (wave, done) = longer == 1 ? equal(waves) : growing(waves, longer)
    let height = Float(DeterministicMath.power(Double(Float(mMul)), Double(wave)))
    let cosine = 0.5 * height * (1 + Float(DeterministicMath.cosOfPi(Double(done))))
    return Float(initialLearningRate) * ((1 - Float(alpha)) * cosine + Float(alpha))
  }

  private func equal(_ waves: Float) -> (wave: Float, done: Float) {
    let wave = waves.rounded(.down)
    return (wave, waves - wave)
  }

  /// Which wave it is, from the sum of a geometric series; rounded where Keras rounds.
  private func growing(_ waves: Float, _ longer: Float) -> (wave: Float, done: Float) {
    let wave = (logarithm(1 - waves * (1 - longer)) / logarithm(longer)).rounded(.down)
    let length = Float(DeterministicMath.power(Double(longer), Double(wave)))
    return (wave, (waves - (1 - length) / (1 - longer)) / length)
  }

  private func logarithm(_ x: Float) -> Float { Float(DeterministicMath.log(Double(x))) }
}
