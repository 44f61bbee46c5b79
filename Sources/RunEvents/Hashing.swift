import CCrypto
public import Diagnostics
import Foundation

/// The SHA-256 of bytes, as 64 hexadecimal digits.
///
/// Source: FIPS 180-4.
public func sha256(of bytes: some Sequence<UInt8>) -> String {
  let hash = StreamHash()
  Array(bytes).withUnsafeBytes(hash.update)
  return hash.finish()
}

/// The length and SHA-256 of a file, read in pieces: any size, little memory.
/// - Throws: E0607 if the file cannot be read.
public func sha256(file path: String) throws(Diagnostic) -> (bytes: Int, sha256: String) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .cannotHash(path) }
  defer { close(descriptor) }
  let hash = StreamHash()
  var total = 0
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let count = read(descriptor, &piece, piece.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw .cannotHash(path) }
    guard count > 0 else { return (total, hash.finish()) }
    piece.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    total += count
  }
}

/// The SHA-256 of bytes that come in pieces, by OpenSSL's libcrypto.
public final class StreamHash {
  private let context: OpaquePointer

  public init() {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("libcrypto has no memory for a hash") }
    precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto refuses SHA-256")
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  public func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(
      EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "libcrypto refuses bytes to hash")
  }

  /// Ends the hash.
  /// - Returns: 64 hexadecimal digits.
  public func finish() -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    precondition(EVP_DigestFinal_ex(context, &bytes, nil) == 1, "libcrypto refuses to end a hash")
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension Diagnostic {
  /// E0607: a file whose hash is wanted cannot be read.
  fileprivate static func cannotHash(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0607", "cannot read '\(path)': \(String(cString: strerror(errno)))",
      help: "check the path and its permissions; the hash of every file used is part of the log")
  }
}
