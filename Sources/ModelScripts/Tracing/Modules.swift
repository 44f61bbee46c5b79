/// The name spaces of Keras, TensorFlow and NumPy that may stand before an operation.
enum Modules {
  /// Modules by their full names; what they hold is looked up in the registry by its last word.
  static let all: Set<String> = [
    "keras", "keras.ops", "keras.ops.nn", "keras.ops.numpy", "keras.ops.math", "keras.ops.linalg",
    "keras.layers", "keras.activations", "keras.backend", "keras.random", "keras.config", "keras.losses",
    "ops", "ops.nn", "ops.numpy", "ops.linalg", "layers", "activations", "random", "K", "tf", "tf.math",
    "tf.nn", "tf.linalg", "tf.random", "tf.keras", "tf.keras.layers", "tf.keras.activations",
    "tf.keras.backend", "np", "numpy", "math", "jnp",
  ]

  /// Values that are no operations.
  ///
  /// Fractions are float32 and whole numbers int32, unless a type of fewer bits is named.
  private static func constant(_ name: String) -> TraceValue? {
    switch name {
    case "newaxis": TraceValue.none
    case "pi": .double(.pi)
    case "e": .double(2.718281828459045)
    case "inf": .double(.infinity)
    case "float32", "float64": .string("float32")
    case "int32", "int64": .string("int32")
    case "int8", "uint8", "int16", "uint16", "float16", "bfloat16": .string(name)
    case "half": .string("float16")
    case "bool": .string("bool")
    default: nil
    }
  }

  /// What a module holds under a name; `nil` if nothing.
  static func attribute(_ name: String, of module: String) -> TraceValue? {
    let full = module + "." + name
    if all.contains(full) { return .module(full) }
    // The same word can mean another thing in another module: `tf.random.normal`, `keras.activations.gelu`.
    let last = module.split(separator: ".").last.map(String.init) ?? module
    let kind = Self.kind(of: module)
    // Python's `bool` is a function, that of a module a type.
    if name == "bool" { return constant(name) }
    if let found = OperationRegistry.find("\(last).\(name)") {
      return .function(.operation(found.called(from: kind)))
    }
    if last != "random", let found = OperationRegistry.find(name) {
      return .function(.operation(found.called(from: kind)))
    }
    return constant(name)
  }

  /// Whose defaults the functions of a module have; `nil` for those of a bare name.
  static func kind(of module: String) -> Operation.Module? {
    let parts = module.split(separator: ".").map(String.init)
    if parts.contains("layers") { return .layers }
    if parts.last == "backend" || parts == ["K"] { return .backend }
    switch parts.first {
    case "ops": return .kerasOps
    case "keras": return parts.contains("ops") ? .kerasOps : nil
    case "tf": return parts.contains("keras") ? nil : .tensorFlow
    case "np", "numpy", "jnp": return .numPy
    default: return nil
    }
  }
}
