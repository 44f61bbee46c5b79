public import RunEvents

/// One line of `runexp list`.
public struct RunSummary: Sendable, Equatable {
  public var name: String
  public var experiment: String
  public var title: String
  /// `interrupted` also where the log says running, but the process has ended.
  public var status: RunStatus
  public var seed: UInt64
  /// Seconds since 1970.
  public var startedAt: Double
  /// `nil` while it runs, or if it was killed.
  public var seconds: Double?
  public var tag: String?
  public var note: String?
  /// How much of the experiment was asked for.
  public var scope: RunScope
  /// The run or sweep that it belongs to.
  public var parent: String?
  public var parameters: [RunRecord.Parameter]
  public var metrics: [MetricSummary]

  /// Its status, with how much of the experiment it did where that is not everything: `finished, quick`.
  public var told: String { scope.told(status) }

  /// The summary of a metric; without a series, the first that has it.
  public func metric(_ name: String, series: String? = nil) -> MetricSummary? {
    metrics.first { $0.name == name && (series == nil || $0.series == series) }
  }

  public init(
    name: String, experiment: String, title: String, status: RunStatus, seed: UInt64, startedAt: Double,
    seconds: Double? = nil, tag: String? = nil, note: String? = nil, scope: RunScope = RunScope(),
    parent: String? = nil, parameters: [RunRecord.Parameter], metrics: [MetricSummary]
  ) {
    self.name = name
    self.experiment = experiment
    self.title = title
    self.status = status
    self.seed = seed
    self.startedAt = startedAt
    self.seconds = seconds
    self.tag = tag
    self.note = note
    self.scope = scope
    self.parent = parent
    self.parameters = parameters
    self.metrics = metrics
  }
}

/// The last and the best value of one metric of one series.
public struct MetricSummary: Sendable, Equatable {
  /// A value with where it was reached.
  ///
  /// NaN is the best only if there was no number.
  public struct Value: Sendable, Equatable {
    public var value: Double
    public var step: Int
    public var epoch: Int?
    public init(value: Double, step: Int, epoch: Int?) {
      self.value = value
      self.step = step
      self.epoch = epoch
    }
  }

  public var series: String
  public var name: String
  public var goal: MetricGoal
  public var last: Value
  public var best: Value

  public init(series: String, name: String, goal: MetricGoal, last: Value, best: Value) {
    self.series = series
    self.name = name
    self.goal = goal
    self.last = last
    self.best = best
  }
}

/// Everything a log knows about a run but its points, files and checks.
public struct LoggedRun: Sendable, Equatable {
  public var record: RunRecord
  public var status: RunStatus
  public var seconds: Double?
  /// How often it was resumed.
  public var resumptions: Int
  public var process: ProcessIdentity
  public var cells: [LoggedCell]

  public init(
    record: RunRecord, status: RunStatus, seconds: Double? = nil, resumptions: Int, process: ProcessIdentity,
    cells: [LoggedCell]
  ) {
    self.record = record
    self.status = status
    self.seconds = seconds
    self.resumptions = resumptions
    self.process = process
    self.cells = cells
  }
}

/// A cell of a run.
public struct LoggedCell: Sendable, Equatable {
  public var index: Int
  public var keyword: String
  public var name: String
  public var status: RunStatus
  public var seconds: Double?

  public init(index: Int, keyword: String, name: String, status: RunStatus, seconds: Double? = nil) {
    self.index = index
    self.keyword = keyword
    self.name = name
    self.status = status
    self.seconds = seconds
  }
}

/// The points of one metric of one series in the order they were logged.
public struct MetricHistory: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var step: Int
    public var epoch: Int?
    public var value: Double

    public init(step: Int, epoch: Int? = nil, value: Double) {
      self.step = step
      self.epoch = epoch
      self.value = value
    }
  }

  public var series: String
  public var name: String
  public var goal: MetricGoal
  public var points: [Point]

  public init(series: String, name: String, goal: MetricGoal, points: [Point]) {
    self.series = series
    self.name = name
    self.goal = goal
    self.points = points
  }
}

/// What the steps of one epoch of a training computed.
public struct LoggedSteps: Sendable {
  /// The cell that trained, from 0.
  public var cell: Int
  /// The model.
  public var series: String
  public var trace: StepTrace

  public init(cell: Int, series: String, trace: StepTrace) {
    self.cell = cell
    self.series = series
    self.trace = trace
  }
}

/// A note of a cell, or a diagnostic.
public struct LoggedEvent: Sendable, Equatable {
  public var cell: Int?
  public var code: String?
  public var severity: String
  public var text: String
  public var help: String?

  public init(cell: Int? = nil, code: String? = nil, severity: String, text: String, help: String? = nil) {
    self.cell = cell
    self.code = code
    self.severity = severity
    self.text = text
    self.help = help
  }
}

/// How a list of runs is ordered.
public enum RunOrder: Sendable, Equatable {
  /// The newest first.
  case started
  /// By experiment and number: `mlp-2` before `mlp-10`.
  case name
  /// The quickest first; runs without an end last.
  case seconds
  /// The best first, by the metric's goal; runs without it last.
  case best(metric: String, series: String? = nil)
  /// By the last value of a metric, the better first.
  case last(metric: String, series: String? = nil)
  /// Numbers by size, then texts; runs without it last.
  case parameter(String)
}
