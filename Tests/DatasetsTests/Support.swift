import CZlib
import Config
import Diagnostics
import Foundation

@testable import Datasets

/// A folder that goes away with the test.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/runexp-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    return path + "/" + name
  }

  @discardableResult func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }
}

/// An IDX file of bytes.
func idx(_ dims: [Int], _ numbers: [UInt8], type: UInt8 = 8) -> [UInt8] {
  [0, 0, type, UInt8(dims.count)] + dims.flatMap { dim in [24, 16, 8, 0].map { UInt8(dim >> $0 & 255) } }
    + numbers
}

func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + 1000))
  let count = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      deflate(&stream, Z_FINISH)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<count])
}

/// The data set of some settings.
func dataset(_ settings: ConfigNode, in folder: Folder? = nil, seed: UInt64 = 1, data: String? = nil) throws
  -> Dataset
{
  var bag = DiagnosticBag()
  guard let decoded = DataSettings.decode(settings, into: &bag) else { throw bag.all[0] }
  let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  return try Dataset(
    "data", decoded,
    in: DataEnvironment(
      FileAccess(
        base: folder?.path ?? "/", searchFolders: [repository + "/experiments/data"], dataFolder: data),
      seed: seed))
}

/// The diagnostic that loading ends in.
func failure(_ settings: ConfigNode, in folder: Folder? = nil) -> Diagnostic? {
  do {
    _ = try dataset(settings, in: folder).load()
    return nil
  } catch {
    return error as? Diagnostic
  }
}

extension DataPart {
  /// All numbers of the first feature, sample by sample.
  var matrix: [[Float]] { (0..<count).map { values(of: features[0], sample: $0) } }
  var labels: [Float] { (0..<count).flatMap { values(of: targets[0], sample: $0) } }
}

extension PreparedData {
  /// How a column of the table is encoded.
  func encoding(_ name: String) -> Preparation.Encoding.Kind? {
    preparation.inputs.flatMap { $0.columns ?? [] }.first { $0.name == name }?.kind
  }
}
