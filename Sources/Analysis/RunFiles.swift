package import Diagnostics
package import RunEvents

/// The files that an experiment reads, and those that its cells write into the run's folder.
package struct RunFiles {
  /// What is read, each once.
  package private(set) var inputs: [RunInput] = []
  /// Models by the files that they are saved in.
  private var savedModels: [String: String] = [:]
  private var written: [String: SourceSpan?] = [:]

  package mutating func use(_ read: [RunInput]) {
    for input in read where !inputs.contains(input) { inputs.append(input) }
  }

  package mutating func declareSaved(_ model: String, as file: String) {
    savedModels[Self.plain(file)] = model
  }

  package func savedModel(in file: String) -> String? { savedModels[Self.plain(file)] }

  /// - Returns: the path that was claimed before and where, if it was.
  package mutating func claim(_ file: String, at span: SourceSpan?) -> (path: String, earlier: SourceSpan?)? {
    let path = Self.plain(file)
    if let earlier = written[path] { return (path, earlier) }
    written[path] = .some(span)
    return nil
  }

  private static func plain(_ file: String) -> String {
    file.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }
}

extension CheckContext {
  /// Notes that files are read, once.
  package mutating func use(_ read: [RunInput]) { files.use(read) }

  /// Says that a cell saves a model as a file of the run's folder, so that later cells can load it.
  package mutating func declareSaved(_ model: String, as file: String) {
    files.declareSaved(model, as: file)
  }

  /// The model that an earlier cell saves under a name.
  package func savedModel(in file: String) -> String? { files.savedModel(in: file) }

  /// A file that a cell writes into the run's folder.
  package mutating func claim(file: String, at span: SourceSpan?) {
    if let (path, earlier) = files.claim(file, at: span) {
      bag.report(.repeatedFile(path, at: span, earlier: earlier))
    }
  }
}

/// Whether a name can be that of a file or a folder anywhere: letters, digits, `_` and `-`, and no option.
public func isFileName(_ name: String) -> Bool {
  !name.isEmpty && !name.hasPrefix("-") && name.utf8.count <= 100
    && name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
}

extension Diagnostic {
  /// E0214: two cells that write one file.
  fileprivate static func repeatedFile(_ file: String, at span: SourceSpan?, earlier: SourceSpan?)
    -> Diagnostic
  {
    Diagnostic(
      "E0214", "'\(file)' is written twice", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "give one of the cells another name with 'file: NAME'")
  }
}
