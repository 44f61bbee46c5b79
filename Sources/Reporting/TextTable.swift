/// Columns of text, aligned.
package enum TextTable {
  /// - Parameter rightFrom: the first column that is aligned to the right.
  package static func render(_ rows: [[String]], rightFrom: Int) -> String {
    render(rows) { $0 >= rightFrom }
  }

  /// - Parameter aligned: to which side each column is; those left out to the left.
  package static func render(_ rows: [[String]], aligned: [ReportTable.Alignment]) -> String {
    render(rows) { aligned.indices.contains($0) && aligned[$0] == .right }
  }

  /// Prose in lines of at most so many letters, if no word is longer.
  package static func wrapped(_ prose: String, width: Int = 100) -> String {
    var lines: [String] = []
    for word in prose.split(separator: " ") {
      if let last = lines.last, last.count + word.count < width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func render(_ rows: [[String]], isRight: (Int) -> Bool) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let line = row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return isRight(column) ? space + text : text + space
      }.joined(separator: "  ")
      return line.lastIndex { $0 != " " }.map { String(line[...$0]) } ?? ""
    }.joined(separator: "\n")
  }
}

extension String {
  /// The text and blanks up to a width, at least one.
  package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

extension ReportTable {
  /// The table in aligned columns, with its caption below.
  package var text: String {
    let rows = TextTable.render([header] + rows, aligned: alignments)
    return caption.isEmpty ? rows : rows + "\n\n" + caption
  }
}
