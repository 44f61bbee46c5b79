import Diagnostics
import Foundation

/// What is known of the terminal, and how to write to it.
struct Terminal: Sendable {
  /// Whether stderr is a terminal that shows colours and moving lines.
  let isLive: Bool
  let isColoured: Bool
  let width: Int

  /// - Parameter color: `auto`, `always` or `never`.
  init(color: String = "auto") {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    isLive = isTerminal
    let isWanted = isTerminal && environment["NO_COLOR", default: ""].isEmpty
    isColoured = color == "always" || (color == "auto" && isWanted)
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = isKnown ? Int(size.ws_col) : 100
  }

  /// Writes to stderr.
  func say(_ text: String, terminator: String = "\n") {
    FileHandle.standardError.write(Data((text + terminator).utf8))
  }

  func style(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  func dim(_ text: String) -> String { style(text, "2") }
  func bold(_ text: String) -> String { style(text, "1") }

  /// Shows diagnostics with their excerpts, and a line that counts them.
  func report(_ diagnostics: [Diagnostic], _ sources: SourceMap) {
    guard !diagnostics.isEmpty else { return }
    say(TextRenderer(sources, isColoured: isColoured).render(diagnostics))
    let errors = diagnostics.count { $0.severity == .error }
    if errors > 0 {
      let codes = Set(diagnostics.filter { $0.severity == .error }.map(\.code)).sorted()
      let more = codes.count == 1 ? codes[0] : "CODE"
      say(bold("\(errors) mistake\(errors == 1 ? "" : "s")") + "; 'runexp explain \(more)' tells more")
    }
  }

  /// Shows a diagnostic without a place.
  func report(_ diagnostic: Diagnostic) {
    say(TextRenderer(SourceMap(), isColoured: isColoured).render(diagnostic), terminator: "")
  }
}
