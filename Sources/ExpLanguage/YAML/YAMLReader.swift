public import Config
public import Diagnostics

/// Reads a YAML text as one value, with a span on every value and key.
///
/// The span of a text covers it with its quotes, that of a block text begins at its `|`; that of a list or
/// mapping reaches from its first to its last character.
/// - Returns: what could be read; `nil` if that is nothing. With a syntax error nothing is read.
public func readYAML(_ file: Int32, in sources: SourceFiles, into bag: inout DiagnosticBag) -> ConfigNode? {
  var reader = YAMLReader(sources.bytes(of: file), file: file)
  do {
    let node = try reader.document()
    for diagnostic in reader.bag.all { bag.report(diagnostic) }
    return node
  } catch let problem as YAMLProblem {
    for diagnostic in reader.bag.all { bag.report(diagnostic) }
    bag.report(.syntax(problem, file: file, text: sources.bytes(of: file)))
  } catch let diagnostic as Diagnostic {
    for earlier in reader.bag.all { bag.report(earlier) }
    bag.report(diagnostic)
  } catch {
    bag.report(.syntax(YAMLProblem(text: "\(error)", offset: 0), file: file, text: []))
  }
  return nil
}

private struct YAMLReader: ~Copyable {
  private var events: YAMLEvents
  private let file: Int32
  private let count: Int
  var bag = DiagnosticBag()

  init(_ bytes: [UInt8], file: Int32) {
    events = YAMLEvents(bytes, file: file)
    self.file = file
    count = bytes.count
  }

  mutating func document() throws -> ConfigNode {
    _ = try events.next()
    guard case .documentStart = try events.next().kind else { throw Diagnostic.emptyFile(file) }
    let first = try events.next()
    let root = try node(first, depth: 0)
    if case .null = root.content, first.span.lower == first.span.upper { throw Diagnostic.emptyFile(file) }
    _ = try events.next()
    let after = try events.next()
    if case .documentStart = after.kind { bag.report(.secondDocument(after.span)) }
    return root
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws -> ConfigNode {
    if depth > nestingLimit { throw Diagnostic.tooDeep(event.span, limit: nestingLimit) }
    if event.hasAnchor { bag.report(.anchor(event.span)) }
    if event.hasTag { bag.report(.tag(event.span)) }
    switch event.kind {
    case .scalar(let text, let isPlain): return scalar(text, isPlain: isPlain, event.span)
    case .listStart: return try list(event, depth: depth)
    case .mapStart: return try map(event, depth: depth)
    default:
      bag.report(.anchor(event.span))
      return ConfigNode(.null, span: event.span)
    }
  }

  private mutating func scalar(_ text: String, isPlain: Bool, _ span: SourceSpan) -> ConfigNode {
    guard isPlain else { return ConfigNode(.string(text), span: span) }
    switch CoreSchema.meaning(of: text) {
    case .value(let content): return ConfigNode(content, span: span)
    case .notFinite:
      bag.report(.notFinite(text, span))
      return ConfigNode(.null, span: span)
    }
  }

  private mutating func list(_ start: YAMLEvent, depth: Int) throws -> ConfigNode {
    var items: [ConfigNode] = []
    while true {
      let event = try events.next()
      if case .listEnd = event.kind {
        return ConfigNode(.list(items), span: extent(start, event, last: items.last?.span))
      }
      items.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func map(_ start: YAMLEvent, depth: Int) throws -> ConfigNode {
    var entries: [ConfigNode.Entry] = []
    var positions: [String: Int] = [:]
    while true {
      let event = try events.next()
      if case .mapEnd = event.kind {
        return ConfigNode(.map(entries), span: extent(start, event, last: entries.last?.value.span))
      }
      let name = try key(event, depth: depth)
      let value = try node(events.next(), depth: depth + 1)
      guard let name else { continue }
      if let first = positions[name] {
        bag.report(.duplicateKey(name, event.span, first: entries[first].keySpan ?? event.span))
      } else {
        positions[name] = entries.count
        entries.append(.init(name, value, keySpan: event.span))
      }
    }
  }

  /// The text of a key; `nil`, and reported, if it is no text.
  ///
  /// Whole numbers are kept as they are spelled, because Keras counts classes with them: `class_weight: {0:
  /// 1.0}`.
  private mutating func key(_ event: YAMLEvent, depth: Int) throws -> String? {
    let errors = bag.all.count
    let key = try node(event, depth: depth + 1)
    guard bag.all.count == errors else { return nil }
    switch (key.content, event.kind) {
    case (.string(let text), _): return text
    case (.int, .scalar(let text, _)): return text
    default:
      bag.report(.keyIsNoText(key))
      return nil
    }
  }

  /// The C parser ends block collections where the next thing begins; they end with their last value.
  private func extent(_ start: YAMLEvent, _ end: YAMLEvent, last: SourceSpan?) -> SourceSpan {
    let upper = start.isFlow ? end.span.upper : max(start.span.upper, last?.upper ?? start.span.upper)
    return SourceSpan(file: file, Int(start.span.lower), Int(upper))
  }
}
