public import Config
public import Diagnostics
internal import FoundationEssentials

// Reports as data, from which every writer can make its file again: figures by their file, everything else by its words.

extension Report {
  /// The report as JSON keeps it.
  public var config: ConfigNode {
    [
      "title": title.config, "run": run.config, "status": status.rawValue.config,
      "facts": facts.config, "cells": ConfigNode(.list(cells.map(\.config))), "provenance": provenance.config,
    ]
  }

  /// Reads what ``config`` gave.
  /// - Parameter folder: of the run, which has the figures.
  /// - Returns: `nil` if it is something else.
  /// - Throws: E0514 if a figure is missing.
  public init?(_ node: ConfigNode, folder: String) throws(Diagnostic) {
    guard let title = node["title"]?.string, let run = node["run"]?.string,
      let status = node["status"]?.string.flatMap(ReportStatus.init(rawValue:)),
      let facts = node["facts"].flatMap([ReportFact].init(report:)), let list = node["cells"]?.list,
      let provenance = node["provenance"].flatMap(Provenance.init)
    else { return nil }
    var cells: [ReportCell] = []
    for item in list {
      guard let cell = try ReportCell(item, folder: folder) else { return nil }
      cells.append(cell)
    }
    self.init(title: title, run: run, status: status, facts: facts, cells: cells, provenance: provenance)
  }
}

extension ReportCell {
  /// What a cell has to show, as checkpoints and reports keep it.
  public var config: ConfigNode {
    [
      "index": index.config, "keyword": keyword.config, "name": name.config, "status": status.rawValue.config,
      "seconds": seconds.config, "source": source.config, "blocks": ConfigNode(.list(blocks.map(\.config))),
    ]
  }

  /// Reads what ``config`` gave.
  /// - Parameter folder: of the run, which has the figures.
  /// - Returns: `nil` if it is something else.
  /// - Throws: E0514 if a figure is missing.
  public init?(_ node: ConfigNode, folder: String) throws(Diagnostic) {
    guard case .int(let index)? = node["index"]?.content, let keyword = node["keyword"]?.string,
      let name = node["name"]?.string,
      let status = node["status"]?.string.flatMap(ReportStatus.init(rawValue:)),
      let list = node["blocks"]?.list
    else { return nil }
    var blocks: [ReportBlock] = []
    for item in list {
      guard let block = try ReportBlock(item, folder: folder) else { return nil }
      blocks.append(block)
    }
    self.init(
      index: index, keyword: keyword, name: name, status: status, seconds: node.value("seconds"),
      blocks: blocks, source: node.text("source"))
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
      [
        "figure": figure.path.config, "caption": figure.caption.config, "width": figure.width.config,
        "original": figure.original.config,
      ]
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

  fileprivate init?(_ node: ConfigNode, folder: String) throws(Diagnostic) {
    switch node.entries?.first?.key {
    case "prose": self = .prose(node.text("prose"))
    case "heading": self = .heading(node.text("heading"), level: node.value("level") ?? 1)
    case "table":
      self = .table(
        ReportTable(
          header: node.value("header") ?? [], rows: node.value("table") ?? [],
          alignments: (node.value("alignments") ?? []).compactMap(ReportTable.Alignment.init(rawValue:)),
          caption: node.text("caption")))
    case "figure":
      guard let figure = try ReportFigure(node, folder: folder) else { return nil }
      self = .figure(figure)
    case "code": self = .code(node.text("code"), language: node.text("language"))
    case "metrics": self = .metrics((node["metrics"]?.list ?? []).compactMap(ReportMetric.init))
    case "checks": self = .checks((node["checks"]?.list ?? []).compactMap(ReportCheck.init))
    case "remark":
      self = .remark(RemarkKind(rawValue: node.text("kind")) ?? .note, node.text("remark"))
    default: return nil
    }
  }
}

extension ReportFigure {
  fileprivate init?(_ node: ConfigNode, folder: String) throws(Diagnostic) {
    let path = node.text("figure")
    // A report of somebody else's must not pull in files from elsewhere.
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return nil }
    guard let png = try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)) else {
      throw .missingFigure(folder + "/" + path)
    }
    self.init(path: path, caption: node.text("caption"), png: [UInt8](png), width: node.value("width"))
    original = node.value("original")
  }
}

extension ReportMetric {
  fileprivate init?(_ node: ConfigNode) {
    guard let name = node["name"]?.string, let value: Double = node.value("value") else { return nil }
    self.init(name, value, n: node.value("n"))
  }
}

extension ReportCheck {
  fileprivate init?(_ node: ConfigNode) {
    guard let expression = node["expression"]?.string, let passed: Bool = node.value("passed") else {
      return nil
    }
    self.init(expression, passed: passed, found: node.text("found"))
  }
}

extension Provenance {
  fileprivate var config: ConfigNode {
    [
      "command": command.config, "facts": facts.config, "reproduce": reproduce.config,
      "data": ConfigNode(
        .list(data.map { ["name": $0.name.config, "sha256": $0.sha256.config, "detail": $0.detail.config] })),
      "listings": ConfigNode(
        .list(
          listings.map { ["title": $0.title.config, "text": $0.text.config, "language": $0.language.config] })
      ),
    ]
  }

  fileprivate init?(_ node: ConfigNode) {
    guard let facts = node["facts"].flatMap([ReportFact].init(report:)) else { return nil }
    self.init(
      command: node.text("command"), facts: facts,
      data: (node["data"]?.list ?? []).map {
        DataHash(name: $0.text("name"), sha256: $0.text("sha256"), detail: $0.text("detail"))
      },
      reproduce: node.value("reproduce") ?? [],
      listings: (node["listings"]?.list ?? []).map {
        Listing(title: $0.text("title"), text: $0.text("text"), language: $0.text("language"))
      })
  }
}

extension [ReportFact] {
  /// A list of pairs, since names may come twice.
  fileprivate var config: ConfigNode { map { [$0.name, $0.value] }.config }

  fileprivate init?(report node: ConfigNode) {
    guard let pairs = try? [[String]](config: node), pairs.allSatisfy({ $0.count == 2 }) else { return nil }
    self = pairs.map { ReportFact($0[0], $0[1]) }
  }
}

extension ConfigNode {
  fileprivate func text(_ key: String) -> String { self[key]?.string ?? "" }

  /// A value of a kind, if there is one.
  fileprivate func value<T: ConfigConvertible>(_ key: String) -> T? {
    self[key].flatMap { try? T?(config: $0) } ?? nil
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
