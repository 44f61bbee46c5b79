public import Config
public import GraphEngine
import TensorCore

/// A vector for each whole number: the rows of a matrix that is learned.
///
/// Weights: `embeddings` (input_dim, output_dim). Keras: `keras.layers.Embedding`.
public struct Embedding: UnaryLayer, Configurable {
  public var inputDim: Int
  public var outputDim: Int
  public var embeddings = WeightSettings(.uniform)
  public var activityRegularizer: Regularizer?
  public var maskZero = false

  public init(_ inputDim: Int, _ outputDim: Int) {
    self.inputDim = inputDim
    self.outputDim = outputDim
  }

  public static let schema = Schema(
    "Embedding", "A vector for each whole number.", prototype: Self(1, 1),
    fields: [
      Field("input_dim", \.inputDim, "How many numbers there are, from 0 on.", check: atLeast(1)).required,
      Field("output_dim", \.outputDim, "Size of a vector.", check: atLeast(1)).required,
    ]
      + WeightSettings.fields(
        [.init("embeddings", \Self.embeddings, "the vectors", isMany: true)],
        activity: \Self.activityRegularizer)
      + [Field("mask_zero", \.maskZero, "Whether 0 stands for nothing and is masked.")])

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
    let vectors = try scope.parameter("embeddings", [inputDim, outputDim], embeddings)
    let y = try vectors.taking(numbers, axis: 0)
    if maskZero { scope.setMask(try x .!= 0, of: y) }
    try scope.penalize(y, with: activityRegularizer)
    return y
  }
}
