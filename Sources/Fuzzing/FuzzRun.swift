public import Foundation

/// Tries one case after another, and writes each aside before it is read: a crash leaves its case behind.
public struct FuzzRun {
  /// What came of it.
  public struct Result {
    public var count = 0
    /// Cases that were right in spite of the damage.
    public var right = 0
    /// What was thrown that is no diagnostic, and what took too long.
    public var wrong: [String] = []
  }

  private let fuzzer: any Fuzzer
  private let folder: URL
  private let watchdog: Watchdog?

  /// - Parameters:
  ///   - folder: where cases are written; it is made if it is not there.
  ///   - watchdog: told of every case.
  public init(_ fuzzer: any Fuzzer, in folder: URL, watchdog: Watchdog? = nil) throws {
    self.fuzzer = fuzzer
    self.folder = folder
    self.watchdog = watchdog
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private var path: String { folder.appending(path: type(of: fuzzer).fileName).path }

  /// Reads the cases of these seeds, until time is over.
  public func run(_ seeds: Range<UInt64>, until end: ContinuousClock.Instant? = nil) throws -> Result {
    var result = Result()
    for seed in seeds {
      if let end, ContinuousClock.now >= end { break }
      try Data(fuzzer.bytes(seed)).write(to: URL(filePath: path))
      watchdog?.begin("\(type(of: fuzzer).name), seed \(seed), in \(path)")
      do {
        if try fuzzer.read(path) { result.right += 1 }
      } catch {
        result.wrong.append("seed \(seed): \(error)")
      }
      if let slow = watchdog?.end() { result.wrong.append("seed \(seed): took \(slow)") }
      result.count += 1
    }
    return result
  }
}
