import Diagnostics
import Foundation
import HDF5Files
import Testing

/// Runs `body` with a path in a folder that is removed afterwards.
private func withPath<T>(_ body: (String) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory.appending(path: "h5-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder + "/a.h5")
}

@Suite struct H5DatasetTests {
  @Test(arguments: H5Element.allCases)
  func `numbers come back from every stored type`(element: H5Element) throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([0, 1, 2, 100] as [Float], shape: [2, 2], to: "x", as: element)
      }
      let dataset = try H5File(reading: path).root().dataset("x")
      #expect(dataset.element == element)
      #expect(dataset.shape == [2, 2])
      #expect(try dataset.floats() == [0, 1, 2, 100])
      #expect(try dataset.integers() == [0, 1, 2, 100])
    }
  }

  @Test func `a single number has no axes`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in try root.write([Int64.max], shape: [], to: "n")
      }
      let dataset = try H5File(reading: path).root().dataset("n")
      #expect(dataset.shape == [])
      #expect(try dataset.integers() == [.max])
    }
  }

  @Test func `an array without elements is read`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([] as [Float], shape: [0, 3], to: "x")
      }
      let dataset = try H5File(reading: path).root().dataset("x")
      #expect(dataset.shape == [0, 3])
      #expect(try dataset.floats() == [])
    }
  }

  @Test func `NaN and infinities are kept`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([.nan, .infinity, -.infinity, -0.0], shape: [4], to: "x")
      }
      let floats = try H5File(reading: path).root().dataset("x").floats()
      #expect(floats.map(\.bitPattern) == [Float.nan, .infinity, -.infinity, -0.0].map(\.bitPattern))
    }
  }

  @Test func `a dataset outlives the file value it came from`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([7] as [Float], shape: [1], to: "a/b")
      }
      func open() throws -> H5Dataset { try H5File(reading: path).root().group("a").dataset("b") }
      #expect(try open().floats() == [7])
    }
  }
}

@Suite struct H5AttributeTests {
  @Test(arguments: [H5Encoding.ascii, .utf8])
  func `one text comes back`(encoding: H5Encoding) throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in try root.set("t", to: "naïve", encoding) }
      #expect(try H5File(reading: path).root().text("t") == "naïve")
    }
  }

  @Test func `a text larger than an object header comes back`() throws {
    let long = String(repeating: "x", count: 300_000)
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in try root.set("t", to: long, .ascii) }
      #expect(try H5File(reading: path).root().text("t") == long)
    }
  }

  @Test(arguments: [[], [""], ["a", "", "längere"]])
  func `a list of texts comes back`(texts: [String]) throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.set("free", to: texts, .ascii)
        if !texts.isEmpty { try root.set("fixed", to: texts, width: 9) }
      }
      let root = try H5File(reading: path).root()
      #expect(try root.texts("free") == texts)
      if !texts.isEmpty { #expect(try root.texts("fixed") == texts) }
    }
  }

  /// The heap of texts begins with "GCOL"; its first object is 16 bytes further, with its length 8 bytes into it.
  @Test(arguments: [8, 16, 24, 31])
  func `a damaged heap of texts is refused`(offset: Int) throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in try root.set("t", to: "some text", .ascii) }
      var bytes = try Data(contentsOf: URL(filePath: path))
      let heap = try #require(bytes.range(of: Data("GCOL".utf8))?.lowerBound)
      bytes[heap + offset] ^= 0x11
      try bytes.write(to: URL(filePath: path))
      let error = #expect(throws: Diagnostic.self) { try H5File(reading: path).root().text("t") }
      #expect(error?.code == "E0605")
    }
  }

  /// A leaf of the tree of names: 8 bytes, then entries of 40: where the name is, where the object is, what is cached.
  @Test(arguments: [
    ("SNOD", 7, "a leaf with more entries than it has room for"),
    ("SNOD", 8 + 6, "a name outside of the heap"),
    ("SNOD", 8 + 16, "an entry of an unknown kind"), ("TREE", 5, "a tree of another height"),
    ("TREE", 7, "a tree with more children than it has room for"),
    ("TREE", 24 + 8 + 6, "a child outside of the file"),
    ("HEAP", 24 + 6, "a heap outside of the file"),
  ])
  func `a damaged tree of names is refused`(signature: String, offset: Int, what: String) throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([7] as [Float], shape: [1], to: "a")
      }
      var bytes = try Data(contentsOf: URL(filePath: path))
      let block = try #require(bytes.range(of: Data(signature.utf8))?.lowerBound)
      bytes[block + offset] = 0x7F
      try bytes.write(to: URL(filePath: path))
      let error = #expect(throws: Diagnostic.self) { _ = try H5File(reading: path).root().dataset("a") }
      #expect(error?.code == "E0605" || error?.code == "E0602", Comment(rawValue: what))
    }
  }

  @Test func `an entry that claims to be a soft link to nowhere is refused`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([7] as [Float], shape: [1], to: "a")
      }
      var bytes = try Data(contentsOf: URL(filePath: path))
      let leaf = try #require(bytes.range(of: Data("SNOD".utf8))?.lowerBound)
      bytes.replaceSubrange(leaf + 24..<leaf + 36, with: [2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F])
      try bytes.write(to: URL(filePath: path))
      let error = #expect(throws: Diagnostic.self) { _ = try H5File(reading: path).root().dataset("a") }
      #expect(error?.code == "E0605")
    }
  }

  /// Links kept in the header of a new group: version, flags (8: the kind is said), kind, the name with its size, then
  /// where it leads.
  @Test(arguments: [
    [1, 8, 64, 1, 0x61, 0, 0] as [UInt8],  // to nowhere in another file
    [1, 8, 1, 1, 0x61, 0, 0],  // to nowhere in this one
    [1, 8, 1, 1, 0x61, 0xFF, 0xFF],  // to more than there is
    [1, 0, 0],  // without a name
    [1, 0, 14, 0x61],  // with an endless one
    [9, 0, 1, 0x61],  // of the future
  ])
  func `a damaged link is refused`(link: [UInt8]) throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([7] as [Float], shape: [1], to: "g/a")
      }
      var bytes = try Data(contentsOf: URL(filePath: path))
      let message = try #require(bytes.range(of: Data([0x11, 0, 16, 0]), options: .backwards)?.lowerBound)
      bytes[message] = 0x06
      let body = link + [UInt8](repeating: 0, count: 16 - link.count)
      bytes.replaceSubrange(message + 8..<message + 24, with: body)
      try bytes.write(to: URL(filePath: path))
      let error = #expect(throws: Diagnostic.self) { _ = try H5File(reading: path).root().dataset("g/a") }
      #expect(error?.code == "E0605")
    }
  }

  @Test func `an attribute larger than its message is refused`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in try root.set("title", to: "some text", .ascii) }
      var bytes = try Data(contentsOf: URL(filePath: path))
      let name = try #require(bytes.range(of: Data("title\0".utf8))?.lowerBound)
      bytes[name - 5] = 0xFF  // the high byte of the name's length
      try bytes.write(to: URL(filePath: path))
      let error = #expect(throws: Diagnostic.self) { try H5File(reading: path).root().text("title") }
      #expect(error?.code == "E0605")
    }
  }

  @Test func `an attribute that is not there is nil`() throws {
    try withPath { path in
      try H5File.write(to: path) { _ in }
      #expect(try H5File(reading: path).root().texts("t") == nil)
    }
  }

  @Test func `a list is not one text`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in try root.set("t", to: ["a", "b"], .ascii) }
      let error = #expect(throws: Diagnostic.self) { try H5File(reading: path).root().text("t") }
      #expect(error?.code == "E0604")
    }
  }

  @Test func `a text with a zero byte is refused rather than cut`() throws {
    try withPath { path in
      let error = #expect(throws: Diagnostic.self) {
        try H5File.write(to: path) { root throws(Diagnostic) in try root.set("t", to: "a\0b", .ascii) }
      }
      #expect(error?.code == "E0606")
    }
  }
}

@Suite struct H5GroupTests {
  @Test func `names are in order of their bytes`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        for name in ["b", "é", "B", "a/x"] { _ = try root.makeGroup(name) }
      }
      #expect(try H5File(reading: path).root().names() == ["B", "a", "b", "é"])
    }
  }

  @Test(arguments: ["absent", "a/absent", "", "/", ".", "a\0b", "a/b/c"])
  func `what is not there is a diagnostic`(name: String) throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([1] as [Float], shape: [1], to: "a/b")
      }
      let root = try H5File(reading: path).root()
      do throws(Diagnostic) {
        _ = try root.dataset(name)
        Issue.record("a dataset '\(name)' was found")
      } catch {
        #expect(error.code == "E0603")
      }
    }
  }

  @Test func `a group is not a dataset`() throws {
    try withPath { path in
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.write([1] as [Float], shape: [1], to: "a/b")
      }
      let root = try H5File(reading: path).root()
      #expect(throws: Diagnostic.self) { _ = try root.dataset("a") }
      #expect(throws: Diagnostic.self) { _ = try root.group("a/b") }
      let (isThere, isAbsent) = (root.contains("a/b"), !root.contains("a/c"))
      #expect(isThere && isAbsent)
    }
  }

  @Test func `a name that is taken is refused`() throws {
    try withPath { path in
      let error = #expect(throws: Diagnostic.self) {
        try H5File.write(to: path) { root throws(Diagnostic) in
          try root.write([1] as [Float], shape: [1], to: "a")
          try root.write([1] as [Float], shape: [1], to: "a/b")
        }
      }
      #expect(error?.code == "E0606")
    }
  }
}

@Suite struct H5ConcurrencyTests {
  @Test func `tasks may use the library side by side`() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          try withPath { path in
            for round in 0..<20 {
              let value = Float(number * 100 + round)
              try H5File.write(to: path) { root throws(Diagnostic) in
                try root.write([value], shape: [1], to: "g/x")
                try root.set("t", to: "\(number)", .utf8)
              }
              let root = try H5File(reading: path).root()
              guard try root.dataset("g/x").floats() == [value], try root.text("t") == "\(number)" else {
                return false
              }
            }
            return true
          }
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
