import CHDF5
package import Diagnostics
import Foundation

/// The one door to libhdf5, which keeps global state and must not be entered by two threads.
package enum HDF5Library {
  /// Recursive, because an operation closes its temporary handles while it holds the lock.
  private static let lock = NSRecursiveLock()

  /// Runs `body` alone in the library, with its messages to stderr switched off.
  package static func locked<T: ~Copyable>(_ body: () throws(Diagnostic) -> T) throws(Diagnostic) -> T {
    lock.lock()
    defer { lock.unlock() }
    quieten()
    return try body()
  }

  /// Closes an identifier.
  static func close(_ id: hid_t) {
    lock.lock()
    defer { lock.unlock() }
    quieten()
    H5Idec_ref(id)
  }

  /// A file that could not be closed for want of room stays open in the library, which would crash when it
  /// tries again at the end of the process.
  ///
  /// We close what can be closed, so there is nothing left to do then.
  private static let isLeftOpenAtExit = H5dont_atexit() >= 0

  /// Done at every entry: a thread-safe build of the library keeps this setting per thread.
  private static func quieten() {
    _ = isLeftOpenAtExit
    H5Eset_auto2(h5_error_stack(), nil, nil)
    H5PLset_loading_state(0)  // a file must not be able to name a filter to be loaded as code
  }

  /// The most exact message the library left for the last failure; call while holding the lock.
  static func lastError() -> String {
    var messages: [String] = []
    withUnsafeMutablePointer(to: &messages) { list in
      _ = H5Ewalk2(
        h5_error_stack(), H5E_WALK_UPWARD,
        { _, entry, list in
          if let text = entry?.pointee.desc {
            list?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
          }
          return 0
        }, list)
    }
    H5Eclear2(h5_error_stack())
    return messages.first.map(withoutCircumstances) ?? "no reason given"
  }

  /// The system's words alone, where the library puts the time and addresses around them.
  private static func withoutCircumstances(_ message: String) -> String {
    guard let opening = message.range(of: "error message = '") else { return message }
    let rest = message[opening.upperBound...]
    return rest.firstIndex(of: "'").map { rest[..<$0].lowercased() } ?? message
  }
}

/// Owns one identifier of the library and closes it.
struct Handle: ~Copyable, Sendable {
  let id: hid_t

  /// Takes over `id`; a negative one is a failure, told by `failure` with the library's reason.
  init(_ id: hid_t, _ failure: (String) -> Diagnostic) throws(Diagnostic) {
    guard id >= 0 else { throw failure(HDF5Library.lastError()) }
    self.id = id
  }

  deinit {
    HDF5Library.close(id)
  }
}

/// Throws what `failure` makes of the library's reason if `status` is negative.
func check(_ status: some SignedInteger, _ failure: (String) -> Diagnostic) throws(Diagnostic) {
  if status < 0 { throw failure(HDF5Library.lastError()) }
}
