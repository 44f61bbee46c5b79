import Diagnostics
import HDF5Files
import ZipFiles

extension Diagnostic {
  /// What is wrong with a zip file, where it is a model that is read from it.
  static func reading(_ path: String, _ error: ZipError) -> Diagnostic {
    switch error {
    case .cannotOpen(let reason): .cannotOpen(path, reason)
    case .damaged(let reason): .damagedZip(path, reason)
    case .cannotWrite(let reason): .cannotUnpack(path, reason)
    }
  }

  /// E0624: a file that begins like a zip file and is none, or none that a model is read from.
  static func damagedZip(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0624", "'\(path)' is not a readable .keras file: \(reason)",
      help: "copy or download it again, or save the model again")
  }

  /// E0625: a zip file without what a model is made of.
  static func missingMember(_ name: String, in path: String) -> Diagnostic {
    Diagnostic(
      "E0625", "'\(path)' has no member '\(name)'",
      help: "a .keras file holds config.json, metadata.json and model.weights.h5; list it with 'unzip -l'")
  }

  /// E0626: no room to unpack weights into.
  static func cannotUnpack(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0626", "the weights of '\(path)' cannot be unpacked: \(reason)",
      help: "they need as much room in the folder for temporary files as the file has; TMPDIR names another"
    )
  }
}
