import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: once finishes the step and keeps what there is, twice stops now.
enum Interrupts {
  private static let count = Atomic<Int>(0)

  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  static func watch() {
    // A reader that went away is an error of one `write`, not the end of the run.
    signal(SIGPIPE, SIG_IGN)
    // Whoever started this program may have left signals blocked.
    var watched = sigset_t()
    sigemptyset(&watched)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&watched, number)
      signal(number) { number in
        // Only what is safe in a signal handler: an atomic, `write` and `_exit`.
        if Interrupts.count.add(1, ordering: .relaxed).newValue > 1 { _exit(128 + number) }
        let words: StaticString =
          "\ninterrupted: finishing the step and keeping what was trained (again to stop now)\n"
        _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &watched, nil)
  }
}
