public import Diagnostics
public import RunEvents
public import RunLog

/// All that other programs may want to know of a run.
public struct ExportedRun: Sendable {
  public var run: LoggedRun
  public var metrics: [MetricHistory]
  public var datasets: [DatasetRecord]
  public var artifacts: [Artifact]

  public var name: String { run.record.name }

  public init(
    run: LoggedRun, metrics: [MetricHistory], datasets: [DatasetRecord] = [], artifacts: [Artifact] = []
  ) {
    self.run = run
    self.metrics = metrics
    self.datasets = datasets
    self.artifacts = artifacts
  }

  /// Reads a run from its log.
  /// - Throws: E0701 to E0706.
  public init(_ name: String, in log: LogDatabase) throws(Diagnostic) {
    self.init(
      run: try log.run(named: name), metrics: try log.metrics(of: name),
      datasets: try log.datasets(of: name), artifacts: try log.artifacts(of: name))
  }
}

/// A file of an export, relative to where it is put.
public struct ExportFile: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    case bytes([UInt8])
    /// The bytes of a file of the run's folder.
    case copy(of: String)
  }
  public var path: String
  public var content: Content
  /// Whether several runs have it in common, so that one that is there is left as it is.
  public var isShared = false

  /// A file at a path that stays inside whatever names of metrics and files it is made of.
  public init(_ path: String, _ content: Content, isShared: Bool = false) {
    let steps = path.split(separator: "/").map { $0.allSatisfy { $0 == "." } ? "_" : String($0) }
    self.path = steps.joined(separator: "/")
    self.content = content
    self.isShared = isShared
  }

  init(_ path: String, _ text: String, isShared: Bool = false) {
    self.init(path, .bytes(Array(text.utf8)), isShared: isShared)
  }
}
