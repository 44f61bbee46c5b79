public import Config
import Diagnostics
public import GraphEngine
import KernelABI
public import TensorCore

/// What training makes small: one value a sample, made one number by its reduction.
public protocol Loss: Configurable {
  /// Keras's class name and config; free with the schema.
  var className: String { get }
  var config: ConfigNode { get }
  /// What its targets say, beyond their shape.
  static var targets: LossTargets { get }
  /// How the values of a batch become one number.
  var reduction: LossReduction { get set }
  /// The type of target that fits a prediction.
  func target(for prediction: TensorType) -> TensorType
  /// The same where it depends on what the data set offers.
  func target(for prediction: TensorType, offered: TensorType) -> TensorType
  /// The value of each sample, as graph nodes, so that it is compiled with the model.
  /// - Parameter semantics: whose formulas are meant where Keras 2 and 3 differ.
  func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value
  /// 1 where a value counts, 0 where it does not; `nil` if all do.
  func mask(_ target: Value) throws -> Value?
}

extension Loss {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
  /// Most losses compare tensors of one shape.
  public func target(for prediction: TensorType) -> TensorType { TensorType(prediction.dims) }
  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    target(for: prediction)
  }
  public func mask(_ target: Value) throws -> Value? { nil }

  /// The values by the formulas of Keras 3.
  public func values(_ target: Value, _ prediction: Value) throws -> Value {
    try values(target, prediction, .keras3)
  }

  /// The number that training makes small: the values, weighted, reduced.
  ///
  /// - Parameters:
  ///   - weights: of the samples, of the batch's shape or the values'.
  ///   - steps: 1 where a step of the prediction counts (batch, steps).
  public func reduced(
    _ target: Value, _ prediction: Value, weights: Value? = nil, steps: Value? = nil,
    _ semantics: Semantics = .keras3
  ) throws -> Value {
    let values = try values(target, prediction, semantics)
    let counting = try steps.flatMap { $0.type.rank <= values.type.rank ? $0 : nil }?.fitting(values)
    let own = try mask(target)
    let both = try own.flatMap { own in try counting.map { try own * $0 } } ?? own ?? counting
    return try reduction.reduce(values, weights: weights, mask: both)
  }

  /// The schema of a loss: its reduction, then its own settings.
  static func lossSchema(_ name: String, _ summary: String, prototype: Self, _ fields: Field<Self>...)
    -> Schema<Self>
  {
    lossSchema(name, summary, prototype: prototype, fields: fields)
  }

  static func lossSchema(_ name: String, _ summary: String, prototype: Self, fields: [Field<Self>])
    -> Schema<Self>
  {
    let reduction = Field<Self>("reduction", \.reduction, "How the values of a batch become one number.")
    return Schema(name, summary, prototype: prototype, fields: [reduction] + fields)
  }
}

/// A loss that can be made without settings.
public protocol PlainLoss: Loss { init() }

/// Every loss by Keras's class name, its function's name and the function's short names.
public enum LossRegistry {
  public static let all = Registry<any Loss>(
    "loss", commonKeys: ["name", "fn", "dtype"],
    [
      .init(SparseCategoricalCrossentropy.self, aliases: ["sparse_categorical_crossentropy"]) { $0 },
      .init(CategoricalCrossentropy.self, aliases: ["categorical_crossentropy"]) { $0 },
      .init(BinaryCrossentropy.self, aliases: ["binary_crossentropy", "bce", "BCE"]) { $0 },
      .init(MeanSquaredError.self, aliases: ["mean_squared_error", "mse", "MSE"]) { $0 },
      .init(MeanAbsoluteError.self, aliases: ["mean_absolute_error", "mae", "MAE"]) { $0 },
      .init(
        MeanAbsolutePercentageError.self, aliases: ["mean_absolute_percentage_error", "mape", "MAPE"]
      ) { $0 },
      .init(
        MeanSquaredLogarithmicError.self, aliases: ["mean_squared_logarithmic_error", "msle", "MSLE"]
      ) { $0 },
      .init(Huber.self, aliases: ["huber", "huber_loss"]) { $0 },
      .init(LogCosh.self, aliases: ["log_cosh", "logcosh"]) { $0 },
      .init(Hinge.self, aliases: ["hinge"]) { $0 },
      .init(SquaredHinge.self, aliases: ["squared_hinge"]) { $0 },
      .init(CategoricalHinge.self, aliases: ["categorical_hinge"]) { $0 },
      .init(
        KLDivergence.self, aliases: ["kl_divergence", "kld", "KLD", "kullback_leibler_divergence"]
      ) { $0 },
      .init(Poisson.self, aliases: ["poisson"]) { $0 },
      .init(CosineSimilarity.self, aliases: ["cosine_similarity"]) { $0 },
      .init(BinaryFocalCrossentropy.self, aliases: ["binary_focal_crossentropy"]) { $0 },
      .init(CategoricalFocalCrossentropy.self, aliases: ["categorical_focal_crossentropy"]) { $0 },
      .init(
        CategoricalGeneralizedCrossEntropy.self, aliases: ["categorical_generalized_cross_entropy"]
      ) { $0 },
      .init(Dice.self, aliases: ["dice"]) { $0 },
      .init(Tversky.self, aliases: ["tversky"]) { $0 },
    ])

  /// The function's full name, the one spelling that every Keras reads back.
  public static func functionName(of loss: any Loss) -> String {
    LossRegistry.all.find(loss.className)?.aliases.first ?? loss.className
  }

  /// As Keras writes a loss: the function's name, or the class with its settings if they are not the defaults.
  public static func kerasConfig(_ loss: any Loss, _ semantics: Semantics) -> ConfigNode {
    let function = functionName(of: loss)
    let settings = loss.config
    if settings == all.find(loss.className)?.defaults { return function.config }
    let own = settings.entries?.filter { $0.key != "reduction" } ?? []
    let reduction = ConfigNode.Entry("reduction", loss.reduction.config)
    let name = ConfigNode.Entry("name", function.config)
    switch semantics {
    case .keras3:
      return [
        "module": "keras.losses", "class_name": loss.className.config,
        "config": ConfigNode(.map([name, reduction] + own)), "registered_name": nil,
      ]
    case .keras2:
      // Keras 2 takes the last axis for the classes, and no word about it.
      let known = own.filter { !(loss is SparseCategoricalCrossentropy && $0.key == "axis") }
      let entries = [reduction, name] + known + [.init("fn", function.config)]
      return ["class_name": loss.className.config, "config": ConfigNode(.map(entries))]
    }
  }
}

extension Value {
  /// What this value was before its softmax or sigmoid, if one of them made it.
  ///
  /// Keras's TensorFlow backend hands these logits to every cross-entropy, whichever of the two it was.
  private var logits: Value? {
    guard case .op(let op, let operands) = graph.nodes[id].kind else { return nil }
    let isKnown = op is Softmax || (op as? Unary)?.function == .sigmoid
    return isKnown ? graph.value(operands[0]) : nil
  }

  /// The logits that a cross-entropy starts from.
  ///
  /// Those before an activation win over what the settings say, as in Keras; what was told to be logits is
  /// taken for them otherwise.
  func logits(areGiven: Bool) -> Value? { logits ?? (areGiven ? self : nil) }

  /// The mean over the last axis; of a plain batch of numbers, themselves.
  func meanOverLastAxis() throws -> Value {
    guard type.rank >= 2, case .size(let count)? = type.dims.last else { return self }
    if count == 1 { return try reshaped(to: type.dims.dropLast()) }
    return try graph.apply(Affine(scale: 1 / Float(count), offset: 0), graph.apply(SumLast(), self))
  }

  /// With an axis moved to the end; itself if it is there.
  func withLast(_ axis: Int) throws -> Value {
    axis == -1 || axis == type.rank - 1 ? self : try movingAxis(axis, to: -1)
  }
}
