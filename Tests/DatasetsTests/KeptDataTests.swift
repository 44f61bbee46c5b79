import Config
import Foundation
import Testing

@testable import Datasets

/// Tables that are read when an experiment is checked, and used when it runs.
@Suite struct KeptDataTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.write("t.csv", "a,y\n1,2\n3,4\n")
  }

  private func dataset(keepsTables: Bool = true) throws -> Dataset {
    var settings = DataSettings()
    settings[format: "csv"] = "t.csv"
    settings.target = "y"
    var environment = DataEnvironment(FileAccess(base: folder.path))
    environment.keepsTables = keepsTables
    return try Dataset("d", settings, in: environment)
  }

  /// The numbers of the one feature.
  private func features(_ dataset: Dataset) throws -> [Float]? {
    guard case .floats(let numbers)? = try dataset.load().train.features.first?.storage else { return nil }
    return numbers
  }

  /// Writes other numbers without a trace: of the same length, at the same time.
  private func replaceUnseen() throws {
    let path = folder.path + "/t.csv"
    var status = stat()
    try #require(stat(path, &status) == 0)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.write(contentsOf: Data("a,y\n5,2\n7,4\n".utf8))
    try handle.close()
    let times = [status.st_atim, status.st_mtim]
    try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
  }

  @Test func `what was read to check a table is what runs`() throws {
    let dataset = try dataset()
    _ = try dataset.inspect()
    try replaceUnseen()
    #expect(try features(dataset) == [1, 3])
  }

  @Test func `what is kept is given away once`() throws {
    let dataset = try dataset()
    _ = try dataset.inspect()
    try replaceUnseen()
    _ = try dataset.load()
    #expect(try features(dataset) == [5, 7])
  }

  @Test func `a file that changed since is read again`() throws {
    let dataset = try dataset()
    _ = try dataset.inspect()
    try folder.write("t.csv", "a,y\n1,2\n3,4\n5,6\n")
    #expect(try features(dataset) == [1, 3, 5])
  }

  @Test func `nothing is kept unless it is wanted`() throws {
    let dataset = try dataset(keepsTables: false)
    _ = try dataset.inspect()
    try replaceUnseen()
    #expect(try features(dataset) == [5, 7])
  }
}
