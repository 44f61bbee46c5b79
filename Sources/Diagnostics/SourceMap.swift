/// The source files of one check, for turning offsets into lines and columns.
public struct SourceMap: Sendable {
  struct File: Sendable {
    var path: String
    var text: [UInt8]
    var lineStarts: [Int]
  }
  private var files: [File] = []

  public init() {}

  /// Adds a file and returns the number its spans carry.
  public mutating func add(path: String, text: String) -> Int32 {
    let bytes = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    files.append(File(path: path, text: bytes, lineStarts: starts))
    return Int32(files.count - 1)
  }

  /// A place as people count: lines and columns from 1, columns in characters.
  public struct Position: Sendable, Equatable {
    public var path: String
    public var line: Int
    public var column: Int
  }

  public func position(of span: SourceSpan) -> Position {
    let (file, line) = locate(span)
    let start = file.lineStarts[line]
    let before = String(
      decoding: file.text[start..<min(max(Int(span.lower), start), file.text.count)], as: UTF8.self)
    return Position(path: file.path, line: line + 1, column: before.count + 1)
  }

  /// The line a span starts in, and how many characters of it the span covers (at least 1).
  public func excerpt(of span: SourceSpan) -> (line: String, width: Int) {
    let (file, line) = locate(span)
    let start = file.lineStarts[line]
    let nextLine = line + 1 < file.lineStarts.count ? file.lineStarts[line + 1] - 1 : file.text.count
    let end = max(start, nextLine)
    let lower = min(max(Int(span.lower), start), end)
    let covered = String(decoding: file.text[lower..<min(max(Int(span.upper), lower), end)], as: UTF8.self)
    return (String(decoding: file.text[start..<end], as: UTF8.self), max(1, covered.count))
  }

  private func locate(_ span: SourceSpan) -> (file: File, line: Int) {
    let file = files[Int(span.file)]
    var (low, high) = (0, file.lineStarts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if file.lineStarts[middle] <= Int(span.lower) { low = middle } else { high = middle - 1 }
    }
    return (file, low)
  }
}
