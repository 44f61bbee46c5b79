import Config
import Foundation
import TensorCore

/// Values as Python writes them.
enum PythonValue {
  /// - Parameter isTuple: whether lists are tuples, as shapes are.
  static func text(_ node: ConfigNode, asTuple isTuple: Bool = false) -> String {
    switch node.content {
    case .null: return "None"
    case .bool(let value): return value ? "True" : "False"
    case .int(let value): return "\(value)"
    case .double(let value): return text(value)
    case .string(let value): return text(value)
    case .list(let items):
      let inner = items.map { text($0, asTuple: isTuple) }.joined(separator: ", ")
      return isTuple ? "(\(inner)\(items.count == 1 ? "," : ""))" : "[\(inner)]"
    case .map(let entries):
      return "{" + entries.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", ") + "}"
    }
  }

  /// A mapping from texts to expressions.
  static func mapping(_ keys: [String], _ expressions: [String]) -> String {
    "{" + zip(keys, expressions).map { "\(text($0)): \($1)" }.joined(separator: ", ") + "}"
  }

  /// A number in the fewest digits that read back as the same.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "float(\"nan\")" }
    if value.isInfinite { return value < 0 ? "float(\"-inf\")" : "float(\"inf\")" }
    return "\(value)"
  }

  /// A text in double quotes, in ASCII.
  static func text(_ value: String) -> String {
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value > 0xFFFF:
        result += String(format: "\\U%08x", scalar.value)
      case _ where scalar.value > 0x7E: result += String(format: "\\u%04x", scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A text that may stand inside a docstring or a comment.
  static func prose(_ value: String) -> String {
    String(text(value).dropFirst().dropLast()).replacing("\\\"", with: "'")
  }

  /// The sizes of axes, the unknown batch as `None`.
  static func shape(_ type: TensorType) -> String {
    let sizes = type.dims.map { if case .size(let size) = $0 { "\(size)" } else { "None" } }
    return "(" + sizes.joined(separator: ", ") + (sizes.count == 1 ? "," : "") + ")"
  }
}

/// Names that Python accepts.
enum PythonName {
  private static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
  ]

  /// Attributes that every `keras.Model` or `Layer` has.
  private static let ofKeras: Set<String> = [
    "activity_regularizer", "add_loss", "add_metric", "add_variable", "add_weight", "autocast", "build",
    "build_from_config", "built", "call", "call_signature_parameters", "compile", "compile_from_config",
    "compiled", "compiled_loss", "compiled_metrics", "compute_dtype", "compute_loss", "compute_mask",
    "compute_metrics", "compute_output_shape", "compute_output_spec", "count_params",
    "distribute_reduction_method", "distribute_strategy", "dtype", "dtype_policy", "evaluate", "export",
    "fit", "from_config", "get_build_config", "get_compile_config", "get_config", "get_layer",
    "get_metrics_result", "get_quantization_layer_structure", "get_state_tree", "get_weights", "input",
    "input_dtype", "input_spec", "jit_compile", "layers", "load_own_variables", "load_weights", "loss",
    "losses", "make_predict_function", "make_test_function", "make_train_function", "metrics",
    "metrics_names", "metrics_variables", "name", "non_trainable_variables", "non_trainable_weights",
    "optimizer", "output", "path", "predict", "predict_function", "predict_on_batch", "predict_step",
    "quantization_mode", "quantize", "quantized_build", "quantized_call", "rematerialized_call",
    "reset_metrics", "run_eagerly", "save", "save_own_variables", "save_weights", "set_state_tree",
    "set_weights", "stateless_call", "stateless_compute_loss", "steps_per_execution", "stop_training",
    "summary", "supports_jit", "supports_masking", "symbolic_call", "test_function", "test_on_batch",
    "test_step", "to_json", "train_function", "train_on_batch", "train_step", "trainable",
    "trainable_variables", "trainable_weights", "unrolled_steps_per_execution", "variable_dtype",
    "variables", "weights",
  ]

  /// A name for a variable: other characters become `_`.
  static func identifier(_ name: String) -> String {
    let kept = String(name.unicodeScalars.map { isPlain($0) ? Character($0) : "_" })
    let safe = kept.isEmpty || kept.first?.isNumber == true ? "_" + kept : kept
    return keywords.contains(safe) || ["keras", "ops", "h5py", "self"].contains(safe) ? safe + "_" : safe
  }

  /// The attribute under which a model or layer holds a part of its own.
  static func attribute(_ name: String) -> String {
    ofKeras.contains(name) || keywords.contains(name) ? name + "_" : name
  }

  /// `wide_net` becomes `WideNet`.
  static func className(_ name: String) -> String {
    let words = identifier(name).split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    let joined = words.joined()
    return joined.isEmpty || joined.first?.isNumber == true ? "Model" + joined : joined
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      || scalar == "_"
  }
}
