import ArgumentParser
import Config
import Diagnostics
import Experiments
import Foundation
import KerasFiles
import Plotting
import Reporting
import RunEvents
import RunLog

/// `runexp show`: a run's record, a file with its parameters filled in, or what a model file holds.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run, an experiment file or a model file.")

  @Argument(
    help: ArgumentHelp(
      "A run (mlp-1, latest), an experiment file, or a Keras .h5 or .keras.", valueName: "what"))
  var what: String
  @OptionGroup var file: FileOptions
  @OptionGroup var common: CommonOptions
  @Flag(help: "The weights of a model file: shape, mean, deviation, range.")
  var weights = false
  @Flag(help: "The layers of models used as layers, too.")
  var expand = false
  @Flag(help: "The layers of a model file as JSON.")
  var json = false
  @Option(help: ArgumentHelp("Draw the model into a PNG, SVG or PDF file.", valueName: "file"))
  var graph: String?
  @Option(help: ArgumentHelp("Which model of a run, if it saved several.", valueName: "name"))
  var model: String?

  func run() throws {
    let terminal = common.terminal
    do {
      if SavedModels.isFile(what) { return print(try modelText(what)) }
      if what.hasSuffix(".exp") || what.hasSuffix(".exp.yaml") { return try showFile(terminal) }
      let run = try SavedModels(what, reports: common.reports)
      print(try showsModel ? modelText(run.file(of: model)) : text(of: run))
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func showFile(_ terminal: Terminal) throws {
    let checked = CheckedExperiment(file.request(what, reports: common.reports))
    terminal.report(checked.diagnostics, checked.sources)
    guard let plan = checked.plan else { throw Status.wrongFile }
    print(plan.resolved)
  }

  /// Whether it is a run's model that is asked for.
  private var showsModel: Bool { graph != nil || model != nil || json || weights || expand }

  private func modelText(_ path: String) throws -> String {
    let view: ModelView
    do {
      view = try ModelView(path)
    } catch var diagnostic as Diagnostic where graph == nil && !json && !path.lowercased().hasSuffix(".keras")
    {
      // A file of any layers can be listed; what is missing to make a model of it is said.
      let archive = try KerasArchive.read(path)
      diagnostic.severity = .warning
      common.terminal.report(diagnostic)
      return try ModelText.text(of: archive, weights: weights)
    }
    if let graph { try view.draw(to: graph, expandingNested: expand) }
    if json { return view.json }
    let compiled = ModelText.compilation(view.archive)
    var parts = [view.text(expandingNested: expand)] + (compiled.isEmpty ? [] : [compiled])
    if weights { parts += ["", try ModelText.statistics(view.archive)] }
    return parts.joined(separator: "\n")
  }

  private func text(of saved: SavedModels) throws -> String {
    let name = saved.run
    let log = try RunStore.read(saved.log)
    let run = try log.run(named: name)
    let record = run.record
    var lines = ["\(record.name)   \(run.status.rawValue)", record.title, ""]
    lines += ["started     \(RunIndexPage.started(record.startedAt))"]
    if let seconds = run.seconds { lines += ["duration    \(DurationText.text(seconds))"] }
    lines += ["seed        \(record.seed)", "command     \(record.command.joined(separator: " "))"]
    lines += section("PARAMETERS", record.parameters.map { [$0.name, $0.json] })
    lines += section(
      "CELLS",
      run.cells.map {
        [
          "\($0.index + 1)", "\($0.keyword) \($0.name)", $0.status.rawValue,
          $0.seconds.map(DurationText.text) ?? "",
        ]
      })
    let metrics = try log.metrics(of: name).map { metric -> [String] in
      let values = metric.points.map(\.value).filter { !$0.isNaN }
      let best = metric.goal == .larger ? values.max() : values.min()
      return [
        "\(metric.series).\(metric.name)",
        "last \(metric.points.last.map { NumberText.significant($0.value, digits: 4) } ?? "")",
        metric.points.count > 1 ? "best \(best.map { NumberText.significant($0, digits: 4) } ?? "")" : "",
      ]
    }
    lines += section("METRICS", metrics)
    lines += section(
      "CHECKS", try log.checks(of: name).map { [$0.passed ? "passed" : "FAILED", $0.expression, $0.found] })
    let data = try log.datasets(of: name).flatMap { set in
      set.files.map { [set.name, String($0.sha256.prefix(16)) + "…", Places.relative($0.path)] }
    }
    lines += section("DATA", data)
    lines += section(
      "FILES",
      try log.artifacts(of: name).map { [$0.path, "\(NumberText.grouped($0.bytes)) bytes", $0.caption] })
    lines += section("MADE ON", try log.environment(of: name).map { [$0.key, $0.value] })
    return lines.joined(separator: "\n")
  }

  private func section(_ title: String, _ rows: [[String]]) -> [String] {
    rows.isEmpty ? [] : ["", title, TextTable.render(rows.map { [" "] + $0 }, rightFrom: 99)]
  }
}
