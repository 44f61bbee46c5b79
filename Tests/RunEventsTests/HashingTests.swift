import Diagnostics
import Foundation
import RunEvents
import Testing

@Suite struct HashingTests {
  @Test func `the hash of bytes is that of the standard`() {
    #expect(sha256(of: "abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(sha256(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test(arguments: [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1_000_000])
  func `a file hashes as its bytes do`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let digest = try sha256(file: url.path)
    #expect(digest.bytes == count)
    #expect(digest.sha256 == sha256(of: bytes))
  }

  @Test(arguments: ["/nowhere/x", "/"])
  func `what is not a readable file is a diagnostic`(path: String) {
    let error = #expect(throws: Diagnostic.self) { try sha256(file: path) }
    #expect(error?.code == "E0607")
  }
}
