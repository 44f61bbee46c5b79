import Diagnostics
import Foundation
import KerasFiles
import Testing

/// All files of a large collection made by real Keras, where there is one: its folder is named by the environment
/// variable `RUNEXP_KERAS_FIXTURES`, or lies beside the package.
@Suite struct RealKerasTests {
  static let folder: String = {
    if let named = ProcessInfo.processInfo.environment["RUNEXP_KERAS_FIXTURES"] { return named }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/keras/fixtures").path
  }()

  static var files: [String] {
    ["models", "special"].flatMap { part in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)")) ?? []
      return names.filter { $0.hasSuffix(".h5") }.sorted().map { "\(folder)/\(part)/\($0)" }
    }
  }

  /// What is no legacy Keras file: expectations beside the models, the newer layout, and deliberate damage.
  static func isRefused(_ path: String) -> Bool {
    [".data.h5", "_bad_json.h5", "_bad_truncated.h5", "_bad_not_hdf5.h5", "_only.weights.h5"]
      .contains { path.hasSuffix($0) }
  }

  @Test(.enabled(if: !RealKerasTests.files.isEmpty, "no collection of Keras files here"))
  func `every file is read, written and read again the same`() throws {
    var (read, refused) = (0, 0)
    try withFolder { folder in
      for path in Self.files {
        let name = URL(filePath: path).lastPathComponent
        if Self.isRefused(path) {
          #expect(codeOfReading(path) != nil, "\(name)")
          refused += 1
          continue
        }
        let archive = try KerasArchive.read(path)
        try archive.write(to: "\(folder)/\(name)")
        expectSame(try KerasArchive.read("\(folder)/\(name)"), archive, name)
        read += 1
      }
    }
    print("\(read) read, \(refused) refused as expected")
    #expect(read > 0)
  }
}
