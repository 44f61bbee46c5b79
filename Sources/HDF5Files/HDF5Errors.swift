public import Diagnostics

extension Diagnostic {
  /// E0601: a file that cannot be opened at all.
  public static func cannotOpen(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic("E0601", "cannot open '\(path)': \(reason)", help: "check the path and its permissions")
  }

  /// E0602: a file that is not HDF5, or is cut short or damaged.
  static func damaged(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0602", "'\(path)' is not a readable HDF5 file: \(reason)",
      help: "copy or download it again; a file that is still being written cannot be read either")
  }

  /// E0603: a group, dataset or attribute that is not there.
  public static func missingInHDF5(_ what: String, in place: String) -> Diagnostic {
    Diagnostic(
      "E0603", "no \(what) in \(place)",
      help: "the file was written by another program, or only partly; list its content with 'h5ls -rv'")
  }

  /// E0604: something HDF5 allows and this program does not read.
  public static func unsupportedInHDF5(_ fact: String, in place: String) -> Diagnostic {
    Diagnostic(
      "E0604", "\(place) \(fact)", help: "save the file again with Keras's own defaults, or with h5py's")
  }

  /// E0605: sizes that the file cannot hold.
  public static func implausibleInHDF5(_ fact: String, in place: String) -> Diagnostic {
    Diagnostic("E0605", "\(place) \(fact)", help: "the file is damaged; copy or download it again")
  }

  /// E0606: a file that cannot be written.
  public static func cannotWrite(_ what: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0606", "cannot write \(what): \(reason)",
      help: "check that the folder exists, may be written to and has room")
  }
}
