import Analysis
import Config
import Diagnostics
import Reporting
import RunService

/// What an experiment gives names to, as a table or as JSON.
struct NamesView {
  let symbols: SymbolTable
  let sources: SourceMap

  var text: String {
    let rows = symbols.symbols.map { symbol in
      [
        symbol.name, symbol.kind.rawValue, symbol.definition.map { "\(line($0))" } ?? "",
        symbol.uses.map { "\(line($0))" }.joined(separator: ", "), symbol.detail,
      ]
    }
    return TextTable.render([["name", "kind", "line", "used in", "is"]] + rows, rightFrom: 5)
  }

  var config: ConfigNode {
    ConfigNode(
      .list(
        symbols.symbols.map { symbol in
          [
            "name": symbol.name.config, "kind": symbol.kind.rawValue.config, "is": symbol.detail.config,
            "defined": symbol.definition.map(place) ?? nil,
            "used": ConfigNode(.list(symbol.uses.map(place))),
          ]
        }))
  }

  private func line(_ span: SourceSpan) -> Int { sources.position(of: span).line }

  private func place(_ span: SourceSpan) -> ConfigNode {
    let place = sources.position(of: span)
    return ["line": place.line.config, "column": place.column.config]
  }
}
