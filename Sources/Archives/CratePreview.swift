import Foundation
import Plotting
import Reporting
import RunEvents
import RunLog
import ZipFiles

/// `ro-crate-preview.html`: what a person sees who opens the archive.
struct CratePreview {
  let texts: CrateTexts
  let files: [CrateFile]

  private var contents: CrateContents { texts.contents }
  private var recorded: RecordedRun { contents.recorded }

  var html: String {
    let record = recorded.record
    let status = ReportStatus(rawValue: recorded.run.status.rawValue) ?? .finished
    let facts = texts.facts.filter { !["run", "ended"].contains($0.name) } + texts.parameters
    var sections: [(String, [ReportBlock])] = [("archive", [.prose(texts.introduction)])]
    let figures = figures
    if !texts.results.isEmpty { sections.append(("results", [results])) }
    if !figures.isEmpty { sections.append(("figures", figures)) }
    sections += [
      ("steps", [steps]), ("files", [.prose("# Files\n\n" + listing)]),
      ("data", [.prose("# Data\n\n" + texts.data)]),
      ("again", [.prose("# To make it again\n\n" + texts.again)]),
      ("rights", [.prose("# Licence and authors\n\n" + texts.rights)]),
    ]
    let cells = sections.enumerated().map { number, section in
      ReportCell(index: number + 1, keyword: section.0, blocks: section.1)
    }
    return HTMLWriter().render(
      Report(title: record.title, run: record.name, status: status, facts: facts, cells: cells))
  }

  private var results: ReportBlock {
    .table(
      ReportTable(header: ["metric", "value"], rows: texts.results.map { [$0.name, $0.value] }))
  }

  /// The figures of the run; a page that shows more than six takes too long.
  private var figures: [ReportBlock] {
    let drawn = files.filter { $0.cell != nil && $0.mediaType == "image/png" }
    let ordered = drawn.sorted { ($0.cell ?? 0, $0.name) < ($1.cell ?? 0, $1.name) }
    return ordered.prefix(6).compactMap { file in
      guard case .file(let path) = file.content,
        let png = FileManager.default.contents(atPath: path)
      else {
        return nil
      }
      return .figure(ReportFigure(path: file.name, caption: file.caption, png: [UInt8](png)))
    }
  }

  private var steps: ReportBlock {
    .table(
      ReportTable(
        header: ["cell", "", "status", "took"],
        rows: recorded.run.cells.map {
          ["\($0.index + 1)", $0.title, $0.status.rawValue, $0.seconds.map(DurationText.text) ?? ""]
        }, alignments: [.right, .left, .left, .right]))
  }

  private var listing: String {
    CrateTexts.table(
      ["file", "bytes", "what it is"],
      files.map { file in
        [
          "[\(CrateTexts.escaped(file.name))](\(CrateGraph.id(of: file.name)))",
          NumberText.grouped(file.bytes),
          CrateTexts.escaped(file.caption),
        ]
      }, right: [1], isMarkdown: true)
  }
}
