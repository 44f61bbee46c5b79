import Diagnostics
import Files
import Foundation
import Synchronization

/// The bytes of a file that is being read, beside the library's own view of them; owns a descriptor.
final class FileSource: Sendable {
  let byteCount: Int
  private let descriptor: Int32
  private let heaps = Mutex<[Int: [UInt32: Int]]>([:])
  /// The header that was read last: a group is asked for its attributes one after another.
  private let header = Mutex<(address: Int, contents: ObjectHeader.Contents)?>(nil)

  /// Opens a regular file.
  init(path: String) throws(Diagnostic) {
    let descriptor: Int32
    do {
      descriptor = try openRegularFile(path)
    } catch {
      throw .cannotOpen(path, error.reason)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      close(descriptor)
      throw .cannotOpen(path, systemError())
    }
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The bytes of a range; `nil` if the file does not have them all, as for a sum of addresses that overflowed.
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

  /// What the header at an address holds, if it was the last that was asked for; otherwise what `read` finds there.
  func header(at address: Int, _ read: () -> ObjectHeader.Contents?) -> ObjectHeader.Contents? {
    if let known = header.withLock({ $0?.address == address ? $0?.contents : nil }) { return known }
    let contents = read()
    if let contents { header.withLock { $0 = (address, contents) } }
    return contents
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

/// Bytes taken from the front.
struct Bytes: Sendable {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var count: Int { rest.count }

  func prefix(_ count: Int) -> ArraySlice<UInt8> { rest.prefix(count) }

  /// What is behind so many bytes; `nil` if there are fewer.
  func dropping(_ count: Int) -> Bytes? {
    guard count >= 0, count <= rest.count else { return nil }
    var bytes = self
    bytes.rest = rest.dropFirst(count)
    return bytes
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
