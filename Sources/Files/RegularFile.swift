import Foundation

/// Why a path is not read.
public struct FileObstacle: Error, Equatable {
  public let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// Opens a file for reading; whoever calls closes it.
///
/// Pipes, devices and sockets are refused at once: reading one may wait for ever, or never end.
/// - Returns: its descriptor.
/// - Throws: ``FileObstacle`` with the system's reason, or what the path is instead of a file.
public func openRegularFile(_ path: String) throws(FileObstacle) -> Int32 {
  // Opening a pipe waits for a writer otherwise.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    throw FileObstacle(
      errno == ENOENT ? "no such file" : errno == ENXIO ? "it is a socket, not a file" : systemError())
  }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    let reason = systemError()
    close(descriptor)
    throw FileObstacle(reason)
  }
  if let kind = kindOfPlace(status.st_mode) {
    close(descriptor)
    throw FileObstacle("it is a \(kind), not a file")
  }
  return descriptor
}

/// What a place is that is no regular file.
private func kindOfPlace(_ mode: mode_t) -> String? {
  switch mode & S_IFMT {
  case S_IFREG: nil
  case S_IFDIR: "folder"
  case S_IFIFO: "pipe"
  case S_IFCHR, S_IFBLK: "device"
  default: "socket"
  }
}

/// All bytes of a regular file, or the first of them.
/// - Throws: what ``openRegularFile(_:)`` throws, and the reason why it cannot be read.
public func readRegularFile(_ path: String, atMost limit: Int = .max) throws(FileObstacle) -> [UInt8] {
  let descriptor = try openRegularFile(path)
  defer { close(descriptor) }
  var status = stat()
  let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  var bytes: [UInt8] = []
  bytes.reserveCapacity(min(size, limit))
  var piece = [UInt8](repeating: 0, count: min(limit, 1 << 18))
  while bytes.count < limit {
    let count = read(descriptor, &piece, min(piece.count, limit - bytes.count))
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw FileObstacle(systemError()) }
    if count == 0 { break }
    bytes += piece[..<count]
  }
  return bytes
}
