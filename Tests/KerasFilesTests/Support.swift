import Diagnostics
import Foundation
import KerasFiles
import Testing

/// The path of a committed fixture.
func fixture(_ name: String) throws -> String {
  try #require(Bundle.module.path(forResource: name, ofType: "h5", inDirectory: "Fixtures"))
}

/// The path of a committed fixture of any kind.
func fixture(file name: String) throws -> String {
  let folder = try #require(Bundle.module.path(forResource: "Fixtures", ofType: nil))
  return folder + "/" + name
}

/// Runs `body` with a folder that is removed afterwards.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory.appending(path: "keras-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// The code of the diagnostic that reading `path`, with all its numbers, throws; `nil` if it is read.
func codeOfReading(_ path: String) -> String? {
  do throws(Diagnostic) {
    let archive = try KerasArchive.read(path)
    let variables = archive.layers.flatMap(\.weights) + archive.topLevel + archive.optimizer
    for variable in variables { _ = try variable.tensor() }
    return nil
  } catch {
    return error.code
  }
}

/// The code of the diagnostic that loading `path` throws; `nil` if it is loaded.
func codeOfLoading(_ path: String) throws -> String? {
  do {
    _ = try ModelFile.load(path, seed: 1)
    return nil
  } catch let error as Diagnostic {
    return error.code
  }
}

func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

/// Everything of an archive but its notes, for comparison.
func expectSame(_ first: KerasArchive, _ second: KerasArchive, _ name: String = "") {
  #expect(first.kerasVersion == second.kerasVersion, "\(name)")
  #expect(first.backend == second.backend, "\(name)")
  #expect(first.modelConfig == second.modelConfig, "\(name)")
  #expect(first.trainingConfig == second.trainingConfig, "\(name)")
  #expect(first.layers == second.layers, "\(name)")
  #expect(first.topLevel == second.topLevel, "\(name)")
  #expect(first.optimizer == second.optimizer, "\(name)")
}

/// SplitMix64, so that every failure can be repeated.
struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
