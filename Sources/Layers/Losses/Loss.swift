public import Config
public import GraphEngine
import KernelABI
public import TensorCore

/// What training makes small: one value a sample, of which the mean is taken.
public protocol Loss: Configurable {
  /// The type of target that fits a prediction.
  func target(for prediction: TensorType) -> TensorType
  /// The value of each sample, as graph nodes, so that it is compiled with the model.
  func values(_ target: Value, _ prediction: Value) throws -> Value
}

extension Loss {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
  /// Most losses compare tensors of one shape.
  public func target(for prediction: TensorType) -> TensorType { TensorType(prediction.dims) }
}

/// Every loss by Keras's class name, its function's name and the function's short names.
public enum LossRegistry {
  public static let all = Registry<any Loss>(
    "loss",
    [
      .init(SparseCategoricalCrossentropy.self, aliases: ["sparse_categorical_crossentropy"]) { $0 },
      .init(CategoricalCrossentropy.self, aliases: ["categorical_crossentropy"]) { $0 },
      .init(BinaryCrossentropy.self, aliases: ["binary_crossentropy", "bce"]) { $0 },
      .init(MeanSquaredError.self, aliases: ["mean_squared_error", "mse", "MSE"]) { $0 },
      .init(MeanAbsoluteError.self, aliases: ["mean_absolute_error", "mae", "MAE"]) { $0 },
    ])

  /// The function's full name, the one spelling that every Keras reads back.
  public static func functionName(of loss: any Loss) -> String {
    LossRegistry.all.find(loss.className)?.aliases.first ?? loss.className
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
    return try graph.apply(Affine(scale: 1 / Float(count), offset: 0), graph.apply(SumLast(), self))
  }
}

/// Keeps probabilities away from 0 and 1, as `keras.config.epsilon()` does.
let fuzz: Float = 1e-7
