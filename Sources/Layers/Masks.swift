import Config
public import GraphEngine
import TensorCore

/// Which steps of the values of a trace count: for some values a mask of 0 and 1, (batch, steps).
///
/// As in Keras a mask begins at `Masking` and `Embedding`, goes through layers that work step by step, and ends where it
/// is used: in recurrent layers, pooling over steps, losses and metrics.
///
/// Keras 3 finds the masks of layers that take one value while a model is put together; those of what is merged,
/// attended to or compared with targets it finds while the model runs. There its `MultiHeadAttention` takes the masks of
/// what it is called with away, so that some masks are known, but lost.
struct Masks {
  private var byValue: [Int: Value] = [:]
  private var lost: Set<Int> = []

  subscript(value: Value) -> Value? {
    get { byValue[value.id] }
    set {
      byValue[value.id] = newValue
      lost.remove(value.id)
    }
  }

  func isLost(_ value: Value) -> Bool { lost.contains(value.id) }
  mutating func lose(_ value: Value) { if byValue[value.id] != nil { lost.insert(value.id) } }
}

extension LayerScope {
  /// 1 where a step of `value` counts, 0 where it does not (batch, steps); `nil` where all do.
  public func mask(of value: Value) -> Value? { masks[value] }

  /// The mask of `value` that is still there when the model runs.
  public func liveMask(of value: Value) -> Value? { masks.isLost(value) ? nil : masks[value] }

  /// Takes the masks of values away from what runs after the layer at work.
  func loseMasks(of values: [Value]) {
    if semantics == .keras3 { for value in values { masks.lose(value) } }
  }

  /// Says which steps of `value` count.
  public func setMask(_ mask: Value?, of value: Value) { masks[value] = mask }

  /// Gives the outputs of a layer that lets masks through the mask of its first input.
  func passMask(through layer: any Layer, from inputs: [Value], to outputs: [Value]) {
    guard layer.passesMask, let mask = inputs.first.flatMap({ masks[$0] }) else { return }
    // A layer that is told of its mask gives its outputs one that lasts.
    let isLost = masks.isLost(inputs[0]) && !layer.signature.values.contains("mask")
    for output in outputs where masks[output] == nil {
      masks[output] = mask
      if isLost { masks.lose(output) }
    }
  }

  /// Does something while a mask that a call names is that of its input.
  func withMask<T>(_ mask: Value?, of input: Value?, _ body: () throws -> T) rethrows -> T {
    guard let mask, let input else { return try body() }
    let own = masks[input]
    masks[input] = mask
    defer { masks[input] = own }
    return try body()
  }

  /// Says which steps of merged values count.
  func setMask(_ mask: Value?, of result: Value, mergedFrom values: [Value]) {
    masks[result] = mask
    if values.contains(where: masks.isLost) { masks.lose(result) }
  }

  /// The mask of what is merged step by step; `nil` where all steps count.
  ///
  /// A step counts where it does in any of the values, so that all have to have masks. In Keras 2 it counts where it
  /// does in all that have masks.
  func mergedMask(of values: [Value]) throws -> Value? {
    let found = values.compactMap { masks[$0] }
    guard let first = found.first, semantics == .keras2 || found.count == values.count else { return nil }
    return try found.dropFirst().reduce(first) { try semantics == .keras2 ? $0 .& $1 : $0 .| $1 }
  }

  /// The mask of sequences (batch, steps, features) one after another; those without a mask count throughout.
  func joinedMask(of values: [Value], axis: Int) throws -> Value? {
    guard values.contains(where: { masks[$0] != nil }), values.allSatisfy({ $0.type.rank == 3 }) else {
      return nil
    }
    switch axis {
    case 2, -1: return try mergedMask(of: values)
    case 1, -2:
      let all = values.map { masks[$0] ?? graph.constant(1, Array($0.type.dims[..<2])) }
      return try Value.concatenate(all, axis: 1)
    default: return nil
    }
  }
}

extension Layer {
  public var passesMask: Bool { false }
}

extension KerasDialects {
  /// What is merged has the masks of all values: a step counts in Keras 3 where it does in any, in Keras 2 in all.
  static let mergingMasks = KerasDialects {
    $0.differences = [
      .init("the masks of what is merged", place: 3) { call, scope in
        let masks = call.inputs.compactMap { scope.mask(of: $0)?.id }
        return !masks.isEmpty && (masks.count < call.inputs.count || Set(masks).count > 1)
      }
    ]
  }
}
