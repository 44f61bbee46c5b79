import Diagnostics
public import Foundation
import KerasFiles

/// Damages model files and loads them.
public struct ModelFileFuzzer: Fuzzer {
  public static let name = "files"
  public static let fileName = "case.model"

  private let originals: [(name: String, data: Data)]

  /// - Parameter files: sound model files to start from.
  public init(_ files: [URL]) throws {
    originals = try files.map { ($0.lastPathComponent, try Data(contentsOf: $0)) }
  }

  /// One damaged file.
  ///
  /// Of half of the zip files it is a member that is damaged, with the right checksum.
  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    guard let (name, data) = random.pick(originals) else { return [] }
    var members = name.hasSuffix(".keras") ? storedMembers(data) : []
    guard !members.isEmpty, random.once(in: 2) else { return damage([UInt8](data), &random) }
    let index = random.below(members.count)
    members[index].data = Data(damage([UInt8](members[index].data), &random))
    return [UInt8](ZipBuilder(members.map { ($0.name, $0.data) }).data)
  }

  private func damage(_ data: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = data
    if random.once(in: 8) { bytes.removeLast(random.below(bytes.count)) }
    guard !bytes.isEmpty else { return [] }
    for _ in 0...random.below(8) {
      let place = random.below(bytes.count)
      switch random.below(5) {
      // Sizes and counts lie at the extremes.
      case 0: bytes[place] = 0xFF
      case 1: bytes[place] = 0
      case 2: bytes[place] ^= 1 << UInt8(random.below(8))
      case 3: damageDigit(&bytes, near: place, &random)
      default: bytes[place] = UInt8(random.below(256))
      }
    }
    return bytes
  }

  /// Another digit in place of one: numbers of configurations, which stay JSON.
  private func damageDigit(_ bytes: inout [UInt8], near place: Int, _ random: inout SplitMix) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let digit = bytes[place...].firstIndex(where: { digits.contains($0) }) else { return }
    bytes[digit] = UInt8(ascii: "0") + UInt8(random.below(10))
  }

  public func read(_ path: String) throws -> Bool {
    do {
      _ = try ModelFile.load(path, seed: 1)
      return true
    } catch is Diagnostic {
      return false
    }
  }
}
