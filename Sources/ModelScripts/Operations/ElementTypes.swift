import Diagnostics
import GraphEngine
import TensorCore

/// The types of numbers that bodies may name.
///
/// Whole numbers are int32 and fractions float32; of types with fewer bits the numbers are what they are there.
enum ElementTypes {
  static let cast = Operation(
    "cast", ["x", "dtype"],
    "The same numbers as another type: float32, int32, bool, or as int8, uint8, int16, uint16, float16 or bfloat16 have them."
  ) { arguments in .tensor(try converted(try arguments.tensor("x"), arguments)) }

  /// A tensor as the argument `dtype` names it.
  static func converted(_ x: Value, _ arguments: Arguments) throws -> Value {
    let type = try arguments.string("dtype")
    if let kind = Narrow.Kind(rawValue: type) { return try x.narrowed(to: kind) }
    switch type {
    case "float32", "float64", "float": return try x.cast(to: .float32)
    case "int32", "int64", "int": return try x.cast(to: .int32)
    case "bool": return try x .!= 0
    default: throw arguments.mismatch("dtype", "'float32', 'int32', 'bool' or a type of fewer bits")
    }
  }
}
