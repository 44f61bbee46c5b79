import Diagnostics

/// The words of a filter.
struct FilterToken: Equatable {
  enum Kind: Equatable {
    /// A name, a keyword, a number or a text without quotes.
    case word
    case quoted
    /// `(`, `)` or a comparison.
    case symbol
    case end
  }

  var kind: Kind
  /// Without quotes.
  var text: String
  var span: SourceSpan

  /// Whether it is this keyword, in letters of any case.
  func isKeyword(_ word: String) -> Bool { kind == .word && text.lowercased() == word }
  func isSymbol(_ text: String) -> Bool { kind == .symbol && self.text == text }

  /// Splits a filter into its words, and one for the end.
  ///
  /// Words end at blanks, quotes, brackets and comparisons; so names of runs, dates and paths need no quotes.
  /// - Throws: E0715 for a quote that is not closed or a character of no meaning.
  static func all(of text: String) throws(Diagnostic) -> [FilterToken] {
    let bytes = Array(text.utf8)
    var tokens: [FilterToken] = []
    var next = 0
    while next < bytes.count {
      let start = next
      let byte = bytes[start]
      if isBlank(byte) {
        next += 1
        continue
      }
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        guard let end = bytes[(start + 1)...].firstIndex(of: byte) else {
          throw .unreadableFilter("the quote is not closed", at: SourceSpan(start, bytes.count))
        }
        next = end + 1
        tokens.append(.init(.quoted, bytes[(start + 1)..<end], SourceSpan(start, next)))
      } else if let length = symbolLength(bytes[start...]) {
        next = start + length
        tokens.append(.init(.symbol, bytes[start..<next], SourceSpan(start, next)))
      } else {
        while next < bytes.count, isPartOfWord(bytes[next]) { next += 1 }
        guard next > start else {
          throw .unreadableFilter(
            "'\(Character(Unicode.Scalar(byte)))' has no meaning here", at: SourceSpan(start, start + 1))
        }
        tokens.append(.init(.word, bytes[start..<next], SourceSpan(start, next)))
      }
    }
    return tokens + [.init(.end, [], SourceSpan(bytes.count, bytes.count))]
  }

  private init(_ kind: Kind, _ bytes: ArraySlice<UInt8>, _ span: SourceSpan) {
    self.kind = kind
    text = String(decoding: bytes, as: UTF8.self)
    self.span = span
  }

  private static let symbols = ["<=", ">=", "!=", "==", "<", ">", "=", "(", ")"].map { Array($0.utf8) }

  private static func symbolLength(_ rest: ArraySlice<UInt8>) -> Int? {
    symbols.first { rest.starts(with: $0) }?.count
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    !isBlank(byte) && !"\"'()<>=!".utf8.contains(byte)
  }
}

extension Diagnostic {
  /// E0715: a filter that does not read as one.
  static func unreadableFilter(_ what: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0715", what, at: Label(span, "here"),
      help: "a filter reads like \"val_accuracy > 0.88 and not (tag = baseline or note contains test)\"")
  }
}
