// Yams' own nodes know where they start but not where they end, and it resolves aliases before one can see
// them. So the events of the C parser that it brings along are read directly; nothing outside this file sees
// C.
internal import CYaml
internal import Diagnostics

/// What the YAML parser reports, one after another, with places as UTF-8 offsets.
struct YAMLEvent {
  enum Kind {
    case scalar(String, isPlain: Bool)
    case listStart, mapStart
    case listEnd, mapEnd
    case alias
    case documentStart, documentEnd
    case streamStart, streamEnd
  }
  var kind: Kind
  var span: SourceSpan
  var isFlow = false
  var hasAnchor = false
  var hasTag = false
}

/// A syntax error in the words of the C parser.
struct YAMLProblem: Error {
  var text: String
  var offset: Int
  /// What it was reading, and where that began.
  var context: (text: String, offset: Int)?
}

/// Owns the C parser: `~Copyable`.
struct YAMLEvents: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let file: Int32
  private let offsets: ScalarOffsets
  /// How many bytes of the text the parser does not see.
  private let mark: Int

  init(_ bytes: [UInt8], file: Int32) {
    self.file = file
    offsets = ScalarOffsets(bytes)
    // Without the mark that some editors put before UTF-8, which the parser takes for a character of the document.
    mark = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    text = .allocate(capacity: max(1, bytes.count))
    _ = text.update(fromContentsOf: bytes.dropFirst(mark))
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, bytes.count - mark)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    text.deallocate()
  }

  mutating func next() throws(YAMLProblem) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
    defer { yaml_event_delete(&event) }
    let span = SourceSpan(
      file: file, offsets[Int(event.start_mark.index)], offsets[Int(event.end_mark.index)])
    return Self.convert(event, span)
  }

  private static func convert(_ event: yaml_event_t, _ span: SourceSpan) -> YAMLEvent {
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let value = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return YAMLEvent(
        kind: .scalar(value, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), span: span,
        hasAnchor: scalar.anchor != nil,
        hasTag: scalar.tag != nil || (scalar.plain_implicit == 0 && scalar.quoted_implicit == 0)
          || (scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.plain_implicit == 0))
    case YAML_SEQUENCE_START_EVENT:
      let list = event.data.sequence_start
      return YAMLEvent(
        kind: .listStart, span: span, isFlow: list.style == YAML_FLOW_SEQUENCE_STYLE,
        hasAnchor: list.anchor != nil, hasTag: list.tag != nil || list.implicit == 0)
    case YAML_MAPPING_START_EVENT:
      let map = event.data.mapping_start
      return YAMLEvent(
        kind: .mapStart, span: span, isFlow: map.style == YAML_FLOW_MAPPING_STYLE,
        hasAnchor: map.anchor != nil, hasTag: map.tag != nil || map.implicit == 0)
    case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .listEnd, span: span)
    case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mapEnd, span: span)
    case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias, span: span)
    case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, span: span)
    case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, span: span)
    case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, span: span)
    default: return YAMLEvent(kind: .streamEnd, span: span)
    }
  }

  private var problem: YAMLProblem {
    let state = parser.pointee
    let text = state.problem.map { String(cString: $0) } ?? "out of memory"
    if state.error == YAML_READER_ERROR {
      return YAMLProblem(text: text, offset: mark + Int(state.problem_offset))
    }
    let context = state.context.map { (String(cString: $0), offsets[Int(state.context_mark.index)]) }
    return YAMLProblem(text: text, offset: offsets[Int(state.problem_mark.index)], context: context)
  }
}

/// Turns counts of Unicode scalars, in which the C parser's marks are, into UTF-8 offsets.
private struct ScalarOffsets {
  private let count: Int
  /// Where each scalar begins; empty for ASCII, where both counts are the same.
  private var starts: [Int32] = []

  init(_ bytes: [UInt8]) {
    count = bytes.count
    guard bytes.contains(where: { $0 >= 0x80 }) else { return }
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 { starts.append(Int32(offset)) }
    if bytes.starts(with: byteOrderMark) { starts.removeFirst() }
  }

  subscript(scalar: Int) -> Int {
    if starts.isEmpty { return min(scalar, count) }
    return scalar < starts.count ? Int(starts[scalar]) : count
  }
}

private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
