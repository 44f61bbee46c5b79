import CZip
import Files
import Foundation

/// A zip file that is being read; owns it.
///
/// Only the members that are asked for are unpacked. Names that lead out of a folder, links, two members of one name and
/// members that would become far larger than the file are refused when it is opened, so that whoever unpacks one need not
/// think of them.
public struct ZipReader: ~Copyable {
  /// The files in it, in the order of its list; folders are left out.
  public let names: [String]
  private let archive: OpaquePointer
  private let members: [String: Member]

  private struct Member {
    var index: zip_uint64_t
    var size: zip_uint64_t
  }

  /// A byte becomes at most 1032 in deflate; real files hardly shrink, so that more than this is taken only if it is
  /// not compressed more than this.
  private static let (freeSize, largestExpansion): (zip_uint64_t, zip_uint64_t) = (64 << 20, 100)

  /// Looks at the list of members, and at nothing else.
  /// - Parameter most: how many members it may have.
  public init(_ path: String, most: Int = 10_000) throws(ZipError) {
    do {
      close(try openRegularFile(path))
    } catch {
      throw .cannotOpen(error.reason.lowercased())
    }
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code) else {
      if code == ZIP_ER_NOENT || code == ZIP_ER_OPEN {
        throw .cannotOpen(systemError().lowercased())
      }
      // Checking, the library says no more than that something exists already.
      if let name = ZipDirectory.repeatedName(path) {
        throw .damaged("there are two members '\(Self.printable(name))'")
      }
      throw .damaged(Self.reason(code))
    }
    do throws(ZipError) {
      if ZipDirectory.hasZeroInName(path) { throw .damaged("a member has a zero in its name") }
      let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.uint64Value
      let found = try Self.members(of: archive, fileSize: size ?? 0, most: most)
      names = found.names
      members = found.members
    } catch {
      zip_discard(archive)
      throw error
    }
    self.archive = archive
  }

  deinit { zip_discard(archive) }

  private static func members(
    of archive: OpaquePointer, fileSize: zip_uint64_t, most: Int
  ) throws(ZipError) -> (names: [String], members: [String: Member]) {
    let count = zip_get_num_entries(archive, 0)
    guard count >= 0, count <= most else { throw .damaged("it lists \(count) members") }
    var (names, members): ([String], [String: Member]) = ([], [:])
    var (packed, unpacked): (zip_uint64_t, zip_uint64_t) = (0, 0)
    for index in 0..<zip_uint64_t(count) {
      guard let raw = zip_get_name(archive, index, zip_flags_t(ZIP_FL_ENC_RAW)),
        let name = String(validatingCString: raw)
      else {
        throw .damaged("a member has no readable name")
      }
      try check(name)
      let facts = try facts(of: index, name, in: archive)
      guard members.updateValue(Member(index: index, size: facts.size), forKey: name) == nil else {
        throw .damaged("there are two members '\(name)'")
      }
      if !name.hasSuffix("/") { names.append(name) }
      // Neither sum can overflow before it is too large.
      packed = min(packed, fileSize) + min(facts.comp_size, fileSize)
      unpacked = min(unpacked, 1 << 62) + min(facts.size, 1 << 62)
    }
    guard packed <= fileSize else { throw .damaged("its members overlap") }
    guard unpacked <= freeSize || unpacked / max(1, fileSize) <= largestExpansion else {
      throw .damaged("it would become \(unpacked / max(1, fileSize)) times as large")
    }
    for name in names {
      // A file that is a folder, too, could be written in one order only.
      var folder = name[...]
      while let end = folder.lastIndex(of: "/") {
        folder = folder[..<end]
        if members[String(folder)] != nil { throw .damaged("'\(folder)' is a file and a folder") }
      }
    }
    return (names, members)
  }

  /// A name is a path below a folder, as every system understands it.
  private static func check(_ name: String) throws(ZipError) {
    let parts = (name.hasSuffix("/") ? name.dropLast() : name[...]).split(
      separator: "/", omittingEmptySubsequences: false)
    guard !name.hasPrefix("/"), !parts.contains("..") else {
      throw .damaged("the member '\(printable(name))' leads out of it")
    }
    guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0.utf8.count > 255 }), name.utf8.count <= 1024,
      !name.utf8.contains(where: { $0 < 32 || $0 == 127 || $0 == UInt8(ascii: "\\") })
    else { throw .damaged("the member '\(printable(name))' has a name that no file can have everywhere") }
  }

  private static func facts(
    of index: zip_uint64_t, _ name: String, in archive: OpaquePointer
  ) throws(ZipError) -> zip_stat_t {
    var facts = zip_stat_t()
    guard zip_stat_index(archive, index, 0, &facts) == 0 else { throw .damaged(text(zip_get_error(archive))) }
    guard facts.encryption_method == ZIP_EM_NONE else { throw .damaged("'\(name)' is encrypted") }
    var (system, attributes): (zip_uint8_t, zip_uint32_t) = (0, 0)
    zip_file_get_external_attributes(archive, index, 0, &system, &attributes)
    let kind = attributes >> 16 & 0o170_000
    let isPlain = kind == 0 || kind == 0o100_000 || (kind == 0o040_000 && name.hasSuffix("/"))
    guard system != ZIP_OPSYS_UNIX || isPlain else { throw .damaged("'\(name)' is a link, not a file") }
    let expansion = facts.size / max(1, facts.comp_size)
    guard facts.size <= freeSize || expansion <= largestExpansion else {
      throw .damaged("'\(name)' would become \(expansion) times as large")
    }
    return facts
  }

  public func contains(_ name: String) -> Bool { members[name] != nil }

  /// How many bytes a member has; `nil` if there is none.
  public func size(of name: String) -> Int? { members[name].map { Int(clamping: $0.size) } }

  /// The bytes of a member that must not be long; `nil` if there is no such member.
  /// - Throws: ``ZipError/damaged(_:)`` if it is damaged or longer than `limit`.
  public func bytes(_ name: String, limit: Int) throws(ZipError) -> [UInt8]? {
    guard members[name] != nil else { return nil }
    var bytes: [UInt8] = []
    try read(name, limit: limit) { chunk in
      bytes += chunk
      return true
    }
    return bytes
  }

  /// Copies a member into an open file; nothing if there is no such member.
  /// - Throws: ``ZipError/damaged(_:)``, and ``ZipError/cannotWrite(_:)`` if there is no room for it.
  public func copy(_ name: String, to descriptor: Int32) throws(ZipError) {
    var failure: Int32 = 0
    try read(name, limit: .max) { chunk in
      failure = writeAll(UnsafeRawBufferPointer(chunk), to: descriptor)
      return failure == 0
    }
    if failure != 0 { throw .cannotWrite(String(cString: strerror(failure)).lowercased()) }
  }

  /// Hands on a member piece by piece, until `body` says no; nothing if there is no such member.
  /// - Throws: ``ZipError/damaged(_:)``, also if it is longer than it says, or than `limit`.
  public func read(
    _ name: String, limit: Int = .max, _ body: (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(ZipError) {
    guard let member = members[name] else { return }
    guard member.size <= limit else { throw .damaged("'\(name)' claims to have \(member.size) bytes") }
    guard let file = zip_fopen_index(archive, member.index, 0) else {
      throw .damaged("'\(name)' cannot be unpacked: \(Self.text(zip_get_error(archive)))")
    }
    defer { zip_fclose(file) }
    let size = 1 << 20
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    defer { buffer.deallocate() }
    var total: zip_uint64_t = 0
    while true {
      let count = zip_fread(file, buffer, zip_uint64_t(size))
      guard count >= 0 else {
        throw .damaged("'\(name)' cannot be unpacked: \(Self.text(zip_file_get_error(file)))")
      }
      total += zip_uint64_t(count)
      guard total <= member.size else { throw .damaged("'\(name)' is longer than it says") }
      guard count > 0, body(UnsafeBufferPointer(start: buffer, count: Int(count))) else { return }
    }
  }

  /// The library's words for a code.
  private static func reason(_ code: Int32) -> String {
    var error = zip_error_t()
    zip_error_init_with_code(&error, code)
    defer { zip_error_fini(&error) }
    return text(&error)
  }

  private static func text(_ error: UnsafeMutablePointer<zip_error_t>?) -> String {
    guard let error, let words = zip_error_strerror(error) else { return "no reason given" }
    return String(cString: words).lowercased()
  }

  /// The name as it can be shown.
  private static func printable(_ name: String) -> String {
    String(name.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : Character($0) })
  }
}
