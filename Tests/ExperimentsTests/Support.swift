import Datasets
import Diagnostics
import Analysis
import Experiments
import Plots
import Running
import Foundation

let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// A folder that is gone with the test.
struct Scratch: ~Copyable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  func write(_ data: Data, to name: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  /// - Parameter isRemembered: whether what is learned of data is kept in the folder for the next time.
  func check(
    _ text: String, overrides: [String] = [], file: String = "e.exp", isRemembered: Bool = false,
    shapes: DataShapeCache? = nil
  ) throws -> CheckedExperiment {
    try write(text, to: file)
    var request = ExperimentRequest(path: url.appending(path: file).path)
    request.overrides = overrides.map { .typed($0) }
    request.shapes = shapes
    if isRemembered { request.shapes = DataShapeCache(folder: url.path + "/cache", program: "1") }
    request.files.searchFolders = [repository.appending(path: "experiments/data").path]
    return CheckedExperiment(request)
  }

  /// Everything said about an experiment, with paths as seen from the folder.
  func diagnose(_ text: String, overrides: [String] = []) throws -> String {
    let checked = try check(text, overrides: overrides)
    return TextRenderer(checked.sources).render(checked.diagnostics)
      .replacingOccurrences(of: url.path + "/", with: "")
  }
}
