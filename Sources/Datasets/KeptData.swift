internal import Synchronization

/// What was read of files to check an experiment, until its run asks for it.
///
/// Shared by the copies of one data set, and empty again as soon as the data are taken.
final class KeptData: Sendable {
  private struct Reading {
    var data: RawData
    /// How the files were then.
    var stamps: [String]
  }

  private let reading = Mutex<Reading?>(nil)

  func keep(_ data: RawData, _ stamps: [String]) {
    reading.withLock { $0 = Reading(data: data, stamps: stamps) }
  }

  /// Gives away what is kept.
  /// - Returns: `nil` if nothing is, or if the files are no longer what they were.
  func take(_ stamps: [String]) -> RawData? {
    let found = reading.withLock { kept -> Reading? in
      defer { kept = nil }
      return kept
    }
    return found?.stamps == stamps ? found?.data : nil
  }
}
