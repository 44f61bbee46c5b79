public import Config
import Diagnostics
public import GraphEngine

/// Its inputs one after another along an axis.
///
/// Keras: `keras.layers.Concatenate`.
public struct Concatenate: MergingLayer, Configurable {
  public var axis = -1
  public init(axis: Int = -1) { self.axis = axis }

  public static let schema = Schema(
    "Concatenate", "Its inputs one after another along an axis.", prototype: Self(),
    Field("axis", \.axis, "Along which axis; 0 is the batch."))

  public static let dialects = KerasDialects(.mergingMasks) { $0.keras3.nameBesideMasks = "joined" }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard !inputs.isEmpty else {
      throw Diagnostic.inputCount(className, "at least one input", 0, at: scope.graph.origin)
    }
    guard inputs.count > 1 else { return inputs }
    let result = try Value.concatenate(inputs, axis: axis)
    scope.setMask(try scope.joinedMask(of: inputs, axis: axis), of: result, mergedFrom: inputs)
    return [result]
  }
}
