public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A merging layer that combines its inputs element by element.
///
/// Inputs of lower rank get axes of size 1 behind the batch, and axes of size 1 are repeated, as in Keras.
protocol ElementwiseMerging: MergingLayer, Configurable {
  func merge(_ a: Value, _ b: Value) throws -> Value
  /// Values that are merged where they count: as they are, unless the layer says otherwise.
  func merge(_ values: [Value], masks: [Value?]) throws -> Value
  /// What is done to the result of all.
  func finish(_ value: Value, count: Int) throws -> Value
}

extension ElementwiseMerging {
  func finish(_ value: Value, count: Int) throws -> Value { value }

  func merge(_ values: [Value], masks: [Value?]) throws -> Value {
    try values.dropFirst().reduce(values[0], merge)
  }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard inputs.count >= 2 else {
      throw Diagnostic.inputCount(
        className, "at least two inputs", inputs.count, at: scope.graph.origin)
    }
    let rank = inputs.map(\.type.rank).max() ?? 0
    let aligned = try inputs.map { input in
      var value = input
      while value.type.rank < rank { value = try value.expandingDimensions(at: 1) }
      return value
    }
    let masks = try aligned.map { try scope.semantics == .keras3 ? scope.columnMask(of: $0) : nil }
    let result = try finish(try merge(aligned, masks: masks), count: inputs.count)
    scope.setMask(try scope.mergedMask(of: inputs), of: result, mergedFrom: inputs)
    return [result]
  }
}

extension ElementwiseMerging {
  /// Merges one by one; a masked step is what the other value has there, as in Keras 3.
  fileprivate func choosing(_ values: [Value], _ masks: [Value?]) throws -> Value {
    var (result, mask) = (values[0], masks[0])
    for (value, own) in zip(values, masks).dropFirst() {
      let next = try own.map { try Value.select($0, value, result) } ?? value
      if let mask { result = try Value.select(mask, result, next) }
      mask = try mask.flatMap { mask in try own.map { try mask .| $0 } }
      result = try merge(result, next)
    }
    return result
  }
}

extension LayerScope {
  /// The mask of (batch, steps, features) with an axis for the features.
  fileprivate func columnMask(of value: Value) throws -> Value? {
    guard let mask = liveMask(of: value), mask.type.rank == value.type.rank - 1 else { return nil }
    return try mask.expandingDimensions(at: -1)
  }
}

/// The sum of its inputs.
///
/// Keras: `keras.layers.Add`.
public struct Add: ElementwiseMerging {
  public init() {}
  public static let schema = Schema("Add", "The sum of its inputs.", prototype: Self())
  func merge(_ a: Value, _ b: Value) throws -> Value { try a + b }
}

/// The product of its inputs, element by element.
///
/// Keras: `keras.layers.Multiply`.
public struct Multiply: ElementwiseMerging {
  public init() {}
  public static let schema = Schema(
    "Multiply", "The product of its inputs, element by element.", prototype: Self())
  func merge(_ a: Value, _ b: Value) throws -> Value { try a * b }

  /// A masked step counts as 1, and is 0 where all are masked.
  func merge(_ values: [Value], masks: [Value?]) throws -> Value {
    let kept = try zip(values, masks).map { value, mask in
      try mask.map { try Value.select($0, value, value.graph.constant(1)) } ?? value
    }
    let product = try kept.dropFirst().reduce(kept[0], merge)
    let known = masks.compactMap(\.self)
    guard let first = known.first, known.count == values.count else { return product }
    return try product * known.dropFirst().reduce(first) { try $0 .| $1 }
  }
}

/// The mean of its inputs.
///
/// Keras: `keras.layers.Average`.
public struct Average: ElementwiseMerging {
  public init() {}
  public static let schema = Schema("Average", "The mean of its inputs.", prototype: Self())
  func merge(_ a: Value, _ b: Value) throws -> Value { try a + b }
  func finish(_ value: Value, count: Int) throws -> Value { try value / Float(count) }
}

/// The largest of its inputs, element by element.
///
/// Keras: `keras.layers.Maximum`.
public struct Maximum: ElementwiseMerging {
  public init() {}
  public static let schema = Schema(
    "Maximum", "The largest of its inputs, element by element.", prototype: Self())
  func merge(_ a: Value, _ b: Value) throws -> Value { try a.maximum(b) }
  func merge(_ values: [Value], masks: [Value?]) throws -> Value { try choosing(values, masks) }
}

/// The smallest of its inputs, element by element.
///
/// Keras: `keras.layers.Minimum`.
public struct Minimum: ElementwiseMerging {
  public init() {}
  public static let schema = Schema(
    "Minimum", "The smallest of its inputs, element by element.", prototype: Self())
  func merge(_ a: Value, _ b: Value) throws -> Value { try a.minimum(b) }
  func merge(_ values: [Value], masks: [Value?]) throws -> Value { try choosing(values, masks) }
}

/// The first input less the second.
///
/// Keras: `keras.layers.Subtract`.
public struct Subtract: ElementwiseMerging {
  public init() {}
  public static let schema = Schema("Subtract", "The first input less the second.", prototype: Self())
  func merge(_ a: Value, _ b: Value) throws -> Value { try a - b }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard inputs.count == 2 else {
      throw Diagnostic.inputCount(className, "two inputs", inputs.count, at: scope.graph.origin)
    }
    let result = try merge(inputs[0], inputs[1])
    scope.setMask(try scope.mergedMask(of: inputs), of: result, mergedFrom: inputs)
    return [result]
  }
}
