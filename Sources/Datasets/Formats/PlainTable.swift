package import Config
package import Diagnostics
package import RunEvents

/// A CSV file as it is written, a text in each cell: numbers that were made elsewhere, for figures.
package struct PlainTable: Sendable {
  package let header: [String]
  package let rows: [[String]]
  package let input: RunInput

  /// - Parameter node: the path, relative to the experiment's folder.
  /// - Throws: E0401 for a file that cannot be read, E0406 for what is no table.
  package init(_ node: ConfigNode, in environment: DataEnvironment) throws(Diagnostic) {
    let path = try DataPath(node, in: environment)
    let table = try CSVTable(path)
    header = table.header
    input = path.input
    rows = (0..<table.rowCount).map { row in
      table.header.indices.map { table.text(row: row, column: $0) }
    }
  }
}
