public import Config
public import Diagnostics
public import GraphEngine
public import TensorCore

/// What one sample looks like; the first entry of a sequential model that has no `input:`.
///
/// Keras: `keras.layers.InputLayer`.
public struct InputLayer: UnaryLayer, Configurable {
  public var shape: SampleShape
  public var element = ElementType.float32
  /// How many samples each batch has, where that is fixed.
  public var batchSize: Int?
  public init(_ shape: [Int?], _ element: ElementType = .float32) {
    self.shape = SampleShape(shape)
    self.element = element
  }

  /// The layer for an input of a model.
  public init(_ input: ModelInput) {
    self.init(input.type.sampleAxes, input.type.element)
    batchSize = input.batchSize
  }

  public static let schema = Schema(
    "InputLayer", "The shape of one sample.", prototype: InputLayer([]),
    Field(
      "shape", \.shape, "Axes of one sample, without the batch; null for a length that comes with the data.",
      check: SampleShape.check
    ).required,
    Field(
      "batch_size", \.batchSize, "Samples in every batch; stateful layers need it.",
      check: ModelInput.checkBatch))

  public static let dialects = KerasDialects { $0.keras2.renamed = ["batch_shape": "batch_input_shape"] }

  /// Takes the type of its numbers, which is no setting of the schema: other layers have the word with another meaning.
  /// - Throws: E0202 for one that models do not take.
  public mutating func take(type dtype: ConfigNode) throws(Diagnostic) {
    switch dtype["config"]?["name"]?.string ?? dtype.string {
    case "float32": element = .float32
    case "int32", "int64": element = .int32
    case "string": element = .text
    default:
      throw Diagnostic(
        "E0202", "'dtype' of an input must be float32, int32 or string",
        at: dtype.span.map { .init($0, "found \(dtype.sketch)") })
    }
  }

  /// A batch of samples.
  public var type: TensorType { input(named: "").type }

  /// What a model takes by it.
  public func input(named name: String) -> ModelInput {
    ModelInput(name, shape: shape.axes, element, batchSize: batchSize)
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    guard type.admits(x.type.dims) else {
      throw Diagnostic(
        "E0301", "the input layer is for \(type), found \(x.type)",
        at: x.graph.origin.map { .init($0, "does not fit here") },
        help: "an input layer comes first and has the shape of one sample")
    }
    return x
  }

  /// The value handed to a model, if this input can take it.
  func check(_ values: [Value], in scope: LayerScope) throws -> Value {
    guard let value = values.first else {
      preconditionFailure("an input layer that is not among the model's inputs")
    }
    return try call(value, in: scope)
  }
}
