import Foundation
import Fuzzing
import Testing

@Suite struct ArchiveFuzzTests {
  @Test func `no damaged archive does anything but be refused`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try FuzzRun(ArchiveFuzzer(), in: folder).run(0..<150)
    #expect(result.count == 150 && result.wrong.isEmpty, "\(result.wrong)")
    #expect(result.right < 20, "damage must be found")
  }
}
