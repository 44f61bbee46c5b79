import Foundation
import Synchronization

/// Writes a file that is either complete or not there: aside in the same folder, flushed to the disk, then renamed.
/// - Parameters:
///   - failing: the error for what cannot be written, a file or its folder, and the system's reason.
///   - body: writes the whole file under the path it is given.
/// - Throws: what `failing` makes, or whatever `body` throws; the file aside is removed then.
public func replaceFile<E: Error>(
  _ path: String, failing: (_ place: String, _ reason: String) -> E, _ body: (String) throws(E) -> Void
) throws(E) {
  let (folder, name) = ((path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent)
  let place = folder.isEmpty ? "." : folder
  guard access(place, W_OK) == 0 else { throw failing(path, systemError()) }
  // In the same folder, so that the rename stays on one file system; unlike any other writer's.
  let number = asideNumber.wrappingAdd(1, ordering: .relaxed).newValue
  let aside = (place as NSString).appendingPathComponent(asideName(for: name, number))
  do throws(E) {
    try body(aside)
    try synchronize(aside, failing)
    guard rename(aside, path) == 0 else { throw failing(path, systemError()) }
    try synchronize(place, failing)
  } catch {
    unlink(aside)
    throw error
  }
}

private let asideNumber = Atomic<Int>(0)

/// As in `.NAME.PROCESS-NUMBER.part`.
private func asideName(for name: String, _ number: Int) -> String { ".\(name).\(getpid())-\(number).part" }

/// Removes files that were written aside by processes that are no more.
/// - Parameter recursively: also in the folders below; links are not followed.
public func sweepAside(in folder: String, recursively: Bool) {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  for name in names {
    let path = (folder as NSString).appendingPathComponent(name)
    var status = stat()
    guard lstat(path, &status) == 0 else { continue }
    switch status.st_mode & S_IFMT {
    case S_IFREG where isAbandoned(name): unlink(path)
    case S_IFDIR where recursively: sweepAside(in: path, recursively: true)
    default: break
    }
  }
}

/// Whether a name is that of a file written aside, by a process that has ended.
private func isAbandoned(_ name: String) -> Bool {
  guard name.hasPrefix("."), name.hasSuffix(".part"),
    let numbers = name.dropLast(5).split(separator: ".").last?.split(separator: "-"), numbers.count == 2,
    let process = pid_t(numbers[0]), process > 0, Int(numbers[1]) != nil
  else { return false }
  return kill(process, 0) != 0 && errno == ESRCH
}

/// Waits until the disk has the file, or the folder's entries.
private func synchronize<E: Error>(_ place: String, _ failing: (String, String) -> E) throws(E) {
  let descriptor = open(place, O_RDONLY)
  guard descriptor >= 0 else { throw failing(place, systemError()) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL else { throw failing(place, systemError()) }
}

/// The system's words for why the last call failed.
public func systemError() -> String { String(cString: strerror(errno)) }
