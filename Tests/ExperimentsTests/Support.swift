import Diagnostics
import Experiments
import Foundation

/// A right experiment over every kind of cell; wrong ones are made from it by a change.
let goodExperiment = """
  experiment: flowers
  title: Iris
  seed: 1
  params:
    rate: 0.1
    epochs: 2
  cells:
    - text: |
        Learning rate {{ rate }}.
    - data: iris
      source: iris
      split: {validation: 30, test: 30}
    - show: iris.train
      count: 4
    - model: m
      input: [4]
      layers:
        - Dense: {units: 8, activation: relu}
        - Dense: {units: 3, activation: softmax}
    - train: m
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: {SGD: {learning_rate: $rate}}
      metrics: [accuracy]
      callbacks:
        - EarlyStopping: {patience: 3}
      epochs: $epochs
    - plot: learning_curves
      of: m
    - evaluate: m
      data: iris.test
    - plot: confusion_matrix
      of: m
      data: iris.test
    - check:
        - test.accuracy >= 0.5
    - save: m

  """

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

  func write(_ text: String, to name: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func check(_ text: String, overrides: [String] = [], file: String = "e.exp") throws -> CheckedExperiment {
    try write(text, to: file)
    var request = ExperimentRequest(path: url.appending(path: file).path)
    request.overrides = overrides
    request.searchFolders = [repository.appending(path: "experiments/data").path]
    return CheckedExperiment(request)
  }

  /// Everything said about an experiment, with paths as seen from the folder.
  func diagnose(_ text: String, overrides: [String] = []) throws -> String {
    let checked = try check(text, overrides: overrides)
    return TextRenderer(checked.sources).render(checked.diagnostics)
      .replacingOccurrences(of: url.path + "/", with: "")
  }
}
