import Diagnostics
import Foundation

/// Where people read along: stderr, or a file that keeps the same words without colours.
struct Terminal: Sendable {
  /// Whether this is a terminal that shows moving lines.
  let isLive: Bool
  let isColoured: Bool
  let width: Int
  private let descriptor: Int32

  /// - Parameter color: `auto`, `always` or `never`.
  init(color: String = "auto") {
    descriptor = STDERR_FILENO
    let environment = ProcessInfo.processInfo.environment
    isLive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    let isWanted = isLive && environment["NO_COLOR", default: ""].isEmpty
    isColoured = color == "always" || (color == "auto" && isWanted)
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = isKnown ? Int(size.ws_col) : 100
  }

  /// A file that is open for writing.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    isLive = false
    isColoured = false
    width = 100
  }

  /// Writes a line; of what a terminal would obey only colours are left, where there are colours.
  ///
  /// Nobody reading any more, or a full disk, is no reason to end a run.
  func say(_ text: String, terminator: String = "\n") {
    put((isColoured ? Self.keepingStyles(text) : text.harmless) + terminator)
  }

  /// Puts a line in the place of the last one, on a terminal that shows moving lines.
  func showInPlace(_ text: String) {
    put("\r\u{1B}[K" + (isColoured ? Self.keepingStyles(text) : text.harmless))
  }

  /// What cannot be written is not told either: there is nobody to tell.
  private func put(_ text: String) { _ = writeAll(text, to: descriptor) }

  /// Harmless text with the changes of style that ``style(_:_:)`` makes.
  private static func keepingStyles(_ text: String) -> String {
    var (found, rest) = ("", text[...])
    while let style = rest.firstMatch(of: /\u{1B}\[[0-9;]*m/) {
      found += String(rest[..<style.range.lowerBound]).harmless + style.0
      rest = rest[style.range.upperBound...]
    }
    return found + String(rest).harmless
  }

  func style(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text.harmless)\u{1B}[0m" : text
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

  /// Shows one diagnostic; without sources, without its places.
  func report(_ diagnostic: Diagnostic, _ sources: SourceMap? = nil) {
    var diagnostic = diagnostic
    if sources == nil {
      diagnostic.primary = nil
      diagnostic.related = []
    }
    say(TextRenderer(sources ?? SourceMap(), isColoured: isColoured).render(diagnostic), terminator: "")
  }
}
