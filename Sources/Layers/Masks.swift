public import GraphEngine

/// Which steps of the values of a trace count: for some values a mask of 0 and 1, (batch, steps).
///
/// As in Keras a mask begins at `Masking` and `Embedding`, goes through layers that work step by step, and ends where it
/// is used: in recurrent layers, pooling over steps, losses and metrics.
struct Masks {
  private var byValue: [Int: Value] = [:]

  subscript(value: Value) -> Value? {
    get { byValue[value.id] }
    set { byValue[value.id] = newValue }
  }
}

extension LayerScope {
  /// 1 where a step of `value` counts, 0 where it does not (batch, steps); `nil` where all do.
  public func mask(of value: Value) -> Value? { masks[value] }

  /// Says which steps of `value` count.
  public func setMask(_ mask: Value?, of value: Value) { masks[value] = mask }

  /// Gives the outputs of a layer that lets masks through the mask of its first input.
  func passMask(through layer: any Layer, from inputs: [Value], to outputs: [Value]) {
    guard layer.passesMask, let mask = inputs.first.flatMap({ masks[$0] }) else { return }
    for output in outputs where masks[output] == nil { masks[output] = mask }
  }

  /// Does something while a mask that a call names is that of its input.
  func withMask<T>(_ mask: Value?, of input: Value?, _ body: () throws -> T) rethrows -> T {
    guard let mask, let input else { return try body() }
    let own = masks[input]
    masks[input] = mask
    defer { masks[input] = own }
    return try body()
  }

  /// The mask of what is merged step by step: a step counts where it does in any of the values; all have to have masks.
  func mergedMask(of values: [Value]) throws -> Value? {
    let found = values.compactMap { masks[$0] }
    guard found.count == values.count, let first = found.first else { return nil }
    return try found.dropFirst().reduce(first) { try $0 .| $1 }
  }
}

extension Layer {
  public var passesMask: Bool { false }
}
