public import Diagnostics
import Foundation
import Synchronization

/// Writes a file that is either complete or not there: aside in the same folder, flushed to the disk, then renamed.
/// - Parameter body: writes the whole file under the path it is given.
/// - Throws: E0606 with the reason, or whatever `body` throws; the file aside is removed then.
public func writeAside(_ path: String, _ body: (String) throws(Diagnostic) -> Void) throws(Diagnostic) {
  let aside = try asideName(for: path)
  do throws(Diagnostic) {
    try body(aside)
    try synchronize(aside)
    guard rename(aside, path) == 0 else { throw .cannotWrite("'\(path)'", systemError()) }
    try synchronize((path as NSString).deletingLastPathComponent)
  } catch {
    unlink(aside)
    throw error
  }
}

private let asideNumber = Atomic<Int>(0)

/// A name in the same folder, so that the rename stays on one file system; unlike any other writer's.
private func asideName(for path: String) throws(Diagnostic) -> String {
  let (folder, name) = ((path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent)
  let place = folder.isEmpty ? "." : folder
  guard access(place, W_OK) == 0 else { throw .cannotWrite("'\(path)'", systemError()) }
  let number = asideNumber.wrappingAdd(1, ordering: .relaxed).newValue
  return (place as NSString).appendingPathComponent(".\(name).\(getpid())-\(number).part")
}

/// Waits until the disk has the file, or the folder's entries.
private func synchronize(_ path: String) throws(Diagnostic) {
  let place = path.isEmpty ? "." : path
  let descriptor = open(place, O_RDONLY)
  guard descriptor >= 0 else { throw .cannotWrite("'\(place)'", systemError()) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL else { throw .cannotWrite("'\(place)'", systemError()) }
}
