import Archives
package import Config
import Foundation
import Plotting
import Reporting
import RunAnalysis
import RunEvents
import RunLog

/// Whether a run that was made again came out the same, and what differs.
package struct Verdict {
  package enum Outcome: String { case identical, equal, different }

  /// Something that differs.
  struct Finding {
    /// First what is the reason of the rest.
    enum Kind: String, CaseIterable { case experiment, data, training, status, metric, check, file }
    var kind: Kind
    var name: String
    var text: String
    /// Whether it is within the tolerance, or shows what is.
    var isWithin = false
  }

  let run: String
  let tolerance: Double
  /// What was compared.
  let compared: (points: Int, steps: Int, files: Int)
  /// In the order of their kinds.
  private(set) var findings: [Finding] = []
  /// Where it was made again.
  private(set) var environment: [RunRecord.Fact] = []
  /// What is not the same about the program, which may be the reason.
  private(set) var circumstances: [RunDifference.Change] = []
  /// The largest difference of two numbers, as a share of the larger one.
  private(set) var largest = 0.0

  package var outcome: Outcome {
    findings.isEmpty ? .identical : findings.allSatisfy(\.isWithin) ? .equal : .different
  }

  init(of original: RecordedRun, and again: RecordedRun, tolerance: Double) throws {
    let (first, second) = (try original.evidence(), try again.evidence())
    let difference = RunDifference(of: first, and: second)
    // What is in the log twice, as text and as a table, differs with its numbers.
    let files = original.artifacts.filter { !$0.isReport }
    run = original.name
    self.tolerance = tolerance
    compared = (
      first.metrics.map(\.points.count).reduce(0, +), first.steps.map(\.trace.losses.count).reduce(0, +),
      files.count
    )
    environment = again.record.environment
    circumstances = difference.environment.filter { ["runexp", "libraries"].contains($0.name) }
    addText(difference, original.record, again.record)
    for change in difference.data {
      add(.data, change.name, "was \(Self.hash(change.first)), is \(Self.hash(change.second))")
    }
    if let status = difference.status {
      let reason = again.failure.map { ": \($0)" } ?? ""
      add(.status, "run", "was \(status.first ?? "–"), is \(status.second ?? "–")\(reason)")
    }
    for metric in difference.metrics { add(metric) }
    for training in difference.trainings { add(training) }
    for check in difference.checks {
      add(.check, check.name, "was \(check.first ?? "–"), is \(check.second ?? "–")")
    }
    for file in files { compare(file, original, again) }
    let kinds = Finding.Kind.allCases
    findings.sort { kinds.firstIndex(of: $0.kind) ?? 0 < kinds.firstIndex(of: $1.kind) ?? 0 }
  }

  /// The experiment itself: an archive may have been changed, and another version may read it in another way.
  private mutating func addText(_ difference: RunDifference, _ first: RunRecord, _ second: RunRecord) {
    if let change = difference.text.first {
      let words = change.first == nil ? "has the line" : "lacks the line"
      let line = change.text.drop { $0 == " " }
      return add(.experiment, RunFile.experiment, "\(words) '\(line)'")
    }
    guard first.resolved != second.resolved else { return }
    add(.experiment, RunFile.resolved, "this version reads the experiment in another way", isWithin: true)
  }

  /// The verdict where data were changed so much that the experiment does not fit them any more.
  init(of original: RecordedRun, unfit data: [(path: String, sha256: String)], tolerance: Double) {
    run = original.name
    self.tolerance = tolerance
    compared = (0, 0, 0)
    largest = .infinity
    for file in data {
      let name = URL(fileURLWithPath: file.path).lastPathComponent
      let logged = original.datasets.flatMap(\.files).first {
        URL(fileURLWithPath: $0.path).lastPathComponent == name
      }
      add(
        .data, name,
        "was \(Self.hash(logged?.sha256)), is \(Self.hash(file.sha256)); the experiment does not fit it")
    }
  }

  private mutating func add(_ kind: Finding.Kind, _ name: String, _ text: String, isWithin: Bool = false) {
    findings.append(Finding(kind: kind, name: name, text: text, isWithin: isWithin))
  }

  private mutating func add(_ metric: MetricDifference) {
    let isWithin = metric.firstCount == metric.secondCount && metric.largestRelative <= tolerance
    largest = max(largest, metric.largestRelative)
    func text(_ point: MetricHistory.Point?) -> String {
      point.map { NumberText.significant($0.value, digits: 6) } ?? "nothing"
    }
    let place = metric.parting.map { ", first at step \($0.step)" } ?? ""
    add(
      .metric, "\(metric.series).\(metric.name)",
      "was \(text(metric.first)), is \(text(metric.second))\(place)",
      isWithin: isWithin)
  }

  /// Steps are compared to the bit; how much that matters the metrics tell.
  private mutating func add(_ training: TrainingDifference) {
    guard let parting = training.parting else { return }
    let losses = parting.losses.map { ": the loss was \($0.first), is \($0.second)" }
    add(
      .training, training.series,
      "parts at step \(parting.step), in epoch \(parting.epoch)" + (losses ?? ": the weights after it"),
      isWithin: findings.allSatisfy(\.isWithin))
  }

  private mutating func compare(_ file: Artifact, _ original: RecordedRun, _ again: RecordedRun) {
    guard let written = again.artifacts.first(where: { $0.path == file.path }) else {
      return add(.file, file.path, "was not written")
    }
    guard written.sha256 != file.sha256 else { return }
    guard isModelFile(file.path) else {
      // Figures and tables show numbers that are compared themselves.
      return add(
        .file, file.path, "other bytes", isWithin: findings.allSatisfy { $0.isWithin || $0.kind == .file })
    }
    let apart = ModelDifference.between("\(original.folder)/\(file.path)", "\(again.folder)/\(file.path)")
    largest = max(largest, apart ?? .infinity)
    let words = apart.map {
      $0 == 0 ? "the same weights, other bytes" : "weights differ by \(Self.share($0))"
    }
    add(.file, file.path, words ?? "another model", isWithin: apart.map { $0 <= tolerance } ?? false)
  }

  private static func hash(_ value: String?) -> String {
    guard let value else { return "nothing" }
    return value.count == 64 ? "SHA-256 \(value.prefix(12))…" : value
  }

  static func share(_ value: Double) -> String {
    value.isFinite ? NumberText.significant(value, digits: 2) : "∞"
  }
}

extension RecordedRun {
  /// What tells whether another run is the same.
  fileprivate func evidence() throws -> RunEvidence {
    try RunStore.read(RunFolder.log(in: folder)).evidence(of: name)
  }
}

extension Verdict {
  /// For people.
  package var text: String {
    let (points, steps, files) = (
      NumberText.grouped(compared.points), NumberText.grouped(compared.steps),
      NumberText.grouped(compared.files)
    )
    let head =
      switch outcome {
      case .identical:
        "identical   \(run): \(points) metric values, \(steps) steps of training, \(files) files, to the bit"
      case .equal:
        "equal   \(run): numbers differ by \(Self.share(largest)) at most, \(Self.share(tolerance)) is allowed"
      case .different: "different   \(run)"
      }
    var rows = findings.map { ["  \($0.kind.rawValue)", $0.name, $0.text] }
    if outcome != .identical {
      rows += circumstances.map {
        ["  made with", $0.name, "was \($0.first ?? "–"), is \($0.second ?? "–")"]
      }
    }
    return ([head] + (rows.isEmpty ? [] : [TextTable.render(rows, rightFrom: 99)])).joined(separator: "\n")
  }

  /// For programs.
  package var config: ConfigNode {
    [
      "run": run.config, "verdict": outcome.rawValue.config, "tolerance": tolerance.config,
      "largest_difference": largest.isFinite ? largest.config : nil,
      "compared": [
        "metric_values": compared.points.config, "training_steps": compared.steps.config,
        "files": compared.files.config,
      ],
      "environment": ConfigNode(.map(environment.map { .init($0.key, $0.value.config) })),
      "made_with": ConfigNode(
        .list(
          circumstances.map {
            ["name": $0.name.config, "was": $0.first.config, "is": $0.second.config]
          })),
      "findings": ConfigNode(
        .list(
          findings.map {
            [
              "kind": $0.kind.rawValue.config, "name": $0.name.config, "text": $0.text.config,
              "within_tolerance": $0.isWithin.config,
            ]
          })),
    ]
  }
}
