import Diagnostics
import Files
import Foundation
import Testing

@Suite struct WriteFileTests {
  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func `a file is there whole, in a folder that is made for it`() throws {
    try TemporaryFolder.with { folder in
      try writeFile([1, 2, 3], to: "\(folder)/a/b/c")
      #expect(try readRegularFile("\(folder)/a/b/c") == [1, 2, 3])
      #expect(try names(in: "\(folder)/a/b") == ["c"])
    }
  }

  @Test func `a file that is there is replaced`() throws {
    try TemporaryFolder.with { folder in
      try writeFile([UInt8](repeating: 7, count: 1000), to: folder + "/a")
      try writeFile([], to: folder + "/a")
      #expect(try readRegularFile(folder + "/a") == [])
    }
  }

  @Test func `pieces are written one behind the other`() throws {
    try TemporaryFolder.with { folder in
      try writeFile(to: folder + "/a") { put in
        for byte in UInt8(0)..<200 { [byte, byte].withUnsafeBytes(put) }
      }
      #expect(try readRegularFile(folder + "/a") == (UInt8(0)..<200).flatMap { [$0, $0] })
    }
  }

  @Test func `what cannot be written leaves what was there, and nothing beside it`() throws {
    try TemporaryFolder.with { folder in
      try FileManager.default.createDirectory(atPath: folder + "/taken", withIntermediateDirectories: true)
      #expect { try writeFile([1], to: folder + "/taken") } throws: { ($0 as? Diagnostic)?.code == "E0905" }
      #expect(try names(in: folder) == ["taken"])
      #expect { try writeFile([1], to: "/dev/null/a") } throws: { ($0 as? Diagnostic)?.code == "E0905" }
    }
  }

  @Test func `a device that is full is told`() {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    #expect([UInt8](repeating: 0, count: 10).withUnsafeBytes { writeAll($0, to: full) } == ENOSPC)
  }
}

@Suite struct TemporaryTests {
  @Test func `a temporary folder is gone afterwards, also after a mistake`() throws {
    struct Mistake: Error {}
    var place = ""
    #expect(throws: Mistake.self) {
      try TemporaryFolder.with { folder in
        place = folder
        try writeFile([1], to: folder + "/a")
        throw Mistake()
      }
    }
    #expect(!place.isEmpty && !FileManager.default.fileExists(atPath: place))
  }

  @Test func `a temporary file is nobody else's`() throws {
    let files = try (0..<3).map { _ in try openTemporaryFile() }
    #expect(Set(files.map(\.path)).count == 3)
    for file in files {
      close(file.descriptor)
      unlink(file.path)
    }
  }
}
