public import Diagnostics
public import KernelABI
import TensorCore

// Functions of each element. Whole numbers become floats first.

extension Value {
  /// Any of the functions the kernels know.
  ///
  /// - Parameter parameter: what ``UnaryFunction`` says of it.
  public func mapped(_ function: UnaryFunction, _ parameter: Float = 0) throws(Diagnostic) -> Value {
    try graph.apply(Unary(function, parameter), cast(to: .float32))
  }

  /// Keras: `keras.ops.exp`.
  public func exp() throws(Diagnostic) -> Value { try mapped(.exp) }
  /// Keras: `keras.ops.log`.
  public func log() throws(Diagnostic) -> Value { try mapped(.log) }
  /// Keras: `keras.ops.sqrt`.
  public func squareRoot() throws(Diagnostic) -> Value { try mapped(.sqrt) }
  /// Keras: `keras.ops.square`.
  public func square() throws(Diagnostic) -> Value { try mapped(.square) }
  /// Keras: `keras.ops.abs`.
  public func abs() throws(Diagnostic) -> Value { try mapped(.abs) }
  /// Keras: `keras.ops.reciprocal`.
  public func reciprocal() throws(Diagnostic) -> Value { try mapped(.reciprocal) }
}
