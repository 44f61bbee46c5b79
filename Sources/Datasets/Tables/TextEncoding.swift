public import Config
public import Diagnostics

/// How the characters of a text file are written as bytes.
public struct TextEncoding: Sendable, Equatable, ConfigConvertible {
  private enum Kind: Equatable { case utf8, utf16(isLittle: Bool), oneByte }

  /// As it is written in experiments and model files.
  public let name: String

  public static let utf8 = TextEncoding("utf-8")

  private init(_ name: String) { self.name = name }

  /// Other names that are in use, for those above.
  private static let aliases = [
    "utf8": "utf-8", "utf-8-sig": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8", "utf16": "utf-16",
    "latin-1": "iso-8859-1", "latin1": "iso-8859-1", "latin-2": "iso-8859-2", "latin2": "iso-8859-2",
    "latin-9": "iso-8859-15", "latin9": "iso-8859-15", "ansi": "windows-1252", "macroman": "mac-roman",
    "ibm437": "cp437", "ibm850": "cp850",
  ]

  /// Every encoding that is read.
  public static let names =
    ["utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1"] + CodePages.all.keys.sorted()

  public static var expectation: String { "the name of an encoding" }
  public var config: ConfigNode { name.config }

  /// - Throws: E0201 if it is no text, E0205 for an encoding that is not read.
  public init(config: ConfigNode) throws(Diagnostic) {
    let written = try config.text()
    var folded = written.lowercased().replacing("_", with: "-")
    if folded.hasPrefix("cp125") { folded = "windows-" + folded.dropFirst(2) }
    if folded.hasPrefix("iso8859") { folded = "iso-8859" + folded.dropFirst(7) }
    let name = Self.aliases[folded] ?? folded
    guard Self.names.contains(name) else {
      throw .unknownWord(written, in: Self.names + ["latin-1"], at: config.span, what: "encoding")
    }
    self.init(name)
  }

  private var kind: Kind {
    switch name {
    case "utf-8": .utf8
    case "utf-16", "utf-16le": .utf16(isLittle: true)
    case "utf-16be": .utf16(isLittle: false)
    default: .oneByte
    }
  }

  /// The text as UTF-8, without a byte order mark.
  ///
  /// A mark of UTF-8 or UTF-16 says more than a setting.
  /// - Throws: E0424 for bytes that are no characters, and for zeros, which no text has.
  func decode(_ bytes: [UInt8], of file: DataPath) throws(Diagnostic) -> [UInt8] {
    var text: [UInt8]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      text = try Self.checked(Array(bytes.dropFirst(3)), of: file)
    } else if bytes.starts(with: [0xFF, 0xFE]) {
      text = try Self.fromUTF16(bytes.dropFirst(2), isLittle: true, of: file)
    } else if bytes.starts(with: [0xFE, 0xFF]) {
      text = try Self.fromUTF16(bytes.dropFirst(2), isLittle: false, of: file)
    } else {
      switch kind {
      case .utf8: text = try Self.checked(bytes, of: file)
      case .utf16(let isLittle): text = try Self.fromUTF16(bytes[...], isLittle: isLittle, of: file)
      case .oneByte: text = try fromOneByte(bytes, of: file)
      }
    }
    if let zero = text.firstIndex(of: 0) { throw .zeroByte(text, at: zero, of: file) }
    return text
  }

  private static func checked(_ bytes: [UInt8], of file: DataPath) throws(Diagnostic) -> [UInt8] {
    if let offset = firstInvalidOffset(bytes) {
      throw .notText(file, TextPlace(offset, in: bytes), "the byte \(hex(bytes[offset])) is not UTF-8")
    }
    return bytes
  }

  private static func fromUTF16(
    _ bytes: ArraySlice<UInt8>, isLittle: Bool, of file: DataPath
  ) throws(Diagnostic) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var place = bytes.startIndex
    func unit(_ place: Int) -> UInt32 {
      let (first, second) = (UInt32(bytes[place]), UInt32(bytes[place + 1]))
      return isLittle ? second << 8 | first : first << 8 | second
    }
    while place + 1 < bytes.endIndex {
      var code = unit(place)
      place += 2
      if (0xD800..<0xDC00).contains(code), place + 1 < bytes.endIndex,
        (0xDC00..<0xE000).contains(unit(place))
      {
        code = 0x10000 + (code - 0xD800) << 10 + (unit(place) - 0xDC00)
        place += 2
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw .notText(file, TextPlace(text.count, in: text), "half a character of UTF-16")
      }
      text.append(scalar)
    }
    guard place == bytes.endIndex else {
      throw .notText(file, TextPlace(text.count, in: text), "UTF-16 ends in the middle of a character")
    }
    return text
  }

  private func fromOneByte(_ bytes: [UInt8], of file: DataPath) throws(Diagnostic) -> [UInt8] {
    let table = (CodePages.all[name] ?? "").unicodeScalars.map { $0 }
    let first = 256 - table.count
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      guard byte >= 0x80, Int(byte) >= first else {
        text.append(Unicode.Scalar(byte))
        continue
      }
      let scalar = table[Int(byte) - first]
      guard scalar != "\u{FFFD}" else {
        throw .notText(file, TextPlace(text.count, in: text), "the byte \(Self.hex(byte)) is not \(name)")
      }
      text.append(scalar)
    }
    return text
  }

  private static func hex(_ byte: UInt8) -> String { "0x" + String(byte, radix: 16, uppercase: true) }
}

extension [UInt8] {
  /// Appends a character as UTF-8.
  fileprivate mutating func append(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      append(UInt8(scalar.value))
    } else {
      append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}

/// Where the first byte lies that is not UTF-8.
private func firstInvalidOffset(_ bytes: [UInt8]) -> Int? {
  var place = 0
  while place < bytes.count {
    if bytes[place] < 0x80 {
      place += 1
      continue
    }
    guard let length = lengthOfCharacter(bytes, at: place) else { return place }
    place += length
  }
  return nil
}

/// The length of a character of several bytes, by the table of well-formed sequences of the Unicode Standard.
private func lengthOfCharacter(_ bytes: [UInt8], at place: Int) -> Int? {
  let first = bytes[place]
  let form: (length: Int, second: ClosedRange<UInt8>)
  switch first {
  case 0xC2...0xDF: form = (2, 0x80...0xBF)
  case 0xE0: form = (3, 0xA0...0xBF)
  case 0xED: form = (3, 0x80...0x9F)
  case 0xE1...0xEF: form = (3, 0x80...0xBF)
  case 0xF0: form = (4, 0x90...0xBF)
  case 0xF1...0xF3: form = (4, 0x80...0xBF)
  case 0xF4: form = (4, 0x80...0x8F)
  default: return nil
  }
  let (length, second) = form
  guard place + length <= bytes.count, second.contains(bytes[place + 1]) else { return nil }
  for i in place + 2..<place + length where bytes[i] & 0xC0 != 0x80 { return nil }
  return length
}

/// A place in a text, from 1 on: a column is a character of its line.
struct TextPlace {
  let line: Int
  let column: Int

  /// - Parameter offset: a byte of UTF-8; what is before it is well-formed.
  init(_ offset: Int, in text: [UInt8]) {
    var (line, column) = (1, 1)
    for i in 0..<offset {
      if text[i] == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if text[i] & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }
}

extension Diagnostic {
  /// E0424: bytes that are no characters in the encoding of the file.
  fileprivate static func notText(_ file: DataPath, _ place: TextPlace, _ message: String) -> Diagnostic {
    Diagnostic(
      "E0424", "'\(file.name)' line \(place.line), column \(place.column): \(message)",
      at: file.span.map { Label($0, "read for this") },
      help: file.span == nil
        ? "save the file as UTF-8"
        : "save the file as UTF-8, or name its encoding in the data cell, such as 'encoding: windows-1252'")
  }

  /// E0424: a zero, as every other byte of plain UTF-16 is one.
  fileprivate static func zeroByte(_ text: [UInt8], at offset: Int, of file: DataPath) -> Diagnostic {
    let start = text.prefix(64)
    let zeros = start.indices.filter { start[$0] == 0 }
    let isWide = zeros.count * 3 > start.count && Set(zeros.map { $0 % 2 }).count == 1
    var diagnostic = Diagnostic.notText(file, TextPlace(offset, in: text), "a zero byte, which no text has")
    if isWide {
      diagnostic.help =
        "the file seems to be UTF-16 without a byte order mark: save it as UTF-8"
        + (file.span == nil
          ? "" : ", or write 'encoding: utf-16\(zeros.first == 0 ? "be" : "le")' in the data cell")
    }
    return diagnostic
  }
}
