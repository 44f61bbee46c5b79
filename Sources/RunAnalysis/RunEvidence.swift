public import Diagnostics
public import RunEvents
public import RunLog

/// What a log knows of a run that tells whether another run is the same: all but its files and its times.
public struct RunEvidence: Sendable {
  public var run: LoggedRun
  public var datasets: [DatasetRecord]
  public var metrics: [MetricHistory]
  /// In the order of training.
  public var steps: [LoggedSteps]
  public var checks: [CheckResult]

  public init(
    run: LoggedRun, datasets: [DatasetRecord] = [], metrics: [MetricHistory] = [], steps: [LoggedSteps] = [],
    checks: [CheckResult] = []
  ) {
    self.run = run
    self.datasets = datasets
    self.metrics = metrics
    self.steps = steps
    self.checks = checks
  }
}

extension LogDatabase {
  /// What tells whether another run is the same, from the log of the run itself: an index has no points and no steps.
  /// - Throws: E0706 if there is no such run.
  public func evidence(of name: String) throws(Diagnostic) -> RunEvidence {
    RunEvidence(
      run: try run(named: name), datasets: try datasets(of: name), metrics: try metrics(of: name),
      steps: try steps(of: name), checks: try checks(of: name))
  }
}
