import Diagnostics
import Experiments
import Running
import Foundation
import Plotting
import Reporting
import RunEvents

/// Tells of a run line by line: on stderr with a live bar if that is a terminal, and in the run's `log.txt`.
final class ConsoleSink: EventSink {
  private let terminal: Terminal
  private let folder: String?
  private let titles: [String]
  private let sources: SourceMap
  /// The place at which a run goes on.
  private let place: String
  /// Where notes begin, so that they stand below each other.
  private let noteColumn: Int
  private var heading = ""
  private var isLineOpen = false
  private var failedChecks = 0

  /// - Parameters:
  ///   - folder: the run's, for the last lines; `nil` if it does not stay.
  ///   - plan: for the titles of cells and the texts that diagnostics point into.
  ///   - place: where a run that was cut off goes on.
  init(_ terminal: Terminal, folder: String?, plan: ExperimentPlan, resuming place: String? = nil) {
    let titles = plan.cells.map(\.title)
    self.terminal = terminal
    self.folder = folder
    self.titles = titles
    sources = plan.sources
    self.place = place ?? ""
    noteColumn = min(48, titles.indices.map { Self.heading($0, titles).count }.max() ?? 0) + 3
  }

  func receive(_ event: RunEvent) {
    switch event {
    case .runStarted(let record): terminal.say(opening(record))
    case .runResumed(let record, _):
      terminal.say("\nrun \(terminal.bold(record.name)) goes on in \(place)\n")
    case .cellStarted(let index, let keyword, _):
      heading = Self.heading(index, titles)
      // The others are one line with what there is to say of them, at their end.
      if keyword == "train" { flushHeading("") } else { showLive(terminal.bold(heading)) }
    case .cellNote(_, let text): flushHeading(text)
    case .shown(_, let text):
      flushHeading("")
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      terminal.say("\n" + lines.map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n") + "\n")
    case .progress(let progress): show(progress)
    case .check(let result) where !result.passed:
      failedChecks += 1
      flushHeading("")
      terminal.say(
        "  \(terminal.style("failed", "1;31"))  \(result.expression)   \(terminal.dim(result.found))")
    case .diagnostic(let diagnostic):
      flushHeading("")
      endLine()
      terminal.report(diagnostic, sources)
    case .cellEnded: flushHeading("")
    case .runEnded(let status, let seconds): terminal.say(closing(status, seconds))
    default: break
    }
  }

  private static func heading(_ index: Int, _ titles: [String]) -> String {
    let (number, count) = ("\(index + 1)", "\(titles.count)")
    let space = String(repeating: " ", count: max(0, count.count - number.count))
    return "[\(space)\(number)/\(count)] \(titles[index])"
  }

  /// The line of a cell, with what there is to say of it beside; further notes stand below it.
  private func flushHeading(_ note: String) {
    if heading.isEmpty {
      endLine()
      if !note.isEmpty { terminal.say("  " + terminal.dim(note)) }
      return
    }
    let padding = note.isEmpty ? "" : String(repeating: " ", count: max(3, noteColumn - heading.count))
    clearLine()
    terminal.say(terminal.bold(heading) + padding + terminal.dim(note))
    heading = ""
  }

  private func show(_ progress: EpochProgress) {
    let line = EpochLine(progress, terminal).text
    guard progress.isEpochEnd else { return showLive(line) }
    clearLine()
    terminal.say(line)
  }

  /// A line that will be written over.
  private func showLive(_ line: String) {
    guard terminal.isLive else { return }
    terminal.showInPlace(line)
    isLineOpen = true
  }

  private func clearLine() {
    if isLineOpen { terminal.showInPlace("") }
    isLineOpen = false
  }

  private func endLine() {
    if isLineOpen { terminal.say("") }
    isLineOpen = false
  }

  private func opening(_ record: RunRecord) -> String {
    func fact(_ key: String) -> String { record.environment.first { $0.key == key }?.value ?? "" }
    let threads = fact("threads")
    let plural = threads == "1" ? "" : "s"
    return
      "run \(terminal.bold(record.name))   seed \(record.seed)   \(threads) thread\(plural), \(fact("instruction set"))\n"
  }

  private func closing(_ status: RunStatus, _ seconds: Double) -> String {
    let checks = failedChecks == 0 ? "failed" : "\(failedChecks) check\(failedChecks == 1 ? "" : "s") failed"
    let words =
      switch status {
      case .finished: terminal.style("finished", "1;32") + " in "
      case .interrupted: terminal.style("interrupted", "1;33") + " after "
      case .failed, .running: terminal.style(checks, "1;31") + " after "
      }
    guard let folder else { return "\n\(words)\(DurationText.text(seconds))" }
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    let next = status == .interrupted ? "runexp resume \(name)" : "runexp show \(name)   or   runexp list"
    return """

      \(words)\(DurationText.text(seconds))
        report    \(folder)/\(RunFile.page)
        next      \(next)
      """
  }
}

/// One epoch in one line; with a bar, the rate and the time left while it is under way.
private struct EpochLine {
  let text: String

  init(_ progress: EpochProgress, _ terminal: Terminal) {
    func padded(_ number: Int, like largest: Int) -> String {
      String(repeating: " ", count: max(0, "\(largest)".count - "\(number)".count)) + "\(number)"
    }
    let isEnd = progress.isEpochEnd
    var parts = [Part("  epoch \(padded(progress.epoch, like: progress.epochs))/\(progress.epochs)", .always)]
    if terminal.isLive { parts.append(Part(Self.bar(progress, terminal), isEnd ? .full : .bar)) }
    let steps = "\(padded(progress.step, like: progress.steps))/\(progress.steps)"
    parts.append(Part(steps, isEnd ? .full : .steps))
    let metrics = Self.ordered(progress.metrics)
    for (name, value) in metrics {
      let isValidated = metrics.contains { $0.name == "val_\(name)" }
      let rank: Part.Rank =
        name == "loss" ? .always : name == "val_loss" ? .heldLoss : isValidated ? .trained : .metric
      parts.append(Part("\(name) \(NumberText.fixed(value, decimals: 4))", rank))
    }
    if isEnd {
      parts.append(Part(DurationText.text(progress.seconds), .time))
    } else {
      let rate = Double(progress.step) / max(progress.seconds, 1e-9)
      let left = Double(progress.steps - progress.step) / max(rate, 1e-9)
      let words = "\(NumberText.grouped(Int(min(rate, 1e12)))) steps/s  \(DurationText.text(left)) left"
      parts.append(Part(words, .rate))
    }
    text = Self.fitted(parts, terminal)
  }

  /// A piece of the line.
  private struct Part {
    /// What is told first where not all of it has room.
    enum Rank: Int {
      case always, heldLoss, steps, time, metric
      /// A metric that is known of validation, too.
      case trained
      case bar, rate
      /// What has come to its end and is the same in every line.
      case full
    }
    var text: String
    var rank: Rank

    init(_ text: String, _ rank: Rank) {
      self.text = text
      self.rank = rank
    }
  }

  /// On a narrow terminal a line that moves must not wrap: what matters least goes first, the last of equals.
  private static func fitted(_ parts: [Part], _ terminal: Terminal) -> String {
    var parts = parts
    func width() -> Int { parts.map { visible($0.text) + 2 }.reduce(-2, +) }
    while terminal.isLive && width() >= terminal.width {
      let least = parts.map(\.rank.rawValue).max() ?? 0
      guard least > 0, let place = parts.lastIndex(where: { $0.rank.rawValue == least }) else { break }
      parts.remove(at: place)
    }
    return parts.map(\.text).joined(separator: "  ")
  }

  private static func visible(_ text: String) -> Int { text.replacing(/\u{1B}\[[0-9;]*m/, with: "").count }

  private static func bar(_ progress: EpochProgress, _ terminal: Terminal) -> String {
    let width = 20
    let full = progress.steps == 0 ? width : width * progress.step / progress.steps
    let done = String(repeating: "━", count: full)
    let rest = String(repeating: terminal.isColoured ? "━" : "─", count: width - full)
    return terminal.style(done, "36") + (rest.isEmpty ? "" : terminal.dim(rest))
  }

  /// The loss before the metrics, training before validation.
  private static func ordered(_ metrics: [(name: String, value: Double)]) -> [(name: String, value: Double)] {
    func rank(_ name: String) -> Int { (name.hasPrefix("val_") ? 2 : 0) + (name.hasSuffix("loss") ? 0 : 1) }
    return metrics.enumerated().sorted {
      (rank($0.element.name), $0.offset) < (rank($1.element.name), $1.offset)
    }
    .map(\.element)
  }
}

/// Says nothing but what went wrong.
final class MistakeSink: EventSink {
  private let terminal: Terminal
  private let sources: SourceMap

  init(_ terminal: Terminal, _ sources: SourceMap) {
    self.terminal = terminal
    self.sources = sources
  }

  func receive(_ event: RunEvent) {
    switch event {
    case .check(let result) where !result.passed:
      terminal.say("check failed: \(result.expression)   \(result.found)")
    case .diagnostic(let diagnostic): terminal.report(diagnostic, sources)
    default: break
    }
  }
}
