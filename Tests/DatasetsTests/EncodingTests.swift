import Config
import Diagnostics
import Testing

@testable import Datasets

/// Bytes that are no text are refused, or read by the encoding that is named.
@Suite struct EncodingTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func settings(_ encoding: String?) -> ConfigNode {
    var node: ConfigNode = ["csv": "t.csv", "target": "y", "features": ["a"]]
    if let encoding, var entries = node.entries {
      entries.append(.init("encoding", .init(.string(encoding))))
      node = ConfigNode(.map(entries))
    }
    return node
  }

  private func classes(_ bytes: [UInt8], _ encoding: String? = nil) throws -> [String]? {
    try folder.write("t.csv", bytes)
    return try dataset(settings(encoding), in: folder).load().classNames
  }

  private func message(_ bytes: [UInt8], _ encoding: String? = nil) throws -> String? {
    try folder.write("t.csv", bytes)
    return failure(settings(encoding), in: folder).map { "\($0.code) \($0.message)" }
  }

  private let latin: [UInt8] = Array("a,y\n1,".utf8) + [0xE9] + Array("\n2,".utf8) + [0xE8, 0x0A]

  @Test func `two letters of Latin-1 are not one class`() throws {
    #expect(try message(latin) == "E0424 't.csv' line 2, column 3: the byte 0xE9 is not UTF-8")
    for name in ["latin-1", "ISO-8859-1", "windows-1252", "cp1252", "iso8859-15", "ANSI"] {
      #expect(try classes(latin, name) == ["è", "é"], "\(name)")
    }
    #expect(try classes(latin, "windows-1251") == ["и", "й"])
  }

  @Test func `columns count characters, and sequences are checked whole`() throws {
    let start = Array("a,y\n1,ä".utf8)
    for wrong: [UInt8] in [
      [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] {
      #expect(try message(start + wrong + [0x0A])?.hasPrefix("E0424 't.csv' line 2, column 4:") == true)
    }
  }

  private func wide(_ text: String, isLittle: Bool) -> [UInt8] {
    text.utf16.flatMap { isLittle ? [UInt8($0 & 255), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 255)] }
  }

  @Test func `UTF-16 is read by its mark, and by its name`() throws {
    let text = "a,y\n1,日本\n2,𝄞\n"
    for isLittle in [true, false] {
      #expect(try classes(wide("\u{FEFF}" + text, isLittle: isLittle)) == ["日本", "𝄞"])
      #expect(try classes(wide(text, isLittle: isLittle), isLittle ? "utf-16le" : "utf-16be") == ["日本", "𝄞"])
    }
    #expect(try message(wide("\u{FEFF}" + text, isLittle: true).dropLast())?.hasPrefix("E0424") == true)
  }

  @Test func `UTF-16 without a mark is named`() throws {
    try folder.write("t.csv", wide("a,y\n1,p\n2,q\n", isLittle: true))
    #expect(failure(settings(nil), in: folder)?.code == "E0424")
    #expect(
      failure(["csv": ConfigNode(.string("t.csv"), span: SourceSpan(0, 1)), "target": "y"], in: folder)?.help?
        .contains("encoding: utf-16le") == true)
  }

  @Test func `a byte that means nothing in the encoding is refused`() throws {
    let bytes = Array("a,y\n1,".utf8) + [0x81, 0x0A]
    #expect(
      try message(bytes, "windows-1252")
        == "E0424 't.csv' line 2, column 3: the byte 0x81 is not windows-1252")
    #expect(try message(Array("a,y\n1,p\0\n".utf8))?.contains("a zero byte") == true)
  }

  @Test func `rows to predict on are read as the training rows were`() throws {
    try folder.write("t.csv", Array("a,y\n".utf8) + [0xE9] + Array(",1\n".utf8) + [0xE8] + Array(",2\n".utf8))
    let data = try dataset(settings("latin-1"), in: folder).load()
    let kept = try Preparation(config: ConfigNode(json: data.preparation.config.json))
    let rows = try RawRows(try folder.write("n.csv", Array("a\n".utf8) + [0xE8, 0x0A]), kept)
    #expect(rows.part.matrix == [[1, 0]])
  }

  @Test func `every table of an encoding has a character for each byte`() {
    for (name, table) in CodePages.all {
      #expect([96, 128].contains(table.unicodeScalars.count), "\(name)")
    }
  }
}
