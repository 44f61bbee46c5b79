import Diagnostics
import Foundation
import Fuzzing
import KerasFiles
import Testing

/// Zip files that are damaged, or made to hurt whoever reads them.
@Suite struct HostileZipTests {
  private func code(of zip: Data) throws -> String? {
    try withFolder { folder in
      try zip.write(to: URL(filePath: folder + "/m.keras"))
      return try codeOfLoading(folder + "/m.keras")
    }
  }

  /// The sound file's members.
  private func members() throws -> [(String, Data)] {
    storedMembers(try bytes(try fixture(file: "keras3.keras"))).map { ($0.name, $0.data) }
  }

  @Test func `the same members in another file are the same model`() throws {
    #expect(try code(of: ZipBuilder(members()).data) == nil)
  }

  @Test(arguments: [("config.json", "E0625"), ("model.weights.h5", "E0625"), ("metadata.json", nil)])
  func `a missing member is named, if a model needs it`(name: String, expected: String?) throws {
    #expect(try code(of: ZipBuilder(members().filter { $0.0 != name }).data) == expected)
  }

  @Test func `two members of one name are refused`() throws {
    let all = try members()
    #expect(try code(of: ZipBuilder(all + [all[1]]).data) == "E0624")
  }

  @Test(arguments: ["../evil", "/etc/evil", "a/../../evil"])
  func `names that lead out of the file are refused`(name: String) throws {
    #expect(try code(of: ZipBuilder(members() + [(name, Data())]).data) == "E0624")
  }

  @Test func `a member that would become a thousand times as large is not unpacked`() throws {
    var zip = ZipBuilder(try members())
    zip.members[2].method = 8
    zip.members[2].claimedSize = 4_000_000_000
    #expect(try code(of: zip.data) == "E0624")
  }

  @Test func `a configuration longer than any model's is not read`() throws {
    var zip = ZipBuilder(try members())
    zip.members[1].method = 8
    zip.members[1].claimedSize = 1 << 30
    #expect(try code(of: zip.data) == "E0624")
  }

  @Test func `a wrong checksum is noticed`() throws {
    var zip = ZipBuilder(try members())
    zip.members[2].checksum = 1
    #expect(try code(of: zip.data) == "E0624")
  }

  @Test func `an unknown compression is refused`() throws {
    var zip = ZipBuilder(try members())
    zip.members[2].method = 77
    #expect(try code(of: zip.data) == "E0624")
  }

  @Test(arguments: [("config.json", "E0612"), ("model.weights.h5", "E0602"), ("metadata.json", "E0612")])
  func `a member that is not what its name says is named`(name: String, expected: String) throws {
    let damaged = try members().map { $0.0 == name ? ($0.0, Data("nonsense, and not a little".utf8)) : $0 }
    #expect(try code(of: ZipBuilder(damaged).data) == expected)
  }

  @Test(arguments: 1..<60)
  func `a truncated .keras file is refused`(part: Int) throws {
    let whole = try bytes(try fixture(file: "keras3.keras"))
    #expect(try code(of: whole.prefix(whole.count * part / 60)) != nil)
  }
}
