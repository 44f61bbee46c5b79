import Config
import Datasets
import Diagnostics
import Foundation

/// Damages IDX files, plain and packed, and reads them as images, as labels and as rows to predict on.
public struct IDXFuzzer: Fuzzer {
  public static let name = "idx"
  public static let fileName = "case.idx"

  public init() {}

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    var bytes = sound(&random)
    for _ in 0..<random.below(4) where !bytes.isEmpty {
      let place = random.once(in: 2) ? random.below(min(bytes.count, 20)) : random.below(bytes.count)
      switch random.below(5) {
      case 0: bytes[place] = 0xFF
      case 1: bytes[place] ^= 1 << UInt8(random.below(8))
      case 2: bytes.insert(UInt8(random.below(256)), at: place)
      case 3: bytes.removeLast(random.below(bytes.count))
      default: bytes[place] = UInt8(random.below(256))
      }
    }
    return random.once(in: 3) ? packed(bytes, &random) : bytes
  }

  /// A file of any type of number and of up to three dimensions, which may claim to be large.
  private func sound(_ random: inout SplitMix) -> [UInt8] {
    let (type, width) =
      random.pick([(8, 1), (9, 1), (11, 2), (12, 4), (13, 4), (14, 8)] as [(UInt8, Int)]) ?? (8, 1)
    let rank = 1 + random.below(3)
    let dims = (0..<rank).map { _ in 1 + random.below(6) }
    let count = dims.reduce(width, *)
    let numbers = (0..<count).map { _ in UInt8(random.once(in: 3) ? random.below(256) : random.below(3)) }
    var bytes: [UInt8] = [0, 0, type, UInt8(rank)]
    for dim in dims { bytes += [0, 0, 0, UInt8(dim)] }
    return bytes + numbers
  }

  /// The bytes in gzip's frame, stored, and sometimes damaged there.
  private func packed(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    func little(_ number: UInt32, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: number >> UInt32($0 * 8)) }
    }
    let count = UInt32(bytes.count)
    var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]
    out += little(count, 2) + little(~count, 2) + bytes
    out += little(crc32(Data(bytes)), 4) + little(count, 4)
    if random.once(in: 2) { out[random.below(out.count)] = UInt8(random.below(256)) }
    return out
  }

  public func read(_ path: String) throws -> Bool {
    let ways: [ConfigNode] = [[:], ["standardize": true], ["scale": 0.25, "one_hot": ["label"]]]
    let shapes: [[Int?]] = [[nil], [nil, nil, 1], [4]]
    let sets = ways.map { isSound(path, $0) }
    let rows = shapes.map { areRows(path, $0) }
    return (sets + rows).contains(true)
  }

  private func isSound(_ path: String, _ more: ConfigNode) -> Bool {
    let files: ConfigNode = ["train": ["images": path.config, "labels": path.config]]
    let node = ConfigNode(.map([.init("idx", files)] + (more.entries ?? [])))
    var bag = DiagnosticBag()
    guard let settings = DataSettings.decode(node, into: &bag) else { return false }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    let data = bag.collect { () throws(Diagnostic) -> PreparedData in
      let set = try Dataset("d", settings, in: DataEnvironment(FileAccess(base: folder)))
      _ = try set.inspect()
      return try set.load()
    }
    return data != nil
  }

  private func areRows(_ path: String, _ dims: [Int?]) -> Bool {
    var bag = DiagnosticBag()
    let rows = bag.collect { () throws(Diagnostic) -> RawRows in
      try RawRows(path, inputs: [.init("x", dims: dims)])
    }
    return rows != nil
  }
}
