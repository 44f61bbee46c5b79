import Diagnostics
import Foundation
import Plotting
import Reporting
import RunEvents

/// Shows a run on stderr: a live bar on a terminal, one line an epoch otherwise.
final class ConsoleSink: EventSink {
  private let terminal: Terminal
  private let cells: Int
  private let isQuiet: Bool
  private var isLineOpen = false
  private var heading = ""

  init(_ terminal: Terminal, cells: Int, isQuiet: Bool) {
    self.terminal = terminal
    self.cells = cells
    self.isQuiet = isQuiet
  }

  func receive(_ event: RunEvent) {
    switch event {
    case .cellStarted(let index, let keyword, let name):
      heading = "[\(index + 1)/\(cells)] \(keyword) \(name)".trimmingCharacters(in: .whitespaces)
      if keyword != "data" && keyword != "model" { flushHeading("") }
    case .cellNote(_, let text): flushHeading(text)
    case .progress(let progress): show(progress)
    case .check(let result) where !result.passed:
      terminal.say("  \(terminal.style("failed", "1;31"))  \(result.expression)   \(terminal.dim(result.found))")
    case .diagnostic(let diagnostic):
      endLine()
      flushHeading("")
      terminal.report(diagnostic)
    case .cellEnded: flushHeading("")
    default: break
    }
  }

  /// The line of a cell, with what there is to say of it beside; further notes stand below it.
  private func flushHeading(_ note: String) {
    guard !isQuiet else { return heading = "" }
    endLine()
    if heading.isEmpty {
      if !note.isEmpty { terminal.say("  " + terminal.dim(note)) }
      return
    }
    let padding = note.isEmpty ? "" : String(repeating: " ", count: max(3, 28 - heading.count))
    terminal.say(terminal.bold(heading) + padding + terminal.dim(note))
    heading = ""
  }

  private func show(_ progress: EpochProgress) {
    guard !isQuiet, progress.isEpochEnd || terminal.isLive else { return }
    let line = text(progress)
    if terminal.isLive {
      terminal.say("\r\u{1B}[K" + line, terminator: progress.isEpochEnd ? "\n" : "")
      isLineOpen = !progress.isEpochEnd
    } else {
      terminal.say(line)
    }
  }

  private func text(_ progress: EpochProgress) -> String {
    let epochs = "\(progress.epochs)"
    let epoch = String(repeating: " ", count: max(0, epochs.count - "\(progress.epoch)".count)) + "\(progress.epoch)"
    let steps = "\(progress.steps)"
    let step = String(repeating: " ", count: max(0, steps.count - "\(progress.step)".count)) + "\(progress.step)"
    var parts = ["  epoch \(epoch)/\(epochs)", bar(progress), "\(step)/\(steps)"]
    for (name, value) in Self.ordered(progress.metrics) {
      parts.append("\(name) \(NumberText.fixed(value, decimals: 4))")
    }
    if progress.isEpochEnd {
      parts.append(Self.duration(progress.seconds))
    } else {
      let rate = Double(progress.step) / max(progress.seconds, 1e-9)
      let left = Double(progress.steps - progress.step) / max(rate, 1e-9)
      parts.append("\(NumberText.grouped(Int(rate))) steps/s  \(Self.duration(left)) left")
    }
    let line = parts.joined(separator: "  ")
    return terminal.isLive && line.count > terminal.width ? String(line.prefix(terminal.width - 1)) : line
  }

  private func bar(_ progress: EpochProgress) -> String {
    let width = 20
    let full = progress.steps == 0 ? width : width * progress.step / progress.steps
    let done = String(repeating: "━", count: full)
    let rest = String(repeating: terminal.isColoured ? "━" : "─", count: width - full)
    return terminal.style(done, "36") + (rest.isEmpty ? "" : terminal.dim(rest))
  }

  /// The loss before the metrics, training before validation.
  static func ordered(_ metrics: [(name: String, value: Double)]) -> [(name: String, value: Double)] {
    func rank(_ name: String) -> Int { (name.hasPrefix("val_") ? 2 : 0) + (name.hasSuffix("loss") ? 0 : 1) }
    return metrics.enumerated().sorted { (rank($0.element.name), $0.offset) < (rank($1.element.name), $1.offset) }
      .map(\.element)
  }

  static func duration(_ seconds: Double) -> String {
    if seconds < 10 { return "\(NumberText.fixed(seconds, decimals: 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  private func endLine() {
    if isLineOpen { terminal.say("") }
    isLineOpen = false
  }
}
