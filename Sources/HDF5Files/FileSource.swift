import Diagnostics
import Foundation
import Synchronization

/// The bytes of a file that is being read, beside the library's own view of them; owns a descriptor.
final class FileSource: Sendable {
  let byteCount: Int
  private let descriptor: Int32
  private let heaps = Mutex<[Int: [UInt32: Int]]>([:])

  /// Opens a regular file.
  init(path: String) throws(Diagnostic) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path, systemError()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .cannotOpen(path, "it is not a file")
    }
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The bytes of a range; `nil` if the file does not have them all.
  func bytes(_ offset: Int, _ count: Int) -> Bytes? {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else { return nil }
    var buffer = [UInt8](repeating: 0, count: count)
    return pread(descriptor, &buffer, count, off_t(offset)) == count ? Bytes(buffer) : nil
  }

  /// The objects of the global heap collection at an address: their sizes by number; `nil` if it is damaged.
  func heap(at address: Int) -> [UInt32: Int]? {
    if let known = heaps.withLock({ $0[address] }) { return known }
    let objects = readHeap(at: address)
    if let objects { heaps.withLock { $0[address] = objects } }
    return objects
  }

  private func readHeap(at address: Int) -> [UInt32: Int]? {
    guard var header = bytes(address, 16), header.take(4) == Array("GCOL".utf8), header.number(1) == 1,
      header.take(3) != nil, let size = header.number(8), size >= 16,
      var body = bytes(address + 16, size - 16)
    else { return nil }
    var objects: [UInt32: Int] = [:]
    while body.count >= 16 {
      guard let index = body.number(2), body.take(6) != nil, let length = body.number(8) else { return nil }
      if index == 0 { return length == body.count + 16 ? objects : nil }  // the rest is free
      guard length <= body.count, body.take(min(length.roundedUp(to: 8), body.count)) != nil,
        objects.updateValue(length, forKey: UInt32(index)) == nil
      else { return nil }
    }
    return objects
  }
}

extension FileSource {
  /// Whether the names of an old group lie in a sound heap: its list of free pieces must come to an end.
  func isSoundNameHeap(at address: Int, base: Int) -> Bool {
    guard var header = bytes(address, 32), header.take(4) == Array("HEAP".utf8), header.take(4) != nil,
      let size = header.number(8), var free = header.take(8), let place = header.number(8),
      let names = bytes(base + place, size)
    else { return false }
    var visited = 0
    while let offset = Bytes(free).freePiece {
      visited += 1
      var piece = names
      guard visited <= size / 16, piece.take(offset) != nil, let next = piece.take(8) else { return false }
      free = next
    }
    return true
  }
}

/// Bytes taken from the front.
struct Bytes {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var count: Int { rest.count }

  /// The offset of a free piece in a heap of names; `nil` at the end of the list, which is 1 or all ones.
  fileprivate var freePiece: Int? {
    var bytes = self
    guard let offset = bytes.number(8), offset != 1 else { return nil }
    return offset
  }

  /// The next bytes; `nil` if there are fewer.
  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// The next little-endian number of so many bytes; `nil` also if it does not fit.
  mutating func number(_ width: Int) -> Int? {
    guard let bytes = take(width) else { return nil }
    return Int(exactly: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

extension Int {
  func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}

func systemError() -> String { String(cString: strerror(errno)) }
