import Config
import Foundation
import Plotting
import Reporting
import RunEvents
import RunLog

/// Texts of an archive for people: what it is, what is in it, how to make the run again.
struct CrateTexts {
  let contents: CrateContents
  let credits: Credits
  let program: Program

  private var recorded: RecordedRun { contents.recorded }
  private var record: RunRecord { recorded.record }

  /// What is worth knowing at first sight.
  var facts: [ReportFact] {
    var facts = [ReportFact("run", record.name), ReportFact("ended", recorded.run.status.rawValue)]
    if let failure = recorded.failure { facts.append(ReportFact("because", failure)) }
    let started = CrateGraph.time(record.startedAt).prefix(16).replacingOccurrences(of: "T", with: " ")
    facts += [
      ReportFact("started", "\(started) UTC"),
      ReportFact("took", recorded.run.seconds.map(DurationText.text) ?? "not known"),
      ReportFact("seed", "\(record.seed)"),
    ]
    return facts
  }

  /// Markdown in a table of what came out; of trainings the best epochs, of evaluations the values.
  var results: [ReportFact] {
    recorded.metrics.map { metric in
      let name = "\(metric.series).\(metric.name)"
      guard let epoch = metric.best.epoch else {
        return ReportFact(name, NumberText.significant(metric.last.value))
      }
      let best = NumberText.significant(metric.best.value)
      return ReportFact(name, "\(NumberText.significant(metric.last.value)), best \(best) in epoch \(epoch)")
    }
  }

  var readMe: String {
    var parts = ["# \(Self.escaped(record.title))", introduction]
    parts.append(Self.table(["", ""], (facts + parameters).map { [$0.name, $0.value] }))
    if !results.isEmpty {
      parts += ["## Results", Self.table(["metric", "value"], results.map { [$0.name, $0.value] })]
    }
    parts += ["## To make it again", again, "## Data", data]
    parts += ["## Licence and authors", rights]
    return parts.joined(separator: "\n\n") + "\n"
  }

  var parameters: [ReportFact] { record.parameters.map { ReportFact($0.name, $0.json) } }

  var introduction: String {
    """
    One run of the experiment in [\(RunFile.experiment)](\(RunFile.experiment)), made with runexp \
    \(Self.escaped(version)): its log, report, figures and models, with the data they came from. \
    [The report](\(RunFile.page)) shows what it did; [\(RunFile.log)](\(RunFile.log)) holds every number. The archive is an [RO-Crate](https://www.researchobject.org/ro-crate/): \
    [ro-crate-metadata.json](ro-crate-metadata.json) describes its files for machines.
    """
  }

  var again: String {
    """
        runexp verify \(record.name).zip
        runexp reproduce \(record.name).zip

    The first checks the hash of every file. The second runs the experiment again from what is in here, and says whether \
    the same came out: weights, metrics and figures, to the byte. It works for the folder this file is in, too, and \
    `sh reproduce.sh` does it. The instruction set of the processor and the number of threads do not matter.
    """
  }

  var data: String {
    guard !contents.inputs.isEmpty else { return "The experiment reads nothing but itself." }
    return Self.table(
      ["file", "bytes", "where", "SHA-256"],
      contents.inputs.map { input in
        let place =
          input.member.map { "[in the archive](\(CrateGraph.id(of: $0)))" } ?? input.input.url.map {
            "not in the archive; from <\($0)>"
          }
          ?? "not in the archive"
        return [Self.escaped(input.fileName), NumberText.grouped(input.bytes), place, "`\(input.sha256)`"]
      }, right: [1], isMarkdown: true)
  }

  var rights: String {
    let names = credits.authors.map { Self.escaped($0.name) }
    let authors = names.isEmpty ? "Nobody is named as author." : "By \(names.joined(separator: ", "))."
    let licence =
      credits.licence.map { "Licence: \(Self.escaped($0))." }
      ?? (credits.licenceFile == nil
        ? "Nobody said what may be done with it: ask the authors." : "The licence is in [LICENSE](LICENSE).")
    let doi = credits.doi.map { " DOI: <https://doi.org/\($0)>." } ?? ""
    return "\(authors) \(licence)\(doi)"
  }

  private var version: String { recorded.fact("runexp") ?? program.version }

  /// `environment/machine.json`.
  var machine: String {
    let facts = record.environment.filter { $0.key != "libraries" }
    return ConfigNode(.map(facts.map { .init($0.key, $0.value.config) })).prettyJSON + "\n"
  }

  /// `environment/packages.txt`: a library a line.
  var packages: String {
    let libraries = recorded.fact("libraries")?.split(separator: " ").map { "\($0)\n" } ?? []
    return "runexp \(version)\n" + libraries.joined()
  }

  /// `environment/runexp.sha256`, as `sha256sum` reads it.
  var programHash: String { "\(program.sha256)  runexp\n" }

  /// `reproduce.sh`.
  var script: String {
    """
    #!/bin/sh
    # Makes the run \(record.name) again and says whether the same came out. Needs runexp, \(version) best: on the PATH, or
    # named by $RUNEXP.
    cd "$(dirname "$0")" && exec "${RUNEXP:-runexp}" reproduce . "$@"

    """
  }

  /// A table in Markdown.
  /// - Parameters:
  ///   - right: columns of numbers.
  ///   - isMarkdown: whether cells are Markdown already.
  static func table(
    _ header: [String], _ rows: [[String]], right: Set<Int> = [], isMarkdown: Bool = false
  ) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let body = rows.map { line(isMarkdown ? $0 : $0.map(escaped)) }
    return ([line(header), line(header.indices.map { right.contains($0) ? "---:" : "---" })] + body).joined(
      separator: "\n")
  }

  /// Text in which nothing means anything to Markdown.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_{}[]<>()#+!|~&$".contains(character) { result += "\\" }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }
}
