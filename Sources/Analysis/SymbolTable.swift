import Config
import Datasets
package import Diagnostics
package import ExpLanguage
import GraphEngine
import Layers
import ModelScripts
import TensorCore

/// Everything that an experiment gives a name to: where it is defined, what it is, and where it is used.
package struct SymbolTable: Sendable {
  package struct Symbol: Sendable, Equatable {
    package enum Kind: String, Sendable { case parameter, data, layer, function, model }

    package let name: String
    package let kind: Kind
    /// Its value, its shape, or what it takes.
    package let detail: String
    package let definition: SourceSpan?
    /// Each once, in the order of the file.
    package let uses: [SourceSpan]

    fileprivate init(
      _ name: String, _ kind: Kind, is detail: String, at definition: SourceSpan?, in places: [SourceSpan]
    ) {
      self.name = name
      self.kind = kind
      self.detail = detail
      self.definition = definition
      var seen: Set<SourceSpan> = []
      let others = places.filter { place in
        definition.map { place.lower >= $0.upper || place.upper <= $0.lower } ?? true
          && seen.insert(place).inserted
      }
      uses = others.sorted { $0.lower < $1.lower }
    }
  }

  /// By kind, then in the order of the file.
  package let symbols: [Symbol]

  /// - Parameters:
  ///   - syntax: the file as it was written, before its parameters were filled in.
  ///   - context: what is known after its last cell.
  package init(_ syntax: ExperimentSyntax, _ context: CheckContext) {
    let names = context.names
    let words = Words(syntax, context.experiment.sources)
    let uses = Dictionary(grouping: names.uses, by: \.name).mapValues { $0.map(\.span) }
    var all: [Symbol] = []
    let written = Dictionary(
      (syntax.params?.entries ?? []).map { ($0.key, $0.keySpan) }, uniquingKeysWith: { first, _ in first })
    for entry in context.experiment.parameters.entries {
      let places = words.places(of: "$" + entry.key)
      all.append(
        Symbol(entry.key, .parameter, is: entry.value.json, at: written[entry.key] ?? nil, in: places))
    }
    for (name, data) in names.data {
      let columns = (data.content.features + data.content.targets).map { "\($0.name) \($0.batchType)" }
      let detail = columns.joined(separator: ", ")
      all.append(Symbol(name, .data, is: detail, at: data.span, in: uses[name] ?? []))
    }
    let functions = Dictionary(
      context.vocabulary.functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for cell in syntax.cells {
      // A function may be written with what it takes: f(y_true, y_pred).
      guard let name = cell.name.map({ String($0.prefix { $0 != "(" }) }) else { continue }
      let places = words.places(of: name)
      if cell.keyword == Symbol.Kind.layer.rawValue {
        all.append(Symbol(name, .layer, is: "", at: cell.value.span, in: places))
      } else if cell.keyword == Symbol.Kind.function.rawValue, let function = functions[name] {
        let detail = "(" + function.signature.parameters.map(\.name).joined(separator: ", ") + ")"
        all.append(Symbol(name, .function, is: detail, at: cell.value.span, in: places))
      }
    }
    for (name, model) in names.models {
      let outputs = model.content.trace.outputs.map { "\($0.type)" }.joined(separator: ", ")
      let inputs = model.content.model.inputs.map { "\($0.type)" }.joined(separator: ", ")
      let detail = "\(inputs) → \(outputs)"
      all.append(Symbol(name, .model, is: detail, at: model.span, in: uses[name] ?? []))
    }
    // What dictionaries give in any order is put in that of the file.
    symbols = all.enumerated().sorted { first, second in
      let (a, b) = (first.element, second.element)
      return (a.kind.place, a.definition?.lower ?? 0, a.name, first.offset)
        < (b.kind.place, b.definition?.lower ?? 0, b.name, second.offset)
    }.map(\.element)
  }

  /// The symbol that is defined or used at a place.
  package func symbol(at offset: Int32, in file: Int32) -> Symbol? {
    symbols.first { symbol in
      (symbol.uses + [symbol.definition].compactMap { $0 }).contains {
        $0.file == file && $0.lower <= offset && offset < $0.upper
      }
    }
  }
}

extension SymbolTable.Symbol.Kind {
  fileprivate var place: Int {
    switch self {
    case .parameter: 0
    case .data: 1
    case .layer: 2
    case .function: 3
    case .model: 4
    }
  }
}

/// The words of a file with their places; comments are none, nor what is part of another word.
///
/// Where parameters are meant a word begins with `$`, also in `$(…)`, in the `{{ … }}` of prose and in expectations.
private struct Words {
  private var places: [String: [SourceSpan]] = [:]

  init(_ syntax: ExperimentSyntax, _ sources: SourceFiles) {
    for entry in syntax.header + (syntax.params?.entries ?? []) { add(entry.value, sources) }
    for cell in syntax.cells {
      add(cell.value, sources, areExpressions: cell.keyword == "check")
      add(cell.body, sources)
    }
  }

  /// Where a word stands.
  func places(of word: String) -> [SourceSpan] { places[word] ?? [] }

  private mutating func add(_ node: ConfigNode, _ sources: SourceFiles, areExpressions: Bool = false) {
    for entry in node.entries ?? [] {
      if let span = entry.keySpan { add(span, sources) }
      add(entry.value, sources)
    }
    for item in node.list ?? [] { add(item, sources, areExpressions: areExpressions) }
    if node.entries == nil, node.list == nil, let span = node.span {
      add(span, sources, isExpression: areExpressions)
    }
  }

  private mutating func add(_ span: SourceSpan, _ sources: SourceFiles, isExpression: Bool = false) {
    let bytes = Array(sources.bytes(span))
    var start: Int?
    /// Open parentheses of `$(…)`, and whether `{{` is open.
    var depth = 0
    var isInBraces = false
    for (place, byte) in (bytes + [0x20]).enumerated() {
      let begins = byte == UInt8(ascii: "$") && start == nil
      if Self.isWord(byte) || begins {
        start = start ?? place
        continue
      }
      let opens = start.map { place - $0 == 1 && bytes[$0] == UInt8(ascii: "$") } ?? false
      if let first = start, !opens {
        let text = String(decoding: bytes[first..<place], as: UTF8.self)
        let isName = isExpression || depth > 0 || isInBraces
        let lower = Int(span.lower)
        places[isName ? "$" + text : text, default: []].append(
          SourceSpan(file: span.file, lower + first, lower + place))
      }
      start = nil
      if byte == UInt8(ascii: "("), opens || depth > 0 { depth += 1 }
      if byte == UInt8(ascii: ")"), depth > 0 { depth -= 1 }
      let isDouble = place > 0 && bytes[place - 1] == byte
      if byte == UInt8(ascii: "{"), isDouble { isInBraces = true }
      if byte == UInt8(ascii: "}"), isDouble { isInBraces = false }
    }
  }

  /// Letters, digits and `_`, and every byte of what is not ASCII.
  private static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
  }
}
