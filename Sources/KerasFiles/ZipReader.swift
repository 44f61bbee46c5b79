import CZip
import Diagnostics
import Foundation
import HDF5Files

/// A zip file that is being read; owns it.
///
/// Only the members that are asked for are unpacked, none of them under a name of the file's own choosing.
struct ZipReader: ~Copyable {
  private let path: String
  private let archive: OpaquePointer
  /// The members' numbers by name.
  private let members: [String: zip_uint64_t]

  /// More members than Keras would ever write.
  private static let mostMembers: zip_int64_t = 10_000
  /// A byte becomes at most 1032 in deflate; weights hardly shrink, so that much larger members than this are taken
  /// only if they are not compressed more than this.
  private static let (freeSize, largestExpansion): (zip_uint64_t, zip_uint64_t) = (64 << 20, 100)

  /// Looks at the list of members.
  /// - Throws: E0601 if there is no such file, E0624 if it is no sound zip file.
  init(_ path: String) throws(Diagnostic) {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code) else {
      if code == ZIP_ER_NOENT || code == ZIP_ER_OPEN {
        throw .cannotOpen(path, String(cString: strerror(errno)).lowercased())
      }
      throw .damagedZip(path, reason(code))
    }
    do throws(Diagnostic) {
      members = try Self.members(of: archive, path)
    } catch {
      zip_discard(archive)
      throw error
    }
    self.path = path
    self.archive = archive
  }

  deinit { zip_discard(archive) }

  private static func members(of archive: OpaquePointer, _ path: String) throws(Diagnostic)
    -> [String: zip_uint64_t]
  {
    let count = zip_get_num_entries(archive, 0)
    guard count >= 0, count <= mostMembers else { throw .damagedZip(path, "it lists \(count) members") }
    var members: [String: zip_uint64_t] = [:]
    for index in 0..<zip_uint64_t(count) {
      guard let raw = zip_get_name(archive, index, 0), let name = String(validatingCString: raw) else {
        throw .damagedZip(path, "a member has no readable name")
      }
      guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
        throw .damagedZip(path, "the member '\(name)' leads out of it")
      }
      guard members.updateValue(index, forKey: name) == nil else {
        throw .damagedZip(path, "there are two members '\(name)'")
      }
    }
    return members
  }

  func contains(_ name: String) -> Bool { members[name] != nil }

  /// The bytes of a member that must not be long; `nil` if there is no such member.
  /// - Throws: E0624 if it is damaged or longer than `limit`.
  func bytes(_ name: String, limit: Int) throws(Diagnostic) -> [UInt8]? {
    guard members[name] != nil else { return nil }
    var bytes: [UInt8] = []
    try read(name, limit: limit) { chunk in
      bytes += chunk
      return true
    }
    return bytes
  }

  /// Copies a member into an open file.
  /// - Throws: E0625 if there is no such member, E0624 if it is damaged, E0626 if it cannot be written.
  func copy(_ name: String, to descriptor: Int32) throws(Diagnostic) {
    guard members[name] != nil else { throw .missingMember(name, in: path) }
    var failure: Int32 = 0
    try read(name, limit: .max) { chunk in
      var rest = UnsafeRawBufferPointer(chunk)
      while !rest.isEmpty {
        let written = write(descriptor, rest.baseAddress, rest.count)
        guard written > 0 else {
          failure = errno
          return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
      return true
    }
    if failure != 0 { throw .cannotUnpack(path, String(cString: strerror(failure)).lowercased()) }
  }

  /// Hands on a member piece by piece, until `body` says no.
  private func read(
    _ name: String, limit: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(Diagnostic) {
    guard let index = members[name] else { return }
    try check(index, name, limit: limit)
    guard let file = zip_fopen_index(archive, index, 0) else { throw .damagedZip(path, lastError) }
    defer { zip_fclose(file) }
    let size = 1 << 20
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let count = zip_fread(file, buffer, zip_uint64_t(size))
      guard count >= 0 else {
        throw .damagedZip(path, "'\(name)' cannot be unpacked: \(text(zip_file_get_error(file)))")
      }
      total += Int(count)
      guard total <= limit else { throw .damagedZip(path, "'\(name)' is longer than it says") }
      guard count > 0, body(UnsafeBufferPointer(start: buffer, count: Int(count))) else { return }
    }
  }

  private func check(_ index: zip_uint64_t, _ name: String, limit: Int) throws(Diagnostic) {
    var facts = zip_stat_t()
    guard zip_stat_index(archive, index, 0, &facts) == 0 else { throw .damagedZip(path, lastError) }
    guard facts.encryption_method == ZIP_EM_NONE else { throw .damagedZip(path, "'\(name)' is encrypted") }
    guard facts.size <= limit else {
      throw .damagedZip(path, "'\(name)' claims to have \(facts.size) bytes")
    }
    let expansion = facts.size / max(1, facts.comp_size)
    guard facts.size <= Self.freeSize || expansion <= Self.largestExpansion else {
      throw .damagedZip(path, "'\(name)' would become \(expansion) times as large")
    }
  }

  private var lastError: String { text(zip_get_error(archive)) }
}

/// The library's words for a code.
private func reason(_ code: Int32) -> String {
  var error = zip_error_t()
  zip_error_init_with_code(&error, code)
  defer { zip_error_fini(&error) }
  return text(&error)
}

private func text(_ error: UnsafeMutablePointer<zip_error_t>?) -> String {
  guard let error, let words = zip_error_strerror(error) else { return "no reason given" }
  return String(cString: words).lowercased()
}

extension Diagnostic {
  /// E0624: a file that begins like a zip file and is none, or none that a model is read from.
  static func damagedZip(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0624", "'\(path)' is not a readable .keras file: \(reason)",
      help: "copy or download it again, or save the model again")
  }

  /// E0625: a zip file without what a model is made of.
  static func missingMember(_ name: String, in path: String) -> Diagnostic {
    Diagnostic(
      "E0625", "'\(path)' has no member '\(name)'",
      help: "a .keras file holds config.json, metadata.json and model.weights.h5; list it with 'unzip -l'")
  }

  /// E0626: no room to unpack weights into.
  static func cannotUnpack(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0626", "the weights of '\(path)' cannot be unpacked: \(reason)",
      help: "they need as much room in the folder for temporary files as the file has; TMPDIR names another"
    )
  }
}
