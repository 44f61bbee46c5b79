import Reporting
import Archives
import ArgumentParser
import Config
import Diagnostics
import Foundation
import Plotting
import RunLog
import RunService

/// `runexp verify`: whether an archive, or a run, is still what it was..
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check an archive or a run: is every file still what it was?",
    discussion: """
      Of an archive every hash is checked, the description of its files (RO-Crate), and its log; of a run the files it \
      wrote and the data it read, by the hashes in its log. What was damaged is named. The exit status is 1 then.
      """)

  @Argument(
    help: ArgumentHelp(
      "An archive, the folder it was unpacked into, or a run (mlp-1, latest).", valueName: "what"))
  var what: String
  @Flag(help: "What the badges of the ACM for artifacts ask for.")
  var acm = false
  @Flag(help: "Write JSON.")
  var json = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let verification: Verification
    do {
      verification =
        try NamedRuns.isArchive(what)
        ? Verification(archive: what)
        : Verification(run: NamedRuns.folder(of: what, reports: common.reports).path)
    } catch let diagnostic as Diagnostic {
      if json { print(Self.config(of: diagnostic, what).prettyJSON) }
      common.terminal.report(diagnostic)
      throw Status.failed
    }
    print(json ? config(verification).prettyJSON : text(verification))
    if !verification.isSound { throw Status.failed }
  }

  private func text(_ found: Verification) -> String {
    let count = "\(NumberText.grouped(found.files)) file\(found.files == 1 ? "" : "s")"
    var lines: [String] = []
    if found.isSound {
      lines = ["\(found.subject): sound   \(count), \(found.runs.joined(separator: ", "))"]
    } else {
      let wrong = Set(found.findings.map(\.file)).count
      lines = ["\(found.subject): damaged   \(wrong) of \(count)"]
      lines.append(
        TextTable.render(
          found.findings.map { ["  \($0.file)", $0.problem.rawValue, $0.text] }, rightFrom: 99))
    }
    if acm {
      for badge in found.badges {
        lines += ["", badge.name]
        lines += badge.items.map { "  \($0.isMet.map { $0 ? "✓" : "✗" } ?? "–") \($0.text)" }
      }
      if found.badges.isEmpty { lines += ["", "badges are for archives: 'runexp archive' writes one"] }
    }
    return lines.joined(separator: "\n")
  }

  private func config(_ found: Verification) -> ConfigNode {
    guard acm else { return found.config }
    let badges = found.badges.map { badge -> ConfigNode in
      let items = badge.items.map { ["text": $0.text.config, "met": $0.isMet.config] as ConfigNode }
      return ["badge": badge.name.config, "items": ConfigNode(.list(items))]
    }
    return ConfigNode(.map((found.config.entries ?? []) + [.init("acm", ConfigNode(.list(badges)))]))
  }

  /// What cannot be read at all is damaged, too.
  private static func config(of diagnostic: Diagnostic, _ what: String) -> ConfigNode {
    [
      "subject": what.config, "sound": false, "runs": [], "files": 0,
      "findings": [["file": what.config, "problem": "unreadable", "text": diagnostic.message.config]],
    ]
  }
}
