public import Config
public import Diagnostics

/// An experiment file as it is written: its header and its cells, before anybody asks what they mean.
public struct ExperimentSyntax: Sendable, Equatable {
  /// Every key of the file but `params` and `cells`.
  public var header: [ConfigNode.Entry]
  /// The mapping under `params`.
  public var params: ConfigNode?
  public var cells: [CellSyntax]
  /// Cells that were left out; cells below may refer to what they would have defined.
  public private(set) var lostCells: [ConfigNode] = []
  public var span: SourceSpan?

  public init(
    header: [ConfigNode.Entry], params: ConfigNode? = nil, cells: [CellSyntax], span: SourceSpan? = nil
  ) {
    self.header = header
    self.params = params
    self.cells = cells
    self.span = span
  }

  /// Reads a file.
  ///
  /// - Parameter cellKeywords: the kinds of cells there are.
  /// - Returns: what has the shape of an experiment; cells without it are reported and left out. `nil` if the
  ///   whole has not. Reported are E0101–E0111 (YAML), E0112 (no mapping, or no `cells`), E0113 and E0114
  ///   (cells).
  public init?(
    reading file: Int32, in sources: SourceFiles, cellKeywords: [String], into bag: inout DiagnosticBag
  ) {
    guard let root = readYAML(file, in: sources, into: &bag) else { return nil }
    guard case .map(let entries) = root.content else {
      bag.report(.notAnExperiment(root))
      return nil
    }
    header = entries.filter { $0.key != "params" && $0.key != "cells" }
    params = root["params"]
    span = root.span
    cells = []
    guard let list = root["cells"] else {
      bag.report(.noCells(SourceSpan(file: file, 0, 0)))
      return
    }
    guard case .list(let items) = list.content else {
      bag.report(.cellsAreNoList(list))
      return
    }
    for item in items {
      let cell = bag.collect { () throws(Diagnostic) in try CellSyntax(item, cellKeywords: cellKeywords) }
      if let cell {
        cells.append(cell)
      } else {
        lostCells.append(item)
      }
    }
  }

  /// The header's value under a key.
  public subscript(key: String) -> ConfigNode? { header.first { $0.key == key }?.value }

  /// The experiment with parameters in the place of `$name` and `$(…)`, and as its own `params`.
  public func substituting(
    _ parameters: Parameters, in sources: SourceFiles, into bag: inout DiagnosticBag
  ) -> ExperimentSyntax {
    let substitution = Substitution(parameters.scope, in: sources)
    var copy = self
    copy.header = header.map { substitution.apply(to: $0, into: &bag) }
    copy.params = parameters.entries.isEmpty ? nil : ConfigNode(.map(parameters.entries), span: params?.span)
    copy.cells = cells.map { cell in
      var cell = cell
      cell.value = substitution.apply(to: cell.value, into: &bag)
      // A cell with arguments is a template: its names are settled where it is used.
      if let args = cell.body["args"] {
        let entries = cell.body.entries ?? []
        cell.body.content = .map(
          entries.map {
            $0.key == "args"
              ? .init("args", substitution.apply(to: args, into: &bag), keySpan: $0.keySpan) : $0
          })
        return cell
      }
      cell.body = substitution.apply(to: cell.body, into: &bag)
      return cell
    }
    return copy
  }

  /// The whole as one value, for writing.
  public var config: ConfigNode {
    var entries = header
    if let params { entries.append(.init("params", params)) }
    if !cells.isEmpty { entries.append(.init("cells", ConfigNode(.list(cells.map(\.config))))) }
    return ConfigNode(.map(entries), span: span)
  }

  /// The experiment as text: what `resolved.exp` holds.
  public var text: String { YAMLWriter.text(config, separating: ["params", "cells"]) }
}

/// One cell as it is written.
///
/// Its first key says its kind and carries its name: `- model: mlp`.
public struct CellSyntax: Sendable, Equatable {
  public var keyword: String
  public var keywordSpan: SourceSpan?
  /// What stands behind the keyword: a name, prose, a list of checks.
  public var value: ConfigNode
  /// The other keys.
  public var body: ConfigNode
  public var span: SourceSpan?

  /// The name, where the value is a text.
  public var name: String? { value.string }

  init(_ node: ConfigNode, cellKeywords: [String]) throws(Diagnostic) {
    guard case .map(let entries) = node.content, let first = entries.first else {
      throw .notACell(node, cellKeywords)
    }
    guard cellKeywords.contains(first.key) else {
      throw .unknownCell(first, others: entries.dropFirst(), cellKeywords)
    }
    keyword = first.key
    keywordSpan = first.keySpan
    value = first.value
    body = ConfigNode(.map(Array(entries.dropFirst())), span: node.span)
    span = node.span
  }

  var config: ConfigNode {
    ConfigNode(.map([.init(keyword, value, keySpan: keywordSpan)] + (body.entries ?? [])), span: span)
  }
}

extension Diagnostic {
  /// E0112: a file that is not a mapping.
  fileprivate static func notAnExperiment(_ root: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0112", "an experiment is a mapping, found \(root.sketch)",
      at: root.span.map { Label($0, "not 'key: value'") },
      help: "begin with 'experiment: NAME'; 'runexp init' writes a first experiment")
  }

  /// E0112: a file without cells.
  fileprivate static func noCells(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0112", "the experiment has no 'cells'", at: Label(span, "in this file"),
      help: "add 'cells:' and below it a list of cells")
  }

  /// E0112: `cells` is not a list.
  fileprivate static func cellsAreNoList(_ node: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0112", "'cells' must be a list, found \(node.sketch)", at: node.span.map { Label($0, "not a list") },
      help: "begin each cell with '- '")
  }

  /// E0113: a list item that is no cell.
  fileprivate static func notACell(_ node: ConfigNode, _ keywords: [String]) -> Diagnostic {
    let word = node.string.flatMap { text in keywords.contains(text) ? text : nil }
    return Diagnostic(
      "E0113", "a cell is a mapping that begins with its kind, found \(node.sketch)",
      at: node.span.map { Label($0, "not a cell") },
      help: word.map { "write '- \($0): NAME'" } ?? "write for example '- model: NAME'")
  }

  /// E0114: a cell that begins with no kind.
  fileprivate static func unknownCell(
    _ first: ConfigNode.Entry, others: ArraySlice<ConfigNode.Entry>, _ keywords: [String]
  ) -> Diagnostic {
    var help = "kinds: " + keywords.joined(separator: ", ")
    if let near = nearest(to: first.key, in: keywords) {
      help = "did you mean '\(near)'?"
    } else if let later = others.first(where: { keywords.contains($0.key) }) {
      help = "the kind comes first: move '\(later.key)' to the top of the cell"
    }
    return Diagnostic(
      "E0114", "no kind of cell is called '\(first.key)'", at: first.keySpan.map { Label($0, "not known") },
      help: help)
  }
}
