import Foundation
import Synchronization

/// Watches cases from a thread of its own: what takes long is said, what hangs ends the program.
///
/// How long a case takes is counted in processor time of the process, which other processes do not lengthen.
public final class Watchdog: Sendable {
  private struct Case {
    var words: String
    var start = ContinuousClock.now
    var used = Watchdog.processorTime()
    var isSaid = false
  }

  private let current = Mutex<Case?>(nil)
  private let slow: Duration

  /// - Parameters:
  ///   - slow: from when on a case is too slow.
  ///   - hang: from when on it counts as one that never ends.
  public init(slow: Duration = .seconds(5), hang: Duration = .seconds(60)) {
    self.slow = slow
    let thread = Thread { [self] in
      while true {
        Thread.sleep(forTimeInterval: 0.5)
        look(hang)
      }
    }
    thread.start()
  }

  func begin(_ words: String) {
    current.withLock { $0 = Case(words: words) }
  }

  /// - Returns: how long it took, if that was too long.
  func end() -> Duration? {
    let took = current.withLock { running in
      defer { running = nil }
      return running.map { Self.processorTime() - $0.used } ?? .zero
    }
    return took > slow ? took : nil
  }

  /// Of all threads of the process, since it began.
  private static func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  private func look(_ hang: Duration) {
    let (slowCase, hangs) = current.withLock { running -> (String?, Bool) in
      guard var found = running else { return (nil, false) }
      let isNew = Self.processorTime() - found.used > slow && !found.isSaid
      if isNew {
        found.isSaid = true
        running = found
      }
      return (isNew ? found.words : nil, ContinuousClock.now - found.start > hang)
    }
    if let slowCase { FileHandle.standardError.write(Data("slow: \(slowCase)\n".utf8)) }
    if hangs {
      FileHandle.standardError.write(Data("it does not end; its case is left there\n".utf8))
      exit(3)
    }
  }
}
