import Config
import Diagnostics
import Foundation
import Reporting
import RunEvents

/// Damages the data of a report, and writes what can be read of it in every form.
public struct ReportFuzzer: Fuzzer {
  public static let name = "report"
  public static let fileName = RunFile.report

  private let damage = TextDamage(
    [report.config.prettyJSON],
    words: ["null", "true", "-1", "1e400", "NaN", "[]", "{}", "\"\"", "\"<b>\"", "9223372036854775807"])

  /// A report with a block of every kind, but for figures, which are files.
  private static let report: Report = {
    let cell = ReportCell(
      index: 1, keyword: "train", name: "mlp", seconds: 1.5,
      blocks: [
        .prose("# A *heading*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n`code` <b>no</b>"),
        .heading("Words", level: 2),
        .table(
          ReportTable(header: ["a", "b"], rows: [["1", "2"], ["3"]], alignments: [.right], caption: "c")),
        .code("let", language: "swift"), .metrics([ReportMetric("loss", 0.5, n: 3)]),
        .checks([ReportCheck("a > 1", passed: true, found: "a = 2")]), .remark(.warning, "careful"),
      ], source: "train: mlp")
    return Report(
      title: "Title", run: "mlp-1", status: .finished, facts: [ReportFact("seed", "1")], cells: [cell],
      provenance: Provenance(
        command: "runexp", facts: [ReportFact("cpu", "x")],
        data: [.init(name: "a", sha256: "00", detail: "1 byte")], reproduce: ["runexp"],
        listings: [.init(title: "file", text: "a: 1")]))
  }()

  public init() {}

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    return damage.text(&random)
  }

  public func read(_ path: String) throws -> Bool {
    let report: Report
    do throws(Diagnostic) {
      report = try ReportFile.read(path)
    } catch {
      return false
    }
    for writer in [HTMLWriter(), MarkdownWriter(), NotebookWriter()] as [any ReportWriter] {
      _ = writer.render(report)
    }
    return true
  }
}
