public import Diagnostics

/// What happens in a run, in the order it happens.
///
/// The console, the SQLite log and tests are sinks of this stream.
public enum RunEvent: Sendable {
  case runStarted(RunRecord)
  /// A run that was cut off goes on at a checkpoint: what it reported after that is undone.
  case runResumed(RunRecord, checkpoint: Int)
  /// The run is about to be written down: what was reported until now must not be lost any more.
  case checkpoint(Int)
  case cellStarted(index: Int, keyword: String, name: String)
  /// A few words about what a cell does, for the console: "55,000 train   5,000 validation".
  case cellNote(index: Int, text: String)
  /// Lines for whoever looks on; not logged, since they tell of this machine and this hour.
  case shown(cell: Int, text: String)
  case progress(EpochProgress)
  case metric(MetricPoint)
  /// What the steps of an epoch of a training computed; `series` is its model.
  case steps(cell: Int, series: String, StepTrace)
  case dataset(DatasetRecord)
  case artifact(Artifact)
  case check(CheckResult)
  case diagnostic(Diagnostic)
  case cellEnded(index: Int, status: RunStatus, seconds: Double)
  case runEnded(status: RunStatus, seconds: Double)
}

/// Receives the events of one run, one at a time.
public protocol EventSink {
  func receive(_ event: RunEvent) throws
}

public enum RunStatus: String, Sendable, Codable, CaseIterable {
  case running, finished, failed, interrupted
}

/// Everything known about a run when it starts.
public struct RunRecord: Sendable, Equatable, Codable {
  /// The experiment and a running number: `mlp-1`.
  public var name: String
  public var experiment: String
  public var title: String
  public var seed: UInt64
  /// Seconds since 1970.
  public var startedAt: Double
  public var command: [String]
  public var parameters: [Parameter]
  public var environment: [Fact]
  /// The experiment file as written, and after parameters were filled in.
  public var source: String
  public var resolved: String
  public var tag: String?
  public var note: String?
  /// How much of the experiment was asked for.
  public var scope: RunScope
  /// The name of the run or sweep that it belongs to.
  public var parent: String?

  /// A parameter with its value as JSON text, so that its type is kept.
  public struct Parameter: Sendable, Equatable, Codable {
    public var name: String
    public var json: String
    public init(name: String, json: String) {
      self.name = name
      self.json = json
    }
  }

  /// One thing known of the machine or the software: `cpu`, `isa`, `threads`, `git.commit`.
  public struct Fact: Sendable, Equatable, Codable {
    public var key: String
    public var value: String
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  public init(
    name: String, experiment: String, title: String, seed: UInt64, startedAt: Double, command: [String],
    parameters: [Parameter], environment: [Fact], source: String, resolved: String, tag: String? = nil,
    note: String? = nil, scope: RunScope = RunScope(), parent: String? = nil
  ) {
    self.name = name
    self.experiment = experiment
    self.title = title
    self.seed = seed
    self.startedAt = startedAt
    self.command = command
    self.parameters = parameters
    self.environment = environment
    self.source = source
    self.resolved = resolved
    self.tag = tag
    self.note = note
    self.scope = scope
    self.parent = parent
  }
}

/// How much of an experiment a run was asked to do.
public struct RunScope: Sendable, Equatable, Codable {
  /// Two batches a cell: its numbers mean nothing.
  public var isQuick: Bool
  /// The index of the last cell that was wanted, if not all were.
  public var until: Int?

  public init(isQuick: Bool = false, until: Int? = nil) {
    self.isQuick = isQuick
    self.until = until
  }

  /// How a run of so much ended, as lists of runs say it: `finished`, `finished, quick, until cell 3`.
  public func told(_ status: RunStatus) -> String {
    let words = (isQuick ? ["quick"] : []) + (until.map { ["until cell \($0 + 1)"] } ?? [])
    return ([status.rawValue] + words).joined(separator: ", ")
  }
}

/// Where an epoch stands; not logged, only shown.
public struct EpochProgress: Sendable {
  public var model: String
  public var epoch: Int
  public var epochs: Int
  public var step: Int
  public var steps: Int
  public var seconds: Double
  public var metrics: [(name: String, value: Double)]
  public var isEpochEnd: Bool
  public init(
    model: String, epoch: Int, epochs: Int, step: Int, steps: Int, seconds: Double,
    metrics: [(name: String, value: Double)], isEpochEnd: Bool
  ) {
    self.model = model
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.seconds = seconds
    self.metrics = metrics
    self.isEpochEnd = isEpochEnd
  }
}

/// One value of one metric.
///
/// `series` says what it belongs to: a training (`mlp`) or an evaluation (`test`).
public struct MetricPoint: Sendable, Equatable, Codable {
  public var series: String
  public var name: String
  /// From 1; `nil` for values that belong to no epoch.
  public var epoch: Int?
  /// Optimizer steps so far.
  public var step: Int
  public var value: Double
  public init(series: String, name: String, epoch: Int?, step: Int, value: Double) {
    self.series = series
    self.name = name
    self.epoch = epoch
    self.step = step
    self.value = value
  }
}

/// A data set that was read, with the SHA-256 of each of its source files.
public struct DatasetRecord: Sendable, Equatable, Codable {
  public struct File: Sendable, Equatable, Codable {
    public var path: String
    public var bytes: Int
    public var sha256: String
    public init(path: String, bytes: Int, sha256: String) {
      self.path = path
      self.bytes = bytes
      self.sha256 = sha256
    }
  }
  public struct Part: Sendable, Equatable, Codable {
    public var name: String
    public var count: Int
    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }
  public var name: String
  public var files: [File]
  public var parts: [Part]
  public init(name: String, files: [File], parts: [Part]) {
    self.name = name
    self.files = files
    self.parts = parts
  }
}

/// A file a run wrote, relative to the run's folder.
public struct Artifact: Sendable, Hashable, Codable {
  public var path: String
  public var mediaType: String
  public var bytes: Int
  public var sha256: String
  /// What it shows, for the report and for screen readers.
  public var caption: String
  public var cell: Int?
  /// Whether it is the run's report, which tells the time that everything took.
  public var isReport: Bool { RunFile.isReport(path) }
  public init(path: String, mediaType: String, bytes: Int, sha256: String, caption: String, cell: Int?) {
    self.path = path
    self.mediaType = mediaType
    self.bytes = bytes
    self.sha256 = sha256
    self.caption = caption
    self.cell = cell
  }
}

/// The outcome of one line of a `check:` cell.
public struct CheckResult: Sendable, Equatable, Codable {
  public var expression: String
  public var passed: Bool
  /// The value found, as text.
  public var found: String
  public init(expression: String, passed: Bool, found: String) {
    self.expression = expression
    self.passed = passed
    self.found = found
  }
}
