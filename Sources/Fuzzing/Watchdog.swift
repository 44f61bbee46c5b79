import Foundation
import Synchronization

/// Watches cases from a thread of its own: what takes long is said, what hangs ends the program.
public final class Watchdog: Sendable {
  private struct Case {
    var words: String
    var start: ContinuousClock.Instant
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
    current.withLock { $0 = Case(words: words, start: .now) }
  }

  /// - Returns: how long it took, if that was too long.
  func end() -> Duration? {
    let took = current.withLock { running in
      defer { running = nil }
      return running.map { ContinuousClock.now - $0.start } ?? .zero
    }
    return took > slow ? took : nil
  }

  private func look(_ hang: Duration) {
    let (slowCase, hangs) = current.withLock { running -> (String?, Bool) in
      guard var found = running else { return (nil, false) }
      let took = ContinuousClock.now - found.start
      let isNew = took > slow && !found.isSaid
      if isNew {
        found.isSaid = true
        running = found
      }
      return (isNew ? found.words : nil, took > hang)
    }
    if let slowCase { FileHandle.standardError.write(Data("slow: \(slowCase)\n".utf8)) }
    if hangs {
      FileHandle.standardError.write(Data("it does not end; its case is left there\n".utf8))
      exit(3)
    }
  }
}
