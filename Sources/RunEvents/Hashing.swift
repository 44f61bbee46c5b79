public import Diagnostics
import Crypto
import Foundation

/// The SHA-256 of bytes, as 64 hexadecimal digits.
public func sha256(of bytes: some Sequence<UInt8>) -> String {
  var hash = SHA256()
  hash.update(data: Array(bytes))
  return hexadecimal(hash.finalize())
}

/// The length and SHA-256 of a file, read in pieces: any size, little memory.
/// - Throws: E0607 if the file cannot be read.
public func sha256(file path: String) throws(Diagnostic) -> (bytes: Int, sha256: String) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .cannotHash(path) }
  defer { close(descriptor) }
  var hash = StreamHash()
  var total = 0
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let count = read(descriptor, &piece, piece.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw .cannotHash(path) }
    guard count > 0 else { return (total, hash.text) }
    piece.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    total += count
  }
}

/// The SHA-256 of bytes that come in pieces.
public struct StreamHash {
  private var hash = SHA256()

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  /// The hash of what has come in, as 64 hexadecimal digits.
  public var text: String { hexadecimal(hash.finalize()) }
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

extension Diagnostic {
  /// E0607: a file whose hash is wanted cannot be read.
  fileprivate static func cannotHash(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0607", "cannot read '\(path)': \(String(cString: strerror(errno)))",
      help: "check the path and its permissions; the hash of every file used is part of the log")
  }
}
