import Analysis
import Running
import Plots
import Config
import Diagnostics
import KerasFiles
import Layers
import Reporting

/// Saves a model in Keras's format: architecture, weights, optimizer and its state.
struct SaveCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)
  var file: String?
  var format = Semantics.keras3

  static let schema = Schema(
    "save", "Saves a model as Keras does: architecture, weights, optimizer and its state.",
    prototype: SaveCell(),
    Field("format", \.format, "For which Keras the file is written: keras3, or keras2 for an .h5."),
    Field("file", \.file, "Name of the file in the run's folder. The model's name and .h5 if left out.") {
      file in
      guard let file else { return nil }
      let endings = ModelFile.Container.allCases.map(\.rawValue)
      if !endings.contains(where: file.hasSuffix) { return "must end in .h5 or .keras" }
      return file.hasPrefix("/") || file.split(separator: "/").contains("..")
        ? "must lie below the run's folder" : nil
    })

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard context.model(subject) != nil, let name = subject.string else { return nil }
    let (path, format) = (file ?? "\(name).h5", self.format)
    context.claim(file: path, at: subject.span)
    context.declareSaved(name, as: path)
    if format == .keras2 && !path.hasSuffix(".h5") {
      context.bag.report(.onlyH5(path, at: subject.span))
      return nil
    }
    return { context in
      guard let built = context.models[name] else { return }
      let notes = try context.save(
        built, to: path, as: format, caption: "\(name): architecture, weights, optimizer and its state")
      try context.note(path)
      context.show(.remark(.note, "Saved as \(path), in the format of Keras \(format == .keras3 ? 3 : 2)."))
      for note in notes { context.show(.remark(.warning, note.message + ".")) }
    }
  }
}

extension Diagnostic {
  /// E0345: a container that Keras 2 is not written in.
  static func onlyH5(_ path: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0345", "'\(path)' is a file of Keras 3", at: span.map { Label($0, "format: keras2") },
      help: "end the name in .h5, or remove 'format: keras2'")
  }
}
