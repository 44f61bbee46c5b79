import Foundation

/// Columns of text, aligned.
enum TextTable {
  /// - Parameter rightFrom: the first column that is aligned to the right.
  static func render(_ rows: [[String]], rightFrom: Int) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column >= rightFrom ? space + text : text + space
      }.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }
}

extension String {
  /// The text and blanks up to a width, at least one.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
