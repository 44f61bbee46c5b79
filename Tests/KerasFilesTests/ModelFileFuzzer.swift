import Config
import Diagnostics
import Foundation
import KerasFiles
import Testing

/// Damages model files and loads them: every one must give a model or a diagnostic.
///
/// A seed names one damaged file, so that a crash can be repeated.
struct ModelFileFuzzer {
  private let originals: [(name: String, data: Data)]

  /// - Parameter names: committed fixtures to start from.
  init(_ names: [String] = ["keras3.h5", "keras2.h5", "keras3.keras", "deflated.keras", "keras3.weights.h5"])
    throws
  {
    originals = try names.map { ($0, try bytes(try fixture(file: $0))) }
  }

  /// Loads the files of these seeds, until time is over.
  /// - Returns: how many were loaded, and what was thrown that is no diagnostic.
  func run(_ seeds: Range<UInt64>, until end: ContinuousClock.Instant? = nil) throws -> (
    count: Int, wrong: [String]
  ) {
    var (count, wrong) = (0, [String]())
    try withFolder { folder in
      for seed in seeds {
        if let end, ContinuousClock.now >= end { return }
        let path = folder + "/model"
        try damaged(seed).write(to: URL(filePath: path))
        do {
          _ = try ModelFile.load(path, seed: 1)
        } catch  where !(error is Diagnostic) {
          wrong.append("seed \(seed): \(error)")
        } catch {}
        count += 1
      }
    }
    return (count, wrong)
  }

  /// One damaged file.
  ///
  /// Of half of the zip files it is a member that is damaged, with the right checksum.
  func damaged(_ seed: UInt64) -> Data {
    var random = Generator(state: seed)
    let (name, data) = originals[Int(random.next() % UInt64(originals.count))]
    var members = name.hasSuffix(".keras") ? storedMembers(data) : []
    guard !members.isEmpty, random.next() % 2 == 0 else { return damage(data, &random) }
    let index = Int(random.next() % UInt64(members.count))
    members[index].data = damage(members[index].data, &random)
    return ZipBuilder(members.map { ($0.name, $0.data) }).data
  }

  private func damage(_ data: Data, _ random: inout Generator) -> Data {
    var bytes = [UInt8](data)
    if random.next() % 8 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
    guard !bytes.isEmpty else { return Data() }
    for _ in 0...random.next() % 8 {
      let place = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 4 {
      // Sizes and counts lie at the extremes.
      case 0: bytes[place] = 0xFF
      case 1: bytes[place] = 0
      case 2: bytes[place] ^= 1 << UInt8(random.next() % 8)
      default: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      }
    }
    return Data(bytes)
  }
}

@Suite(.serialized) struct ModelFileFuzzing {
  @Test func `damaged model files are models or diagnostics`() throws {
    let result = try ModelFileFuzzer().run(0..<600)
    #expect(result.count == 600 && result.wrong.isEmpty, "\(result.wrong)")
  }

  private static let seconds = ProcessInfo.processInfo.environment["RUNEXP_FUZZ_SECONDS"].flatMap(Int.init)

  /// Goes on for as long as it is told to, from a start that is another one each time and printed.
  @Test(.enabled(if: seconds != nil, "RUNEXP_FUZZ_SECONDS says for how long"))
  func `damaged model files are models or diagnostics, for longer`() throws {
    let start = UInt64.random(in: 0..<(1 << 40))
    print("fuzzing model files from seed \(start)")
    let end = ContinuousClock.now + .seconds(Self.seconds ?? 0)
    let result = try ModelFileFuzzer().run(start..<start + (1 << 40), until: end)
    print("\(result.count) damaged model files loaded")
    #expect(result.wrong.isEmpty, "\(result.wrong)")
  }
}
