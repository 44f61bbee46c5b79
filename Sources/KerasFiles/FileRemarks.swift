import Config
import Diagnostics

/// What a file says that is followed in another way here, without being wrong.
enum FileRemarks {
  private static let narrow: Set = ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"]

  /// - Parameter config: of the model.
  static func of(_ config: ConfigNode) -> [Diagnostic] {
    var types: [String] = []
    var adapted: [String] = []
    _ = config.mappingObjects { className, object in
      guard let settings = object["config"], className != "__keras_tensor__" else { return object }
      let type = settings["dtype"]?["config"]?["name"]?.string ?? settings["dtype"]?.string
      if let type, narrow.contains(type), !types.contains(type) { types.append(type) }
      if case .int? = settings["lora_rank"]?.content { adapted.append(settings["name"]?.string ?? className) }
      return object
    }
    var remarks: [Diagnostic] = []
    if !types.isEmpty { remarks.append(.computesWider(types)) }
    if !adapted.isEmpty { remarks.append(.trainsWhole(adapted)) }
    return remarks
  }
}

extension Diagnostic {
  /// E0613: layers that compute in half precision in Keras.
  fileprivate static func computesWider(_ types: [String]) -> Diagnostic {
    Diagnostic(
      "E0613", "layers of the model compute in \(types.joined(separator: " and ")) in Keras", severity: .note,
      help: "runexp computes in float32; results may differ in the third digit, and files say float32")
  }

  /// E0613: layers of which Keras trains an addition of low rank alone.
  fileprivate static func trainsWhole(_ layers: [String]) -> Diagnostic {
    Diagnostic(
      "E0613",
      "\(layers.map { "'\($0)'" }.joined(separator: ", ")) had an addition of low rank, which is in the weights of the file",
      severity: .note, help: "it predicts as saved; runexp trains these weights whole")
  }
}
