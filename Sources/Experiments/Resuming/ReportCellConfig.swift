import Config
import Diagnostics
import Foundation
import Reporting

// What cells have to show, as checkpoints keep it: figures by their file, everything else by its words.

extension ReportCell {
  var config: ConfigNode {
    [
      "index": index.config, "keyword": keyword.config, "name": name.config, "status": status.rawValue.config,
      "seconds": seconds.config, "blocks": ConfigNode(.list(blocks.map(\.config))),
    ]
  }

  /// - Parameter folder: of the run, which has the figures.
  /// - Throws: E0513 if it is something else, E0514 if a figure is missing.
  init(_ node: ConfigNode, folder: String) throws(Diagnostic) {
    guard case .int(let index)? = node["index"]?.content, let keyword = node["keyword"]?.string,
      let name = node["name"]?.string,
      let status = node["status"]?.string.flatMap(ReportStatus.init(rawValue:)),
      let list = node["blocks"]?.list
    else { throw .unreadable(checkpointIn: folder) }
    let seconds = node["seconds"].flatMap { try? Double?(config: $0) } ?? nil
    var blocks: [ReportBlock] = []
    for block in list { blocks.append(try ReportBlock(block, folder: folder)) }
    self.init(index: index, keyword: keyword, name: name, status: status, seconds: seconds, blocks: blocks)
  }
}

extension ReportBlock {
  fileprivate var config: ConfigNode {
    switch self {
    case .prose(let text): ["prose": text.config]
    case .heading(let text, let level): ["heading": text.config, "level": level.config]
    case .table(let table):
      [
        "table": table.rows.config, "header": table.header.config, "caption": table.caption.config,
        "alignments": table.alignments.map(\.rawValue).config,
      ]
    case .figure(let figure):
      ["figure": figure.path.config, "caption": figure.caption.config, "width": figure.width.config]
    case .code(let text, let language): ["code": text.config, "language": language.config]
    case .metrics(let metrics):
      [
        "metrics": ConfigNode(
          .list(metrics.map { ["name": $0.name.config, "value": $0.value.config, "n": $0.n.config] }))
      ]
    case .checks(let checks):
      [
        "checks": ConfigNode(
          .list(
            checks.map {
              ["expression": $0.expression.config, "passed": $0.passed.config, "found": $0.found.config]
            }))
      ]
    case .remark(let kind, let text): ["remark": text.config, "kind": kind.rawValue.config]
    }
  }

  fileprivate init(_ node: ConfigNode, folder: String) throws(Diagnostic) {
    func text(_ key: String) -> String { node[key]?.string ?? "" }
    func texts(_ node: ConfigNode?) -> [String] { node.flatMap { try? [String](config: $0) } ?? [] }
    switch node.entries?.first?.key {
    case "prose": self = .prose(text("prose"))
    case "heading":
      self = .heading(text("heading"), level: node["level"].flatMap { try? Int(config: $0) } ?? 1)
    case "table":
      self = .table(
        ReportTable(
          header: texts(node["header"]), rows: (node["table"]?.list ?? []).map(texts),
          alignments: texts(node["alignments"]).compactMap(ReportTable.Alignment.init(rawValue:)),
          caption: text("caption")))
    case "figure":
      let path = text("figure")
      guard let png = try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)) else {
        throw .missingFigure(folder + "/" + path)
      }
      let width = node["width"].flatMap { try? Double?(config: $0) } ?? nil
      self = .figure(ReportFigure(path: path, caption: text("caption"), png: [UInt8](png), width: width))
    case "code": self = .code(text("code"), language: text("language"))
    case "metrics": self = .metrics((node["metrics"]?.list ?? []).compactMap(ReportMetric.init))
    case "checks": self = .checks((node["checks"]?.list ?? []).compactMap(ReportCheck.init))
    case "remark": self = .remark(RemarkKind(rawValue: text("kind")) ?? .note, text("remark"))
    default: throw .unreadable(checkpointIn: folder)
    }
  }
}

extension ReportMetric {
  fileprivate init?(_ node: ConfigNode) {
    guard let name = node["name"]?.string, let value = node["value"].flatMap({ try? Double(config: $0) })
    else {
      return nil
    }
    self.init(name, value, n: node["n"].flatMap { try? Int?(config: $0) } ?? nil)
  }
}

extension ReportCheck {
  fileprivate init?(_ node: ConfigNode) {
    guard let expression = node["expression"]?.string, case .bool(let passed)? = node["passed"]?.content
    else {
      return nil
    }
    self.init(expression, passed: passed, found: node["found"]?.string ?? "")
  }
}

extension Diagnostic {
  /// E0514: a figure of a run that is gone.
  fileprivate static func missingFigure(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0514", "'\(path)' is missing, and the cell that drew it is done",
      help: "put the file back, or start the run again")
  }
}
