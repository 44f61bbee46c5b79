import Diagnostics
public import Foundation
import HDF5Files

/// Chunks of any filters, whose stored bytes are sound, cut, longer, noise, or bombs; and the files damaged after that.
public struct ChunkFuzzer: Fuzzer {
  public static let name = "chunks"
  public static let fileName = "case.h5"

  private let folder: URL

  /// - Parameter folder: where files are made before they are cases.
  public init(in folder: URL = FileManager.default.temporaryDirectory) { self.folder = folder }

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    let path = folder.appending(path: "chunks-\(ProcessInfo.processInfo.processIdentifier)-\(seed).h5").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = Self.file(&random)
    // The library itself ends where it writes through some filters twice.
    let isKnown = !file.filters.contains { $0 == .nbit || $0 == .scaleOffset }
    if random.once(in: 3), isKnown {
      file.write(to: path, numbers: (0..<file.shape.reduce(1, *)).map { Float($0 % 7) })
    } else {
      file.write(to: path, chunks: Self.chunks(of: file, &random))
    }
    var bytes = [UInt8]((try? Data(contentsOf: URL(filePath: path))) ?? Data())
    if random.once(in: 2), !bytes.isEmpty {
      for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
    }
    return bytes
  }

  private static func file(_ random: inout SplitMix) -> ChunkedFile {
    let rank = 1 + random.below(3)
    let shape = (0..<rank).map { _ in 1 + random.below(9) }
    let chunk = shape.map { 1 + random.below($0) }
    var filters: [ChunkedFile.Filter] = []
    for _ in 0..<random.below(4) { filters += random.pick(ChunkedFile.Filter.allCases).map { [$0] } ?? [] }
    return ChunkedFile(shape, chunk: chunk, filters)
  }

  private static func chunks(
    of file: ChunkedFile, _ random: inout SplitMix
  ) -> [(corner: [Int], bytes: [UInt8], mask: UInt32)] {
    (0...random.below(3)).map { _ in
      let corner = zip(file.shape, file.chunk).map { random.below(($0 + $1 - 1) / $1) * $1 }
      let mask = random.once(in: 2) ? 0 : UInt32(random.below(16))
      return (corner, stored(file.chunkBytes, &random), mask)
    }
  }

  private static func stored(_ count: Int, _ random: inout SplitMix) -> [UInt8] {
    switch random.below(6) {
    case 0: return deflated([UInt8](repeating: 1, count: count))
    case 1: return deflated([UInt8](repeating: 1, count: random.below(2 * count + 1)))
    case 2: return deflated([UInt8](repeating: 0, count: 1 << (10 + random.below(14))))
    case 3: return deflated(deflated([UInt8](repeating: 0, count: 1 << (10 + random.below(14)))))
    case 4: return (0..<count).map { _ in UInt8(random.below(256)) }
    default: return (0..<random.below(2 * count + 2)).map { _ in UInt8(random.below(256)) }
    }
  }

  public func read(_ path: String) throws -> Bool {
    do throws(Diagnostic) {
      let dataset = try H5File(reading: path).root().dataset("x")
      _ = try dataset.floats()
      return true
    } catch {
      return false
    }
  }
}
