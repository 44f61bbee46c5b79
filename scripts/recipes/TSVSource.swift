internal import Config
internal import Diagnostics

/// A data format: a table with tabs between its cells.
enum TSVSource {
  static let format = DataFormat(
    key: "tsv", doc: "A table with a header and tabs between its cells.",
    open: { (node, settings, environment) throws(Diagnostic) in
      CSVSource(
        train: try DataPath(node, in: environment), test: nil, separator: UInt8(ascii: "\t"),
        settings: settings, in: environment)
    })
}
