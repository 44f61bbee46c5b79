import RunEvents
import RunLog

/// Everything in which two logged runs differ: what they were told, what they read, where they ran, what came out, and
/// the first step of a training at which they part.
///
/// Times, names, tags and notes of runs are no differences.
public struct RunDifference: Sendable, Equatable {
  /// Something with a name that both runs have with other values, or one of them alone.
  public struct Change: Sendable, Equatable {
    public var name: String
    /// `nil` where there is none.
    public var first: String?
    public var second: String?

    public init(_ name: String, _ first: String?, _ second: String?) {
      self.name = name
      self.first = first
      self.second = second
    }
  }

  /// How the runs ended, if not alike.
  public var status: Change?
  public var seed: Change?
  public var parameters: [Change]
  /// Lines of the experiment file as it was written that only one of them has.
  public var text: [LineChange]
  /// Settings of cells, after parameters were filled in: `train mlp.batch_size`.
  public var settings: [Change]
  /// Hashes of files and numbers of samples.
  public var data: [Change]
  public var environment: [Change]
  /// Metrics with other points, or that one of them lacks.
  public var metrics: [MetricDifference]
  /// Every training of either run, also those that are the same to the bit.
  public var trainings: [TrainingDifference]
  /// Expressions of checks with another outcome.
  public var checks: [Change]

  /// Compares two runs; neither is the better one.
  public init(of first: RunEvidence, and second: RunEvidence) {
    let (a, b) = (first.run.record, second.run.record)
    status = Self.change("status", first.run.status.rawValue, second.run.status.rawValue)
    seed = Self.change("seed", "\(a.seed)", "\(b.seed)")
    parameters = Self.changes(
      a.parameters.map { ($0.name, $0.json) }, b.parameters.map { ($0.name, $0.json) })
    text = LineChange.between(a.source, b.source)
    let told = [a, b].map { ExperimentSettings(resolved: $0.resolved) }
    settings = ExperimentSettings.differences(between: told).map {
      Change($0.name, $0.values[0], $0.values[1])
    }
    data = Self.changes(first.datasets.flatMap(\.facts), second.datasets.flatMap(\.facts))
    environment = Self.changes(
      a.environment.map { ($0.key, $0.value) }, b.environment.map { ($0.key, $0.value) })
    metrics = MetricDifference.between(first.metrics, second.metrics)
    trainings = TrainingDifference.between(first.steps, second.steps)
    checks = Self.changes(
      first.checks.map { ($0.expression, $0.passed ? "passed" : "failed") },
      second.checks.map { ($0.expression, $0.passed ? "passed" : "failed") })
  }

  /// Whether both computed the same numbers to the bit, as far as the logs say.
  public var isSameResult: Bool {
    metrics.isEmpty && checks.isEmpty && trainings.allSatisfy(\.isSame)
  }

  /// Whether both were told the same: file, parameters, seed and data.
  public var isSameExperiment: Bool { text.isEmpty && parameters.isEmpty && seed == nil && data.isEmpty }

  /// Where the runs part first: the first training in which they do, in the order of training.
  public var firstParting: TrainingDifference? { trainings.first { $0.parting != nil } }

  private static func change(_ name: String, _ first: String?, _ second: String?) -> Change? {
    first == second ? nil : Change(name, first, second)
  }

  /// What differs between two lists of names and values, in the order of the first list, then of the second.
  private static func changes(
    _ first: [(name: String, value: String)], _ second: [(name: String, value: String)]
  ) -> [Change] {
    let (a, b) = (
      Dictionary(first.map { ($0.name, $0.value) }) { old, _ in old },
      Dictionary(second.map { ($0.name, $0.value) }) { old, _ in old }
    )
    let names = first.map(\.name) + second.map(\.name).filter { a[$0] == nil }
    return names.compactMap { change($0, a[$0], b[$0]) }
  }
}

extension DatasetRecord {
  /// What may not differ between two runs on the same data.
  fileprivate var facts: [(name: String, value: String)] {
    files.enumerated().map { i, file in
      let base = file.path.split(separator: "/").last.map(String.init) ?? file.path
      return (
        "\(name): \(base)" + (files[..<i].contains { $0.path.hasSuffix(base) } ? " (\(i + 1))" : ""),
        file.sha256
      )
    } + parts.map { ("\(name): \($0.name) samples", "\($0.count)") }
  }
}
