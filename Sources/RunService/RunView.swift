package import Config
package import Diagnostics
import Plotting
import Reporting
import RunAnalysis
import RunEvents
import RunLog

/// What the log of a run knows of it, for people and for programs.
package struct RunView {
  private let evidence: RunEvidence
  private let summaries: [MetricSummary]
  private let artifacts: [Artifact]

  /// - Throws: E0701 to E0706.
  package init(_ run: String, log path: String) throws(Diagnostic) {
    let log = try RunStore.read(path)
    evidence = try log.evidence(of: run)
    summaries = try log.runs(named: [run]).first?.metrics ?? []
    artifacts = try log.artifacts(of: run)
  }

  package var text: String {
    let (run, record) = (evidence.run, evidence.run.record)
    var lines = ["\(record.name)   \(record.scope.told(run.status))", record.title, ""]
    lines += ["started     \(RunIndexPage.started(record.startedAt))"]
    if let seconds = run.seconds { lines += ["duration    \(DurationText.text(seconds))"] }
    lines += ["seed        \(record.seed)", "command     \(record.command.joined(separator: " "))"]
    lines += record.tag.map { ["tag         \($0)"] } ?? []
    lines += record.note.map { ["note        \($0)"] } ?? []
    lines += record.parent.map { ["parent      \($0)"] } ?? []
    lines += section("PARAMETERS", record.parameters.map { [$0.name, $0.json] })
    lines += section(
      "CELLS",
      run.cells.map {
        [
          "\($0.index + 1)", "\($0.keyword) \($0.name)", $0.status.rawValue,
          $0.seconds.map(DurationText.text) ?? "",
        ]
      })
    lines += section("METRICS", summaries.map(\.row))
    lines += section(
      "CHECKS", evidence.checks.map { [$0.passed ? "passed" : "FAILED", $0.expression, $0.found] })
    let data = evidence.datasets.flatMap { set in
      set.files.map { [set.name, String($0.sha256.prefix(16)) + "…", Places.relative($0.path)] }
    }
    lines += section("DATA", data)
    lines += section(
      "FILES", artifacts.map { [$0.path, "\(NumberText.grouped($0.bytes)) bytes", $0.caption] })
    lines += section("MADE ON", record.environment.map { [$0.key, $0.value] })
    return lines.joined(separator: "\n")
  }

  private func section(_ title: String, _ rows: [[String]]) -> [String] {
    rows.isEmpty ? [] : ["", title, TextTable.render(rows.map { [" "] + $0 }, rightFrom: 99)]
  }

  package var config: ConfigNode {
    let (run, record) = (evidence.run, evidence.run.record)
    let cells = run.cells.map { cell -> ConfigNode in
      [
        "index": (cell.index + 1).config, "keyword": cell.keyword.config, "name": cell.name.config,
        "status": cell.status.rawValue.config, "seconds": cell.seconds.config,
      ]
    }
    let data = evidence.datasets.flatMap { set in
      set.files.map { file -> ConfigNode in
        [
          "data": set.name.config, "path": file.path.config, "bytes": file.bytes.config,
          "sha256": file.sha256.config,
        ]
      }
    }
    let files = artifacts.map { file -> ConfigNode in
      [
        "path": file.path.config, "bytes": file.bytes.config, "sha256": file.sha256.config,
        "caption": file.caption.config,
      ]
    }
    let checks = evidence.checks.map { check -> ConfigNode in
      ["expression": check.expression.config, "passed": check.passed.config, "found": check.found.config]
    }
    return [
      "run": record.name.config, "experiment": record.experiment.config, "title": record.title.config,
      "status": run.status.rawValue.config, "quick": record.scope.isQuick.config,
      "until": record.scope.until.map { $0 + 1 }.config, "seed": Int(clamping: record.seed).config,
      "tag": record.tag.config,
      "note": record.note.config, "parent": record.parent.config, "started_at": record.startedAt.config,
      "seconds": run.seconds.config,
      "resumptions": run.resumptions.config, "command": record.command.config,
      "parameters": ConfigNode(.map(record.parameters.map { .init($0.name, $0.value.config) })),
      "cells": ConfigNode(.list(cells)), "metrics": ConfigNode(.list(summaries.map(\.config))),
      "checks": ConfigNode(.list(checks)), "data": ConfigNode(.list(data)), "files": ConfigNode(.list(files)),
      "environment": ConfigNode(.map(record.environment.map { .init($0.key, $0.value.config) })),
    ]
  }
}

extension MetricSummary {
  fileprivate var row: [String] {
    func text(_ value: Double) -> String { NumberText.significant(value, digits: 4) }
    let best =
      last.epoch == nil ? "" : "best \(text(self.best.value))" + (self.best.epoch.map { " @ \($0)" } ?? "")
    return ["\(series).\(name)", "last \(text(last.value))", best]
  }

  /// As `list` and `show` tell programs.
  var config: ConfigNode {
    [
      "series": series.config, "name": name.config, "last": Optional(last.value).finite,
      "best": Optional(best.value).finite, "best_epoch": best.epoch.config, "best_step": best.step.config,
    ]
  }
}
