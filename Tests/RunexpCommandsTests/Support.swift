import Foundation
import Testing

/// What a command said, and how it ended.
struct Outcome {
  var status: Int32
  var out: String
  var err: String

  /// What was printed to stdout, as JSON.
  var json: Any? { try? JSONSerialization.jsonObject(with: Data(out.utf8)) }
}

/// A folder that is gone with the test, to run commands in.
final class Workplace {
  let folder: URL
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// The program stands beside the tests.
  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "runexp")

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  @discardableResult
  func write(_ data: Data, to name: String) throws -> String {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    return name
  }

  func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }

  /// Every file below the folder, in order.
  func files(_ below: String = "") throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: below).path).sorted()
  }

  /// Runs the program and waits for its end.
  @discardableResult
  func runexp(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try Running(arguments, self, environment).end()
  }

  /// Starts the program.
  func start(_ arguments: String..., environment: [String: String] = [:]) throws -> Running {
    try Running(arguments, self, environment)
  }

  /// Runs a line of shell in which `$RUNEXP` is the program.
  func shell(_ line: String) throws -> Outcome {
    try Running(["-c", line], self, ["RUNEXP": Self.program.path], program: URL(filePath: "/bin/sh")).end()
  }
}

/// A program under way.
final class Running {
  private let process = Process()
  private let out: URL
  private let err: URL

  init(
    _ arguments: [String], _ place: Workplace, _ environment: [String: String],
    program: URL = Workplace.program
  ) throws {
    let talk = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")
    out = talk.appendingPathExtension("out")
    err = talk.appendingPathExtension("err")
    for file in [out, err] { try Data().write(to: file) }
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("RUNEXP_") }
    // Not the user's; shared by all tests, none of which may notice.
    all["RUNEXP_CACHE"] = FileManager.default.temporaryDirectory.appending(path: "runexp-test-cache").path
    all.merge(environment) { _, new in new }
    process.executableURL = program
    process.arguments = arguments
    process.environment = all
    process.currentDirectoryURL = place.folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    for file in [out, err] { try? FileManager.default.removeItem(at: file) }
  }

  var isRunning: Bool { process.isRunning }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until something was said on stderr.
  func wait(for words: String) throws {
    for _ in 0..<12_000 {
      if try String(contentsOf: err, encoding: .utf8).contains(words) { return }
      try #require(process.isRunning, "it ended before it said '\(words)'")
      usleep(10_000)
    }
    Issue.record("it never said '\(words)'")
  }

  /// Waits for the end; what hangs for five minutes, longer than any load explains, is stopped and counts as killed.
  func end() throws -> Outcome {
    for _ in 0..<30_000 where process.isRunning { usleep(10_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8),
      err: try String(contentsOf: err, encoding: .utf8))
  }
}

/// A small experiment that does everything, on the data that comes with the program.
func digits(
  epochs: String = "2", optimizer: String = "{Adam: {learning_rate: $rate}}",
  layers: String = "- Dropout: {rate: 0.2}",
  callbacks: String = "[]", check: String = "test.accuracy > 0.3"
) -> String {
  """
  experiment: digits
  title: Small digits
  seed: 7
  params: {rate: 0.01, words: "it's two"}
  cells:
    - text: Rate {{ rate }}
    - data: digits
      source: digits
      scale: $(1 / 16)
      split: {validation: 200, test: 300}
    - show: digits.train
      count: 8
    - model: m
      input: [8, 8]
      layers:
        - Flatten
        - Dense: {units: 24, activation: relu}
        \(layers)
        - Dense: {units: 10, activation: softmax}
    - train: m
      data: digits
      loss: sparse_categorical_crossentropy
      optimizer: \(optimizer)
      metrics: [accuracy]
      epochs: \(epochs)
      callbacks: \(callbacks)
    - plot: learning_curves
      of: m
    - evaluate: m
      data: digits
    - plot: confusion_matrix
      of: m
      data: digits.test
    - check: [\(check)]
    - save: m

  """
}
