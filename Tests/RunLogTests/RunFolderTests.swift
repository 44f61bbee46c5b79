import Diagnostics
import Foundation
import RunEvents
import RunLog
import Testing

@Suite struct RunFolderTests {
  @Test func `numbers go on from the largest`() throws {
    try withFolder { folder in
      for name in ["mlp-2", "mlp-9", "mlp-x", "mlp-9b", "other-50", "mlp-cnn-77"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      }
      let next = try RunFolder.next(of: "mlp", in: folder)
      #expect(next == RunFolder(name: "mlp-10", path: folder + "/mlp-10"))
      #expect(FileManager.default.fileExists(atPath: next.path))
    }
  }

  @Test func `the reports folder is made`() throws {
    try withFolder { folder in
      let next = try RunFolder.next(of: "mlp", in: folder + "/a/b")
      #expect(next.name == "mlp-1")
    }
  }

  @Test func `runs that start at once get folders of their own`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let names = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<20 { group.addTask { try RunFolder.next(of: "mlp", in: folder).name } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(names.count == 20)
  }

  @Test func `a file in the place of the folder is told`() throws {
    try withFolder { folder in
      try Data().write(to: URL(filePath: folder + "/reports"))
      #expect(code { _ = try RunFolder.next(of: "mlp", in: folder + "/reports") } == "E0707")
    }
  }
}
