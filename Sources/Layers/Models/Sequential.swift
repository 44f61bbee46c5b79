import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A model that is a chain of layers.
///
/// Keras: `keras.Sequential`.
public struct Sequential: Model {
  public var name: String
  public var input: ModelInput
  /// Without the input layer.
  public var layers: [NamedLayer]

  /// - Parameter input: the shape of one sample; `nil` for a length that comes with the data.
  public init(_ name: String, input: [Int?], _ layers: [NamedLayer]) {
    self.init(name, input: ModelInput("input_layer", shape: input), layers)
  }

  public init(_ name: String, input: ModelInput, _ layers: [NamedLayer]) {
    self.name = name
    self.input = input
    self.layers = layers
  }

  public var className: String { "Sequential" }
  public var inputs: [ModelInput] { [input] }
  public var outputNames: [String] { [layers.last?.name ?? input.name] }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard inputs.count == 1 else {
      throw Diagnostic.inputCount("'\(name)'", "one input", inputs.count, at: scope.graph.origin)
    }
    return try layers.reduce(inputs) { try scope.apply($1, $0) }
  }

  public func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> Sequential {
    Sequential(name, input: input, layers.map(change))
  }
}
