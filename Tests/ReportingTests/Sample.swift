import Reporting

/// A PNG of which only the header is real: 200 × 100 pixels.
let tinyPNG: [UInt8] =
  [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52] + [
    0, 0, 0, 200, 0, 0, 0, 100,
  ]

/// Text that breaks out of anything that does not escape it.
let hostile = "</style></title><script>alert(1)</script>\"'`|*_[x](javascript:y)\u{0}\u{1B}&lt;\n# h"

/// A report whose every text is `text`.
func report(of text: String) -> Report {
  Report(
    title: text, run: text, status: .failed, facts: [.init(text, text)],
    cells: [
      ReportCell(
        index: 1, keyword: text, name: text, status: .interrupted, seconds: 1.5,
        blocks: [
          .heading(text, level: 1), .table(.init(header: [text], rows: [[text, text]], caption: text)),
          .figure(.init(path: text, caption: text, png: tinyPNG)),
          .figure(.init(path: text, caption: "", png: [])), .code(text, language: text),
          .metrics([.init(text, 0.5, n: 10_000)]), .checks([.init(text, passed: false, found: text)]),
          .remark(.error, text),
        ])
    ],
    provenance: Provenance(
      command: text, facts: [.init(text, text)], data: [.init(name: text, sha256: text, detail: text)],
      reproduce: [text], listings: [.init(title: text, text: text, language: text)]))
}

/// A report of a single cell, `train mlp`, with one block.
func report(_ block: ReportBlock) -> Report {
  Report(
    title: "Title", run: "mlp-1", status: .finished,
    cells: [ReportCell(index: 4, keyword: "train", name: "mlp", seconds: 32.4, blocks: [block])])
}

extension StringProtocol {
  /// What lies before, between and after the occurrences of a separator.
  func pieces(around separator: String) -> [SubSequence] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
