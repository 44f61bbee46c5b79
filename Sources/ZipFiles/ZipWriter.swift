import Files
import CZip
import Foundation

/// A member of a zip file that is to be written.
public struct ZipMember: Sendable {
  public enum Content: Sendable, Equatable {
    case text(String)
    /// The path of a file.
    case file(String)
    /// Nothing: the name, which ends in a slash, is a folder's.
    case folder
  }

  public var name: String
  public var content: Content
  /// Whether it is a program.
  public var isExecutable = false

  public init(name: String, content: Content, isExecutable: Bool = false) {
    self.name = name
    self.content = content
    self.isExecutable = isExecutable
  }
}

/// Writes a zip file: uncompressed, in the given order, without times, so that the same members give the same bytes,
/// whatever version of zlib there is.
/// - Throws: ``ZipError/cannotWrite(_:)``.
public func writeZip(_ members: [ZipMember], to path: String) throws(ZipError) {
  var code: Int32 = 0
  guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
    throw .cannotWrite(systemError().lowercased())
  }
  // The library reads texts when it closes the file, so they have to live until then.
  let texts = members.map { member -> [UInt8] in
    if case .text(let text) = member.content { Array(text.utf8) } else { [] }
  }
  let buffers = texts.map { text in
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.count))
    _ = buffer.update(fromContentsOf: text)
    return (buffer, zip_uint64_t(text.count))
  }
  defer { for (buffer, _) in buffers { buffer.deallocate() } }
  let isAdded = zip(members, buffers).allSatisfy { member, buffer in
    switch member.content {
    case .text: add(zip_source_buffer(archive, buffer.0.baseAddress, buffer.1, 0), as: member, to: archive)
    case .file(let file): add(zip_source_file(archive, file, 0, -1), as: member, to: archive)
    case .folder: date(zip_dir_add(archive, member.name, zip_flags_t(ZIP_FL_ENC_UTF_8)), in: archive)
    }
  }
  guard isAdded, zip_close(archive) == 0 else {
    let reason = zip_error_strerror(zip_get_error(archive)).map { String(cString: $0).lowercased() }
    zip_discard(archive)
    throw .cannotWrite(reason ?? "no reason given")
  }
}

/// Adds one member, dated as early as zip files can be.
private func add(_ source: OpaquePointer?, as member: ZipMember, to archive: OpaquePointer) -> Bool {
  guard let source else { return false }
  let index = zip_file_add(archive, member.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
  guard index >= 0 else {
    zip_source_free(source)
    return false
  }
  let number = zip_uint64_t(index)
  guard zip_set_file_compression(archive, number, ZIP_CM_STORE, 0) == 0, date(index, in: archive) else {
    return false
  }
  guard member.isExecutable else { return true }
  let mode: zip_uint32_t = 0o100_755 << 16
  return zip_file_set_external_attributes(archive, number, 0, zip_uint8_t(ZIP_OPSYS_UNIX), mode) == 0
}

/// The beginning of 1980, the first day that zip files know.
private func date(_ index: zip_int64_t, in archive: OpaquePointer) -> Bool {
  let (firstTime, firstDay): (zip_uint16_t, zip_uint16_t) = (0, 1 << 5 | 1)
  return index >= 0 && zip_file_set_dostime(archive, zip_uint64_t(index), firstTime, firstDay, 0) == 0
}
