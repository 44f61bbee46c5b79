import RunAnalysis
import RunEvents
import RunLog
import Testing

/// A run with a data set, a metric of three epochs, and a training of six steps.
private func evidence(
  losses: [Float] = [6, 5, 4, 3, 2, 1],
  digests: [(step: Int, value: UInt64)] = [(1, 1), (2, 2), (4, 4), (6, 6)],
  points: [Double] = [3, 2, 1], change: (inout RunRecord) -> Void = { _ in }
) -> RunEvidence {
  var record = record(parameters: [.init(name: "rate", json: "0.1")])
  change(&record)
  let run = LoggedRun(record: record, status: .finished, resumptions: 0, process: .current(), cells: [])
  let history = MetricHistory(
    series: "mlp", name: "loss", goal: .smaller,
    points: points.enumerated().map { .init(step: 2 * $0 + 2, epoch: $0 + 1, value: $1) })
  let halves = [losses.prefix(3), losses.dropFirst(3)].enumerated().map { i, part in
    LoggedSteps(
      cell: 2, series: "mlp",
      trace: StepTrace(
        epoch: i + 1, firstStep: 3 * i + 1, losses: Array(part),
        digests: digests.filter { ($0.step > 3) == (i == 1) }.map { .init(step: $0.step, value: $0.value) }))
  }
  let data = DatasetRecord(
    name: "d", files: [.init(path: "/a/d.csv", bytes: 1, sha256: "aa")],
    parts: [.init(name: "train", count: 6)])
  return RunEvidence(run: run, datasets: [data], metrics: [history], steps: halves)
}

private func parting(_ first: RunEvidence, _ second: RunEvidence) -> TrainingDifference.Parting? {
  RunDifference(of: first, and: second).firstParting?.parting
}

@Suite struct RunDifferenceTests {
  @Test func `a run does not differ from itself`() {
    let difference = RunDifference(of: evidence(), and: evidence { $0.name = "mlp-2" })
    #expect(difference.isSameResult && difference.isSameExperiment)
    #expect(difference.trainings.map(\.isSame) == [true])
    #expect(difference.status == nil && difference.environment.isEmpty)
  }

  @Test func `the first step with another loss is named`() {
    var other: [Float] = [6, 5, 4, 3, 2, 1]
    other[4] = Float(2).nextUp
    let found = parting(evidence(), evidence(losses: other, digests: [(1, 1), (2, 2), (4, 4), (6, 7)]))
    #expect(found == .init(step: 5, epoch: 2, losses: .init(2, Float(2).nextUp), lastSameWeights: 4))
  }

  @Test func `weights that differ before any loss does are what counts`() {
    var other: [Float] = [6, 5, 4, 3, 2, 1]
    other[4] = 9
    let found = parting(evidence(), evidence(losses: other, digests: [(1, 1), (2, 3), (4, 5), (6, 7)]))
    #expect(found == .init(step: 2, epoch: 1, lastSameWeights: 1))
  }

  @Test func `other weights at the end are seen where all losses are the same`() {
    let found = parting(evidence(), evidence(digests: [(1, 1), (2, 2), (4, 4), (6, 7)]))
    #expect(found == .init(step: 6, epoch: 2, lastSameWeights: 4))
  }

  @Test func `losses that are not numbers are alike, zeros of other signs are not`() {
    let nan: [Float] = [6, .nan, 4, 3, 2, 1]
    let signalling: [Float] = [6, Float(bitPattern: 0x7FC0_0007), 4, 3, 2, 1]
    #expect(parting(evidence(losses: nan), evidence(losses: signalling)) == nil)
    #expect(parting(evidence(losses: [0, 1]), evidence(losses: [-.zero, 1]))?.step == 1)
  }

  @Test func `a training that goes on longer differs without parting`() {
    let difference = RunDifference(
      of: evidence(), and: evidence(losses: [6, 5, 4], digests: [(1, 1), (2, 2)]))
    #expect(difference.firstParting == nil && !difference.isSameResult)
    #expect(difference.trainings[0].firstSteps == 6 && difference.trainings[0].secondSteps == 3)
  }

  @Test func `parameters, seed, data and machine are listed by name`() {
    var second = evidence {
      $0.parameters = [.init(name: "units", json: "3")]
      $0.seed = 1
      $0.environment[0].value = "another"
    }
    second.datasets[0].files[0] = .init(path: "/b/d.csv", bytes: 1, sha256: "bb")
    second.datasets[0].parts[0].count = 5
    let difference = RunDifference(of: evidence(), and: second)
    #expect(difference.parameters == [.init("rate", "0.1", nil), .init("units", nil, "3")])
    #expect(difference.seed == .init("seed", "18446744073709551615", "1"))
    #expect(difference.data == [.init("d: d.csv", "aa", "bb"), .init("d: train samples", "6", "5")])
    #expect(difference.environment == [.init("cpu", "some", "another")])
    #expect(!difference.isSameExperiment && difference.isSameResult)
  }

  @Test func `the same file in another folder is the same data`() {
    var second = evidence()
    second.datasets[0].files[0].path = "/elsewhere/d.csv"
    #expect(RunDifference(of: evidence(), and: second).data.isEmpty)
  }

  @Test func `lines of the file that differ are listed with their numbers`() {
    let difference = RunDifference(
      of: evidence { $0.source = "a\nb\nc" }, and: evidence { $0.source = "a\nB\nc\nd" })
    #expect(
      difference.text == [
        LineChange(first: 2, text: "b"), LineChange(second: 2, text: "B"), LineChange(second: 4, text: "d"),
      ])
  }

  @Test func `a metric tells its first other point and how far apart they get`() {
    let metric = RunDifference(of: evidence(points: [3, 2, 1]), and: evidence(points: [3, 2.5, 2])).metrics
      .first
    #expect(metric?.parting == .init(step: 4, epoch: 2, value: 2))
    #expect(metric?.largestRelative == 0.5)
    #expect(metric?.first?.value == 1 && metric?.second?.value == 2)
  }

  @Test func `a metric that only one of them has is a difference`() {
    var second = evidence()
    second.metrics[0].name = "mae"
    let metrics = RunDifference(of: evidence(), and: second).metrics
    #expect(metrics.map(\.name) == ["loss", "mae"])
    #expect(metrics.map(\.firstCount) == [3, 0] && metrics.map(\.secondCount) == [0, 3])
  }
}
