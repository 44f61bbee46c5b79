import Config
import Diagnostics
public import GraphEngine

/// The settings that every optimizer has.
public struct OptimizerSettings: Sendable {
  /// What the optimizer's variables are called in files, if not after its class.
  public var name: String?
  public var learningRate: LearningRate
  /// How much of each weight goes every step, times the learning rate.
  public var weightDecay: Double?
  /// The largest norm of the gradient of one parameter.
  public var clipnorm: Double?
  /// The largest norm of all gradients together.
  public var globalClipnorm: Double?
  /// The largest size of a single number of a gradient.
  public var clipvalue: Double?
  /// Whether the weights' moving averages are kept, and take their place after training.
  public var useEMA = false
  public var emaMomentum = 0.99
  /// Steps after which the averages take the weights' place during training too.
  public var emaOverwriteFrequency: Int?
  /// What gradients are divided by: the loss is multiplied by it.
  public var lossScaleFactor: Double?
  /// Batches whose gradients are averaged before a step is taken.
  public var gradientAccumulationSteps: Int?

  public init(_ learningRate: Double) { self.learningRate = .constant(learningRate) }

  static let fields: [Field<OptimizerSettings>] = [
    Field("name", \.name, "What its variables are called in files."),
    Field("learning_rate", \.learningRate, "Step size: a number, or a schedule.") {
      if case .constant(let rate) = $0, rate < 0 { "must be at least 0" } else { nil }
    },
    Field(
      "weight_decay", \.weightDecay, "How much of each weight goes every step, times the rate.",
      check: positive),
    Field("clipnorm", \.clipnorm, "The largest norm of the gradient of one parameter.", check: positive),
    Field(
      "global_clipnorm", \.globalClipnorm, "The largest norm of all gradients together.", check: positive),
    Field("clipvalue", \.clipvalue, "The largest size of a number in a gradient.", check: positive),
    Field("use_ema", \.useEMA, "Whether moving averages of the weights take their place after training."),
    Field("ema_momentum", \.emaMomentum, "How much of an average is kept each step.", check: within(0...1)),
    Field(
      "ema_overwrite_frequency", \.emaOverwriteFrequency, "Steps after which averages become the weights."
    ) {
      $0.map { $0 >= 1 } ?? true ? nil : "must be at least 1"
    },
    Field("loss_scale_factor", \.lossScaleFactor, "What the loss is multiplied and gradients are divided by.")
    {
      $0.map { $0 > 0 } ?? true ? nil : "must be above 0"
    },
    Field(
      "gradient_accumulation_steps", \.gradientAccumulationSteps,
      "Batches whose gradients are averaged for one step."
    ) { $0.map { $0 >= 2 } ?? true ? nil : "must be at least 2" },
  ]

  @Sendable private static func positive(_ value: Double?) -> String? {
    value.map { $0 >= 0 } ?? true ? nil : "must be at least 0"
  }

  /// E0230: more than one way of clipping gradients.
  func contradiction(at span: SourceSpan?) -> Diagnostic? {
    let set = [("clipnorm", clipnorm), ("global_clipnorm", globalClipnorm), ("clipvalue", clipvalue)]
      .filter { $0.1 != nil }.map { "'\($0.0)'" }
    guard set.count > 1 else { return nil }
    return Diagnostic(
      "E0230", "an optimizer clips gradients in one way, found \(set.joined(separator: " and "))",
      at: span.map { .init($0, "set together here") }, help: "keep one of them")
  }

  /// The loss to differentiate: multiplied by `loss_scale_factor`, by which the optimizer divides the gradients again.
  public func scaled(_ loss: Value) throws -> Value {
    guard let lossScaleFactor else { return loss }
    return try loss.graph.apply(Affine(scale: Float(lossScaleFactor), offset: 0), loss)
  }

  /// Whether an update is the optimizer's own step and nothing else.
  var isPlain: Bool {
    weightDecay == nil && clipnorm == nil && globalClipnorm == nil && clipvalue == nil && !useEMA
      && lossScaleFactor == nil && gradientAccumulationSteps == nil
  }
}

extension Optimizer {
  /// The schema of an optimizer: the common settings, then its own.
  static func optimizerSchema(
    _ name: String, _ summary: String, prototype: Self, _ fields: Field<Self>...
  ) -> Schema<Self> {
    Schema(
      name, summary, prototype: prototype,
      fields: OptimizerSettings.fields.map { Field($0, at: \Self.common) } + fields)
  }
}
