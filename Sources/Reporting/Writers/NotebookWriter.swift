internal import Config
internal import FoundationEssentials

/// Writes a report as a Jupyter notebook (nbformat 4.5): prose as it is, other cells as their text with what came out.
public struct NotebookWriter: ReportWriter {
  public static let fileExtension = "ipynb"

  public init() {}

  public func render(_ report: Report) -> String {
    let head = MarkdownWriter().head(report)
    var cells = [markdown(head, id: "report")]
    cells += report.cells.map(cell)
    let made = MarkdownWriter().provenance(report.provenance).joined(separator: "\n\n")
    if !made.isEmpty { cells.append(markdown(made, id: "provenance")) }
    let notebook: ConfigNode = [
      "cells": ConfigNode(.list(cells)),
      "metadata": [
        "language_info": ["file_extension": ".exp", "mimetype": "text/x-yaml", "name": "yaml"],
        "title": report.title.config,
      ],
      "nbformat": 4, "nbformat_minor": 5,
    ]
    return notebook.prettyJSON + "\n"
  }

  private func markdown(_ text: String, id: String) -> ConfigNode {
    ["cell_type": "markdown", "id": id.config, "metadata": [:], "source": lines(text)]
  }

  private func cell(_ cell: ReportCell) -> ConfigNode {
    let id = "cell-\(cell.index)"
    if cell.isProse {
      let texts = cell.blocks.map { MarkdownWriter().block($0) }
      return markdown(texts.joined(separator: "\n\n"), id: id)
    }
    let title = cell.name.isEmpty ? cell.keyword : "\(cell.keyword) \(cell.name)"
    return [
      "cell_type": "code", "execution_count": cell.status == .skipped ? nil : cell.index.config,
      "id": id.config,
      "metadata": [:], "outputs": ConfigNode(.list(cell.blocks.map(output))),
      "source": lines(cell.source.isEmpty ? "# \(title)" : cell.source),
    ]
  }

  /// One block as what a cell displays, each program showing the richest form that it knows.
  private func output(_ block: ReportBlock) -> ConfigNode {
    var (data, metadata) = ([ConfigNode.Entry](), ConfigNode(.map([])))
    let plain = MarkdownWriter().block(block)
    switch block {
    case .figure(let figure):
      if let size = figure.size {
        data.append(.init("image/png", Data(figure.png).base64EncodedString().config))
        metadata = ["image/png": ["height": size.height.config, "width": size.width.config]]
      }
      data.append(.init("text/plain", lines(figure.caption.isEmpty ? figure.path : figure.caption)))
    case .prose, .heading:
      data = [.init("text/markdown", lines(plain)), .init("text/plain", lines(plain))]
    default:
      data = [.init("text/html", lines(HTMLWriter().block(block).markup)), .init("text/plain", lines(plain))]
    }
    return ["data": ConfigNode(.map(data)), "metadata": metadata, "output_type": "display_data"]
  }

  /// A text as notebooks keep it: a list of lines, each with its end.
  private func lines(_ text: String) -> ConfigNode {
    var result: [ConfigNode] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let last = result.indices.last { result[last] = ((result[last].string ?? "") + "\n").config }
      result.append(String(line).config)
    }
    if result.last?.string == "" { result.removeLast() }
    return ConfigNode(.list(result))
  }
}
