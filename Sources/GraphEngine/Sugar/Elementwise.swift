public import Diagnostics
public import KernelABI
import TensorCore

// Functions of each element. Whole numbers become floats first, unless the function keeps them whole. Those that the kernels
// know have a method each beside their description, in `Functions`.

extension Value {
  /// Any of the functions the kernels know.
  ///
  /// - Parameter parameter: what ``UnaryFunction`` says of it.
  public func mapped(_ function: UnaryFunction, _ parameter: Float = 0) throws(Diagnostic) -> Value {
    if type.element == .int32, let whole = function.described.whole { return try whole(self) }
    return try graph.apply(Unary(function, parameter), cast(to: .float32))
  }

  /// 1 where an element is no number.
  ///
  /// Keras: `keras.ops.isnan`.
  public func isNaN() throws(Diagnostic) -> Value { try self .!= self }
  /// Keras: `keras.ops.isfinite`.
  public func isFinite() throws(Diagnostic) -> Value { try abs() .< .infinity }
  /// Keras: `keras.ops.isinf`.
  public func isInfinite() throws(Diagnostic) -> Value { try abs() .== .infinity }
}
