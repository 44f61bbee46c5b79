import Config
import Diagnostics
import Reporting

/// Saves a model as a Keras 3 `.h5`: architecture, weights, optimizer and its state.
struct SaveCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)
  var file: String?

  static let schema = Schema(
    "save", "Saves a model as a Keras .h5: architecture, weights, optimizer and its state.",
    prototype: SaveCell(),
    Field("file", \.file, "Name of the file in the run's folder. The model's name and .h5 if left out.") {
      file in
      guard let file else { return nil }
      if !file.hasSuffix(".h5") { return "must end in .h5" }
      return file.hasPrefix("/") || file.split(separator: "/").contains("..")
        ? "must lie below the run's folder" : nil
    })

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard context.model(subject) != nil, let name = subject.string else { return nil }
    let path = file ?? "\(name).h5"
    context.claim(file: path, at: subject.span)
    return { context in
      guard let built = context.models[name] else { return }
      try context.save(built, to: path, caption: "\(name): architecture, weights, optimizer and its state")
      try context.note(path)
      context.show(.remark(.note, "Saved as \(path), in Keras's format."))
    }
  }
}
