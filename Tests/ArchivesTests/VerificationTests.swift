import Diagnostics
import Foundation
import Fuzzing
import RunEvents
import RunLog
import Testing

@testable import Archives

@Suite struct VerificationTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")
  private var path: String { folder.appending(path: "small.zip").path }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// What is found in a sound archive after a change.
  private func findings(_ change: (inout [(name: String, data: Data)]) -> Void) throws -> [Verification
    .Finding]
  {
    var members = try ArchiveFuzzer().members
    change(&members)
    try ZipBuilder(members).data.write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(at: folder) }
    return try Verification(archive: path).findings
  }

  /// The archive with one file as it should not be, and a manifest that says it should.
  private func consistently(_ name: String, _ change: (String) -> String) throws -> [Verification.Finding] {
    try findings { members in
      for index in members.indices where members[index].name == name {
        members[index].data = Data(change(String(decoding: members[index].data, as: UTF8.self)).utf8)
      }
      let listed = members.filter { $0.name != "manifest-sha256.txt" }
      let manifest = listed.map { "\(sha256(of: $0.data))  \($0.name)\n" }.joined()
      for index in members.indices where members[index].name == "manifest-sha256.txt" {
        members[index].data = Data(manifest.utf8)
      }
    }
  }

  @Test func `a sound archive has no fault`() throws {
    #expect(try findings { _ in } == [])
  }

  @Test func `without its manifest nothing can be checked`() throws {
    let found = try findings { $0.removeAll { $0.name == "manifest-sha256.txt" } }
    #expect(found.contains { $0.file == "manifest-sha256.txt" && $0.problem == .missing })
  }

  @Test func `a changed file is found by its description, though the manifest was changed with it`() throws {
    let found = try consistently("README.md") { $0 + "more" }
    #expect(found.map(\.file) == ["README.md"] && found[0].text.contains("ro-crate-metadata.json says"))
  }

  @Test func `a changed experiment is found by the log`() throws {
    let found = try consistently("experiment.exp") { $0 + "# more\n" }
    #expect(found.contains { $0.file == "experiment.exp" && $0.text.contains("the log says") })
  }

  @Test func `changed data are found by the log`() throws {
    let found = try consistently("data/files/data.csv") { $0 + "3,4\n" }
    #expect(
      found.contains { $0.file == "data/files/data.csv" && $0.text.contains("which the run did not read") })
  }

  @Test func `a part that is not described is found`() throws {
    let found = try consistently("ro-crate-metadata.json") {
      $0.replacing("\"hasPart\": [", with: "\"hasPart\": [{\"@id\": \"ghost.txt\"},")
    }
    #expect(found.contains { $0.text == "'ghost.txt' is a part, and not described" })
  }

  @Test func `a link that leads nowhere is found`() throws {
    let found = try consistently("ro-crate-metadata.json") {
      $0.replacing("\"@id\": \"#step-1\",\n      \"@type\"", with: "\"@id\": \"#other\",\n      \"@type\"")
    }
    #expect(found.contains { $0.text.contains("leads to '#step-1', which is not there") })
  }

  @Test func `a description that is no JSON is said to be none`() throws {
    let found = try consistently("ro-crate-metadata.json") { String($0.dropLast(9)) }
    #expect(found.contains { $0.file == "ro-crate-metadata.json" && $0.text.contains("not valid JSON") })
  }

  @Test func `an archive in an archive's place is no archive of runs`() throws {
    try ZipBuilder([("a.txt", Data())]).data.write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(at: folder) }
    let diagnostic = #expect(throws: Diagnostic.self) { try Verification(archive: path) }
    #expect(diagnostic?.code == "E0656")
  }
}
