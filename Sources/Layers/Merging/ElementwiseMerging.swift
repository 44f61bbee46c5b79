public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A merging layer that combines its inputs element by element.
///
/// Inputs of lower rank get axes of size 1 behind the batch, and axes of size 1 are repeated, as in Keras.
protocol ElementwiseMerging: MergingLayer, Configurable {
  func merge(_ a: Value, _ b: Value) throws -> Value
  /// What is done to the result of all.
  func finish(_ value: Value, count: Int) throws -> Value
}

extension ElementwiseMerging {
  func finish(_ value: Value, count: Int) throws -> Value { value }

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
    let merged = try aligned.dropFirst().reduce(aligned[0], merge)
    let result = try finish(merged, count: inputs.count)
    scope.setMask(try scope.mergedMask(of: inputs), of: result)
    return [result]
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
}

/// The smallest of its inputs, element by element.
///
/// Keras: `keras.layers.Minimum`.
public struct Minimum: ElementwiseMerging {
  public init() {}
  public static let schema = Schema(
    "Minimum", "The smallest of its inputs, element by element.", prototype: Self())
  func merge(_ a: Value, _ b: Value) throws -> Value { try a.minimum(b) }
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
    return [try merge(inputs[0], inputs[1])]
  }
}
