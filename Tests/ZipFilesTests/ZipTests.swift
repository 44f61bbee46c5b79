import Foundation
import Fuzzing
import Testing
import ZipFiles

@Suite struct ZipTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString).zip")
    .path

  /// What is wrong with a file of these bytes; `nil` if it can be opened.
  private func fault(_ data: Data) throws -> String? {
    try data.write(to: URL(filePath: path))
    defer { unlink(path) }
    do throws(ZipError) {
      _ = try ZipReader(path)
      return nil
    } catch {
      return error.reason
    }
  }

  private func fault(names: String...) throws -> String? {
    try fault(ZipBuilder(names.map { ($0, Data("x".utf8)) }).data)
  }

  @Test func `what is written can be read`() throws {
    defer { unlink(path) }
    try writeZip([ZipMember(name: "a/b.txt", content: .text("hello"))], to: path)
    let zip = try ZipReader(path)
    #expect(zip.names == ["a/b.txt"] && zip.size(of: "a/b.txt") == 5)
    #expect(try zip.bytes("a/b.txt", limit: 5) == Array("hello".utf8))
  }

  @Test func `the same members are the same bytes`() throws {
    defer { unlink(path) }
    let members = [
      ZipMember(name: "a", content: .text("1")),
      ZipMember(name: "b", content: .text("2"), isExecutable: true),
    ]
    try writeZip(members, to: path)
    let first = try Data(contentsOf: URL(filePath: path))
    usleep(10_000)
    try writeZip(members, to: path)
    #expect(try Data(contentsOf: URL(filePath: path)) == first)
  }

  @Test func `a sound file has no fault`() throws {
    #expect(try fault(names: "a", "b/c", "d/") == nil)
  }

  @Test(arguments: ["../a", "a/../../b", "/etc/passwd"]) func `a name that leads out is refused`(name: String)
    throws
  {
    #expect(try fault(names: name) == "the member '\(name)' leads out of it")
  }

  @Test(arguments: ["a\\..\\b", "a//b", "./a", "a\u{7}b", String(repeating: "x", count: 300)])
  func `a name that no file has everywhere is refused`(name: String) throws {
    #expect(try fault(names: name)?.contains("a name that no file can have everywhere") == true)
  }

  @Test func `a name with a zero in it is refused`() throws {
    #expect(try fault(names: "a\u{0}b") != nil)
  }

  @Test func `two members of one name are refused`() throws {
    #expect(try fault(names: "a", "a") != nil)
  }

  @Test func `a file that is a folder, too, is refused`() throws {
    #expect(try fault(names: "a", "a/b") == "'a' is a file and a folder")
  }

  @Test func `a link is refused`() throws {
    var builder = ZipBuilder([("a", Data("/etc/passwd".utf8))])
    builder.members[0].unixMode = 0o120_777
    #expect(try fault(builder.data) == "'a' is a link, not a file")
  }

  @Test func `a member that would become huge is refused`() throws {
    var builder = ZipBuilder([("a", Data([0x4B, 0x04, 0x00]))])
    builder.members[0].method = 8
    builder.members[0].claimedSize = 1 << 30
    #expect(try fault(builder.data)?.contains("times as large") == true)
  }

  @Test func `members that overlap are refused`() throws {
    // Each says that it has the bytes of all.
    var builder = ZipBuilder((0..<8).map { ("\($0)", Data(repeating: 0, count: 4000)) })
    builder.areOverlapping = true
    #expect(try fault(builder.data) != nil)
  }

  @Test func `a list of too many members is refused`() throws {
    let builder = ZipBuilder((0..<40).map { ("\($0)", Data()) })
    try builder.data.write(to: URL(filePath: path))
    defer { unlink(path) }
    #expect(throws: ZipError.damaged("it lists 40 members")) { _ = try ZipReader(path, most: 39) }
  }

  @Test func `a file cut short is refused`() throws {
    #expect(try fault(ZipBuilder([("a", Data("x".utf8))]).data.dropLast(3)) != nil)
  }

  @Test func `a damaged member is found when it is read`() throws {
    var builder = ZipBuilder([("a", Data("hello".utf8))])
    builder.members[0].checksum = 1
    try builder.data.write(to: URL(filePath: path))
    defer { unlink(path) }
    let zip = try ZipReader(path)
    #expect(throws: ZipError.self) { try zip.bytes("a", limit: 5) }
  }
}
