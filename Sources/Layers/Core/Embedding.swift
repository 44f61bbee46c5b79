public import Config
public import GraphEngine
import TensorCore

/// A vector for each whole number: the rows of a matrix that is learned.
///
/// Weights: `embeddings` (input_dim, output_dim). Keras: `keras.layers.Embedding`.
public struct Embedding: UnaryLayer, Configurable {
  public var inputDim: Int
  public var outputDim: Int
  public var embeddingsInitializer = Initializer.uniform
  public var embeddingsRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var embeddingsConstraint: Constraint?
  public var maskZero = false

  public init(_ inputDim: Int, _ outputDim: Int) {
    self.inputDim = inputDim
    self.outputDim = outputDim
  }

  public static let schema = Schema(
    "Embedding", "A vector for each whole number.", prototype: Self(1, 1),
    Field("input_dim", \.inputDim, "How many numbers there are, from 0 on.", check: atLeast(1)).required,
    Field("output_dim", \.outputDim, "Size of a vector.", check: atLeast(1)).required,
    Field("embeddings_initializer", \.embeddingsInitializer, "Start values of the vectors."),
    Field("embeddings_regularizer", \.embeddingsRegularizer, "What draws the vectors to 0."),
    Field("activity_regularizer", \.activityRegularizer, "What draws the output to 0."),
    Field("embeddings_constraint", \.embeddingsConstraint, "Bounds that the vectors are kept in."),
    Field("mask_zero", \.maskZero, "Whether 0 stands for nothing and is masked."))

  public static let dialects = KerasDialects {
    $0.keras1.renamed = KerasDialects.Keras1.weight("embeddings")
    $0.keras1.kept = ["input_dim", "output_dim"]
    $0.keras1.neutral = ["dropout": [0, 0.0]]
    $0.keras1.weights = .init(1)
    $0.keras2.lacks = ["quantization_config"]
    $0.keras2.surplus = ["batch_input_shape", "input_length"]
    $0.keras3.makesMask = { $0["mask_zero"] == true }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let numbers = try x.cast(to: .int32)
    let vectors = try scope.parameter(
      "embeddings", [inputDim, outputDim], embeddingsInitializer, regularizer: embeddingsRegularizer,
      constraint: embeddingsConstraint)
    let y = try vectors.taking(numbers, axis: 0)
    if maskZero { scope.setMask(try x .!= 0, of: y) }
    try scope.penalize(y, with: activityRegularizer)
    return y
  }
}
