public import Diagnostics

/// The texts of one check: experiment files, the files they extend, and values from the command line.
///
/// Spans carry the number of their text, so that a value can be traced to where it was written whatever was
/// merged into what.
public struct SourceFiles: Sendable {
  /// For the renderers.
  public private(set) var map = SourceMap()
  private var texts: [[UInt8]] = []

  public init() {}

  /// Adds a file.
  /// - Returns: the number its spans carry.
  /// - Throws: E0101 if the bytes are not UTF-8. The file is added all the same, so that the message can be
  ///   rendered.
  public mutating func add(path: String, bytes: [UInt8]) throws(Diagnostic) -> Int32 {
    let file = add(path: path, text: String(decoding: bytes, as: UTF8.self))
    if let offset = firstInvalidOffset(bytes) { throw .notUTF8(SourceSpan(file: file, offset, offset + 1)) }
    return file
  }

  /// Adds a text that is known to be good, such as a value from the command line.
  public mutating func add(path: String, text: String) -> Int32 {
    texts.append(Array(text.utf8))
    return map.add(path: path, text: text)
  }

  /// The bytes of a file, or nothing if there is no such file.
  func bytes(of file: Int32) -> [UInt8] {
    texts.indices.contains(Int(file)) ? texts[Int(file)] : []
  }

  /// The text a span covers, without the indentation that its lines have in common and without space at its end.
  public func text(_ span: SourceSpan) -> String {
    let all = bytes(of: span.file)
    let lower = min(max(0, Int(span.lower)), all.count)
    // The first line is indented by what stands before it.
    let start = all[..<lower].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    var lines = String(decoding: bytes(span), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    for i in lines.indices.dropFirst() {
      lines[i] = lines[i].dropFirst(min(lower - start, lines[i].prefix { $0 == " " }.count))
    }
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// The bytes a span covers.
  package func bytes(_ span: SourceSpan) -> ArraySlice<UInt8> {
    let all = bytes(of: span.file)
    let lower = min(max(0, Int(span.lower)), all.count)
    return all[lower..<min(max(lower, Int(span.upper)), all.count)]
  }
}

private func firstInvalidOffset(_ bytes: [UInt8]) -> Int? {
  var iterator = bytes.makeIterator()
  var decoder = UTF8()
  var offset = 0
  while true {
    switch decoder.decode(&iterator) {
    case .scalarValue(let scalar): offset += UTF8.width(scalar)
    case .emptyInput: return nil
    case .error: return offset
    }
  }
}

extension Diagnostic {
  /// E0101: bytes that are no text.
  static func notUTF8(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0101", "the file is not UTF-8 text", at: Label(span, "this byte is not part of any character"),
      help: "save the file with the encoding UTF-8")
  }
}
