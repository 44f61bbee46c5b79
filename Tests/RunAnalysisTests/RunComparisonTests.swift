import RunAnalysis
import RunEvents
import RunLog
import Testing

/// A finished run with one training metric and one evaluation.
private func run(
  _ number: Int, seed: UInt64 = 1, rate: String = "0.1", best: Double = 0.5, test: Double = 0.7,
  sha: String = "aa",
  split: Int = 5, metrics: String = "[accuracy]", units: Int = 3
) -> ComparedRun {
  func summary(_ series: String, _ name: String, _ value: Double, epoch: Int?) -> MetricSummary {
    let place = MetricSummary.Value(value: value, step: 40, epoch: epoch)
    let last = MetricSummary.Value(value: value - 0.125, step: 80, epoch: epoch.map { $0 + 4 })
    return MetricSummary(
      series: series, name: name, goal: .larger, last: epoch == nil ? place : last, best: place)
  }
  let resolved = """
    experiment: mlp
    seed: \(seed)
    cells:
      - text: run \(number)
      - data: d
        csv: d.csv
        split: {validation: \(split)}
      - model: m
        layers: [{Dense: {units: \(units)}}, Dense]
      - train: m
        data: d
        metrics: \(metrics)
        optimizer: {SGD: {learning_rate: \(rate)}}
    """
  return ComparedRun(
    summary: RunSummary(
      name: "mlp-\(number)", experiment: "mlp", title: "", status: .finished, seed: seed, startedAt: 0,
      seconds: 1,
      parameters: [.init(name: "rate", json: rate), .init(name: "same", json: "1")],
      metrics: [
        summary("m", "accuracy", best + 0.1, epoch: 3), summary("m", "val_accuracy", best, epoch: 3),
        summary("test", "accuracy", test, epoch: nil),
      ]),
    resolved: resolved,
    datasets: [.init(name: "d", files: [.init(path: "d.csv", bytes: 1, sha256: sha)], parts: [])])
}

@Suite struct RunComparisonTests {
  @Test func `runs that differ only in the seed are one row`() {
    let comparison = RunComparison([run(1), run(2, seed: 2), run(3, rate: "0.2"), run(4, seed: 3)])
    #expect(comparison.rows.map { $0.runs.map(\.name) } == [["mlp-1", "mlp-2", "mlp-4"], ["mlp-3"]])
    #expect(comparison.rows[0].name == "mlp-1, mlp-2, mlp-4")
  }

  @Test func `a repeated seed is a row of its own`() {
    let comparison = RunComparison([run(1), run(2), run(3, seed: 2), run(4, seed: 2)])
    #expect(comparison.rows.map { $0.runs.map(\.name) } == [["mlp-1", "mlp-3"], ["mlp-2", "mlp-4"]])
  }

  @Test func `only parameters that differ are shown, and all with showingAll`() {
    let runs = [run(1), run(2, rate: "0.2")]
    #expect(RunComparison(runs).settings == ["rate"])
    #expect(RunComparison(runs).rows.map(\.settings) == [["0.1"], ["0.2"]])
    #expect(RunComparison(runs, showingAll: true).settings == ["rate", "same"])
  }

  @Test func `settings that no parameter explains are shown by their path`() {
    let comparison = RunComparison([run(1), run(2, rate: "0.2"), run(3, rate: "0.2", units: 9)])
    #expect(comparison.settings == ["rate", "model m.layers.1.Dense.units"])
    #expect(comparison.rows.map { $0.settings[1] } == ["3", "3", "9"])
  }

  @Test func `a row has mean and deviation of best and last`() throws {
    let comparison = RunComparison([run(1, best: 0.5), run(2, seed: 2, best: 0.75), run(3, seed: 3, best: 1)])
    let outcome = try #require(comparison.rows[0].outcomes[0])
    #expect(comparison.metrics[0].title == "val_accuracy")
    #expect(outcome.best.mean == 0.75 && outcome.best.deviation == 0.25 && outcome.best.count == 3)
    #expect(outcome.last.mean == 0.625)
    #expect(outcome.epoch == 3 && outcome.step == 40)
  }

  @Test func `training metrics make room for those of validation, unless asked for`() {
    #expect(RunComparison([run(1)]).metrics.map(\.title) == ["val_accuracy", "test.accuracy"])
    #expect(
      RunComparison([run(1)], showingAll: true).metrics.map(\.title) == [
        "accuracy", "val_accuracy", "test.accuracy",
      ])
    #expect(RunComparison([run(1)], metrics: ["m.accuracy"]).metrics.map(\.title) == ["accuracy"])
  }

  @Test(arguments: [
    (run(2, sha: "bb"), ["other data: d"]),
    (run(2, split: 9), ["data prepared otherwise: data d.split.validation"]),
    (run(2, metrics: "[auc]"), ["measured otherwise: train m.metrics.1"]), (run(2, rate: "0.5"), []),
    (run(2, units: 7), []),
  ]) func `what cannot be compared is said on the row`(other: ComparedRun, remarks: [String]) {
    let comparison = RunComparison([run(1), other])
    #expect(comparison.rows[0].remarks == [])
    #expect(comparison.rows[1].remarks == remarks)
  }

  @Test func `runs that did not finish are named`() {
    var killed = run(2, rate: "0.5")
    killed.summary.status = .interrupted
    #expect(RunComparison([run(1), killed]).rows[1].remarks == ["mlp-2: interrupted"])
  }

  @Test func `the baseline comes first and seeds are paired`() throws {
    let runs = [
      run(1, rate: "0.2", best: 0.9), run(2, seed: 2, rate: "0.2", best: 0.7),
      run(3, seed: 9, rate: "0.2", best: 0),
      run(4, best: 0.8), run(5, seed: 2, best: 0.5),
    ]
    let comparison = RunComparison(runs, baseline: "mlp-5")
    #expect(comparison.rows.map { $0.runs[0].name } == ["mlp-4", "mlp-1"])
    let difference = try #require(comparison.pairedDifference(row: 1, metric: 0))
    #expect(difference.count == 2 && abs(difference.mean - 0.15) < 1e-12)
    let interval = try #require(difference.interval)
    #expect(
      abs(interval.lowerBound - 0.1) < 1e-12 && abs(interval.upperBound - 0.2) < 1e-12 && difference.isClear)
  }

  @Test func `one pair has no interval, none has no difference`() throws {
    let one = RunComparison([run(1), run(2, rate: "0.2")]).pairedDifference(row: 1, metric: 0)
    #expect(one?.count == 1 && one?.interval == nil)
    #expect(RunComparison([run(1), run(2, seed: 5, rate: "0.2")]).pairedDifference(row: 1, metric: 0) == nil)
  }

  @Test func `an interval is the same every time and covers the mean`() throws {
    let runs = (1...8).flatMap { seed in
      [
        run(seed, seed: UInt64(seed), best: 0),
        run(seed + 10, seed: UInt64(seed), rate: "1", best: Double(seed) / 8),
      ]
    }
    let first = try #require(RunComparison(runs).pairedDifference(row: 1, metric: 0))
    let interval = try #require(first.interval)
    #expect(RunComparison(runs).pairedDifference(row: 1, metric: 0) == first)
    // The bootstrap deviation of this mean is 0.286 / √8 = 0.101: its 95 % are 0.2 to both sides.
    #expect((0.34...0.39).contains(interval.lowerBound) && (0.73...0.78).contains(interval.upperBound))
  }

  @Test func `a number that is none spoils a mean and is not hidden`() throws {
    let outcome = try #require(RunComparison([run(1), run(2, seed: 2, best: .nan)]).rows[0].outcomes[0])
    #expect(outcome.best.mean.isNaN && outcome.best.count == 2)
  }

  @Test func `names that are not there are told`() throws {
    let store = try RunStore(inMemoryFor: .current())
    try store.append([.runStarted(record()), .runEnded(status: .finished, seconds: 1)])
    #expect(try store.log.compared(["mlp-1"]).map(\.summary.name) == ["mlp-1"])
    #expect(code { _ = try store.log.compared(["mlp-1", "mlp-2"]) } == "E0706")
  }
}
