public import Diagnostics

/// A piece of script with the way back to where it was written: part of a YAML scalar, or a whole block of
/// code.
public struct ScriptText: Sendable {
  /// Where the bytes came from.
  private enum Origin: Sendable {
    case nowhere
    /// Byte *i* of the script is byte `offset + i` of the file.
    case shifted(file: Int32, offset: Int)
    /// Each line of the script begins at its own place in the file: block scalars lose their indentation.
    case lines(file: Int32, starts: [(script: Int, source: Int)])
    /// Folded or escaped text, whose bytes cannot be told apart.
    case whole(SourceSpan)
  }

  let bytes: [UInt8]
  private let origin: Origin

  /// A script that was written nowhere.
  public init(_ text: String) {
    bytes = Array(text.utf8)
    origin = .nowhere
  }

  /// The text of a scalar.
  public init(_ text: String, at span: SourceSpan?, in sources: SourceFiles) {
    bytes = Array(text.utf8)
    origin = Self.origin(of: bytes, at: span, in: sources)
  }

  private init(bytes: [UInt8], origin: Origin) {
    self.bytes = bytes
    self.origin = origin
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The script between two offsets.
  public func part(_ range: Range<Int>) -> ScriptText {
    let part = Array(bytes[range])
    switch origin {
    case .nowhere, .whole: return ScriptText(bytes: part, origin: origin)
    case .shifted(let file, let offset):
      return ScriptText(bytes: part, origin: .shifted(file: file, offset: offset + range.lowerBound))
    case .lines(let file, let starts):
      let moved = starts.map { (script: $0.script - range.lowerBound, source: $0.source) }
      return ScriptText(bytes: part, origin: .lines(file: file, starts: moved))
    }
  }

  /// Where bytes of the script stand in a file.
  public func span(_ range: Range<Int>) -> SourceSpan? {
    switch origin {
    case .nowhere: return nil
    case .whole(let span): return span
    case .shifted(let file, let offset):
      return SourceSpan(file: file, offset + range.lowerBound, offset + range.upperBound)
    case .lines(let file, let starts):
      return SourceSpan(
        file: file, place(range.lowerBound, starts),
        max(place(range.upperBound, starts), place(range.lowerBound, starts)))
    }
  }

  private func place(_ offset: Int, _ starts: [(script: Int, source: Int)]) -> Int {
    let line = starts.last { $0.script <= offset } ?? starts[0]
    return line.source + offset - line.script
  }

  /// Compares the scalar with its spelling: the same bytes mean a plain or quoted text on one line.
  private static func origin(of bytes: [UInt8], at span: SourceSpan?, in sources: SourceFiles) -> Origin {
    guard let span else { return .nowhere }
    let written = sources.bytes(span)
    if written.elementsEqual(bytes) { return .shifted(file: span.file, offset: Int(span.lower)) }
    if written.dropFirst().dropLast().elementsEqual(bytes), written.first.map(isQuote) == true {
      return .shifted(file: span.file, offset: Int(span.lower) + 1)
    }
    if written.first == UInt8(ascii: "|"), let starts = lineStarts(bytes, written) {
      return .lines(file: span.file, starts: starts)
    }
    return .whole(span)
  }

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  /// Walks the lines of a `|` block beside the lines of its value: each ends with the value's line.
  private static func lineStarts(_ bytes: [UInt8], _ written: ArraySlice<UInt8>) -> [(
    script: Int, source: Int
  )]? {
    let newline = UInt8(ascii: "\n")
    var starts: [(script: Int, source: Int)] = []
    var script = 0
    guard var source = written.firstIndex(of: newline).map({ $0 + 1 }) else { return nil }
    for line in bytes.split(separator: newline, omittingEmptySubsequences: false) {
      let end = written[min(source, written.endIndex)...].firstIndex(of: newline) ?? written.endIndex
      var content = source..<max(source, end)
      if let last = content.last, written[last] == UInt8(ascii: "\r") { content = source..<last }
      if content.count < line.count {
        if line.isEmpty { break }
        return nil
      }
      guard written[content].suffix(line.count).elementsEqual(line) else { return nil }
      starts.append((script, content.upperBound - line.count))
      script += line.count + 1
      source = end + 1
      if source > written.endIndex { break }
    }
    return starts.isEmpty ? nil : starts
  }
}
