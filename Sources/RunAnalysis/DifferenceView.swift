package import Config
import Plotting
import Reporting
import RunLog

/// How `runexp diff` tells what two runs differ in.
package struct DifferenceView {
  package let first: String
  package let second: String
  private let difference: RunDifference

  package init(first: String, second: String, _ difference: RunDifference) {
    self.first = first
    self.second = second
    self.difference = difference
  }

  // MARK: For people

  /// What came out first, then what was told, then where.
  package var text: String {
    var lines = ["\(first) and \(second) \(verdict)"]
    lines += section("TRAINING", difference.trainings.map { [$0.title, $0.words] })
    lines += section(
      "METRICS", [["", first, second, ""]] + difference.metrics.map(\.row),
      isEmpty: difference.metrics.isEmpty)
    lines += section("CHECKS", difference.checks)
    lines += section("SEED", [difference.seed, difference.status].compactMap { $0 })
    lines += section("PARAMETERS", difference.parameters)
    // Of one file settings differ because parameters do.
    lines += section("SETTINGS", difference.text.isEmpty ? [] : difference.settings)
    lines += section("DATA", difference.data)
    lines += fileLines
    lines += section("MADE ON", difference.environment)
    return lines.joined(separator: "\n")
  }

  private var verdict: String {
    switch (difference.isSameExperiment, difference.isSameResult) {
    case (true, true): "are the same experiment and came out the same, to the bit"
    case (false, true): "were told different things and came out the same, to the bit"
    case (true, false): "are the same experiment and came out differently"
    case (false, false): "differ"
    }
  }

  private func section(_ title: String, _ changes: [RunDifference.Change]) -> [String] {
    section(title, changes.map { [$0.name, shortened($0.first), shortened($0.second)] })
  }

  private func section(_ title: String, _ rows: [[String]], isEmpty: Bool = false) -> [String] {
    rows.isEmpty || isEmpty ? [] : ["", title, TextTable.render(rows.map { [" "] + $0 }, rightFrom: 99)]
  }

  /// Hashes and long lists are told by their beginnings.
  private func shortened(_ value: String?) -> String {
    guard let value else { return "–" }
    return value.count > 36 ? String(value.prefix(35)) + "…" : value
  }

  private var fileLines: [String] {
    guard !difference.text.isEmpty else { return [] }
    let lines = difference.text.map { change -> String in
      let number = "\(change.first ?? change.second ?? 0)"
      let space = String(repeating: " ", count: max(0, 5 - number.count))
      return "\(space)\(number) \(change.first == nil ? "+" : "-") \(change.text)"
    }
    return ["", "EXPERIMENT FILE"] + lines
  }

  // MARK: For programs

  package var config: ConfigNode {
    [
      "first": first.config, "second": second.config,
      "same_experiment": difference.isSameExperiment.config, "same_result": difference.isSameResult.config,
      "trainings": ConfigNode(.list(difference.trainings.map(\.config))),
      "metrics": ConfigNode(.list(difference.metrics.map(\.config))),
      "checks": list(difference.checks), "status": list(difference.status.map { [$0] } ?? []),
      "seed": list(difference.seed.map { [$0] } ?? []), "parameters": list(difference.parameters),
      "settings": list(difference.settings), "data": list(difference.data),
      "text": ConfigNode(
        .list(
          difference.text.map {
            ["first_line": $0.first.config, "second_line": $0.second.config, "text": $0.text.config]
          })), "environment": list(difference.environment),
    ]
  }

  private func list(_ changes: [RunDifference.Change]) -> ConfigNode {
    ConfigNode(
      .list(changes.map { ["name": $0.name.config, "first": $0.first.config, "second": $0.second.config] }))
  }
}

extension TrainingDifference {
  fileprivate var title: String { number == 1 ? series : "\(series) (\(number))" }

  /// `parts at step 17 (epoch 1): loss 0.7312 and 0.7313; the weights were the same after step 16`.
  fileprivate var words: String {
    guard let parting else {
      if firstSteps == secondSteps { return "the same in all \(NumberText.grouped(firstSteps)) steps" }
      let (few, many) = (min(firstSteps, secondSteps), max(firstSteps, secondSteps))
      if few == 0 { return "only in \(firstSteps == 0 ? "the second" : "the first")" }
      return
        "the same for \(NumberText.grouped(few)) steps, then \(firstSteps < secondSteps ? "the second" : "the first") goes on to \(NumberText.grouped(many))"
    }
    var words = "parts at step \(NumberText.grouped(parting.step)) (epoch \(parting.epoch))"
    if let losses = parting.losses {
      let texts = Self.texts(losses)
      words += ": loss \(texts.0) and \(texts.1)"
    } else {
      words += ": the weights differ after it"
    }
    if let last = parting.lastSameWeights {
      words += "; the weights were the same after step \(NumberText.grouped(last))"
    }
    return words
  }

  /// Two losses with as many digits as tell them apart.
  private static func texts(_ losses: Pair) -> (String, String) {
    let (a, b) = (Double(losses.first), Double(losses.second))
    for digits in 4...9 {
      let texts = (NumberText.significant(a, digits: digits), NumberText.significant(b, digits: digits))
      if texts.0 != texts.1 { return texts }
    }
    return ("\(losses.first)", "\(losses.second)")
  }

  fileprivate var config: ConfigNode {
    let place: ConfigNode? = parting.map { parting in
      [
        "step": parting.step.config, "epoch": parting.epoch.config,
        "first_loss": parting.losses.map { Double($0.first) }.finite,
        "second_loss": parting.losses.map { Double($0.second) }.finite,
        "last_same_weights": parting.lastSameWeights.config,
      ]
    }
    return [
      "model": series.config, "training": number.config, "first_steps": firstSteps.config,
      "second_steps": secondSteps.config, "parting": place ?? nil,
    ]
  }
}

extension MetricDifference {
  /// Name, both last values, and where they part.
  fileprivate var row: [String] {
    func text(_ point: MetricHistory.Point?) -> String {
      point.map { NumberText.significant($0.value, digits: 6) } ?? "–"
    }
    let place = parting.map { $0.epoch.map { "from epoch \($0)" } ?? "from step \($0.step)" }
    return [
      series.isEmpty ? name : "\(series).\(name)", text(first), text(second), place ?? "one goes on longer",
    ]
  }

  fileprivate var config: ConfigNode {
    [
      "series": series.config, "name": name.config, "first": first.map(\.value).finite,
      "second": second.map(\.value).finite, "first_points": firstCount.config,
      "second_points": secondCount.config,
      "from_epoch": (parting?.epoch).config, "from_step": (parting?.step).config,
      "largest_relative_difference": (parting == nil ? nil : largestRelative).finite,
    ]
  }
}
