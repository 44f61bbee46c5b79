package import Config
import Plotting
import Reporting
import RunEvents
package import RunLog

/// Runs one below the other, for people and for programs.
package struct RunList {
  private let runs: [RunSummary]

  /// - Parameter runs: in the order in which they are listed.
  package init(_ runs: [RunSummary]) { self.runs = runs }

  /// A line for each run; a column for each parameter, and for the metrics that most of them have.
  package var text: String {
    let parameters = Set(runs.flatMap { $0.parameters.map(\.name) }).sorted()
    let metrics = RunIndexPage.columns(runs)
    // Columns that only some runs have something for.
    let own = [("tag", \RunSummary.tag), ("parent", \RunSummary.parent)].filter { column in
      runs.contains { $0[keyPath: column.1] != nil }
    }
    var rows = [
      ["run", "status"] + own.map(\.0) + ["started", "time"] + parameters + metrics.map(\.title)
    ]
    for run in runs {
      let told = parameters.map { name in run.parameters.first { $0.name == name }?.json ?? "" }
      let values = metrics.map { column in
        column.value(in: run).map { NumberText.significant($0, digits: 4) } ?? ""
      }
      rows.append(
        [run.name, run.told] + own.map { run[keyPath: $0.1] ?? "" }
          + [RunIndexPage.started(run.startedAt), run.seconds.map(DurationText.text) ?? ""] + told + values)
    }
    return TextTable.render(rows, rightFrom: 3 + own.count)
  }

  package var config: ConfigNode { ConfigNode(.list(runs.map(\.config))) }
}

extension RunRecord.Parameter {
  /// The value behind its JSON.
  var value: ConfigNode { (try? ConfigNode(json: json)) ?? ConfigNode(.string(json)) }
}

extension RunSummary {
  fileprivate var config: ConfigNode {
    [
      "run": name.config, "experiment": experiment.config, "status": status.rawValue.config,
      "quick": scope.isQuick.config, "until": scope.until.map { $0 + 1 }.config,
      "seed": Int(clamping: seed).config, "tag": tag.config, "note": note.config, "parent": parent.config,
      "started_at": startedAt.config, "seconds": seconds.config,
      "parameters": ConfigNode(.map(parameters.map { .init($0.name, $0.value.config) })),
      "metrics": ConfigNode(.list(metrics.map(\.config))),
    ]
  }
}
