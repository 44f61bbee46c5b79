internal import CZlib
internal import Config
internal import Diagnostics
internal import Files
internal import Foundation
internal import RunEvents

/// A file named in an experiment, with the place where it is named.
struct DataPath: Sendable {
  var path: String
  /// As the experiment names it; its path where it does not.
  var written: String
  var span: SourceSpan?

  /// A path as it is written, relative to the experiment's folder.
  init(_ node: ConfigNode, in environment: DataEnvironment) throws(Diagnostic) {
    written = try node.text()
    path = environment.files.path(of: written)
    span = node.span
  }

  init(_ path: String, span: SourceSpan?) {
    self.path = path
    written = path
    self.span = span
  }

  var input: RunInput { RunInput(.data, name: written, place: path) }

  var name: String { path.split(separator: "/").last.map { String($0) } ?? path }
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The first bytes of the file, at most `limit` of them.
  /// - Throws: E0401.
  func bytes(atMost limit: Int = .max) throws(Diagnostic) -> [UInt8] {
    do {
      return try readRegularFile(path, atMost: limit)
    } catch {
      throw .unreadable(self, error.reason)
    }
  }

  fileprivate var neighbours: [String] {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "/" : folder)) ?? [])
      .sorted()
  }
}

/// A file read from the front, unpacked on the way if it is gzipped.
///
/// Owns the handle. Nothing is held but what is asked for, so that no file can fill the memory by what it claims to be.
struct PackedFile: ~Copyable {
  private let handle: gzFile
  private let file: DataPath
  /// Bytes on the disk.
  let byteCount: Int

  /// - Throws: E0401.
  init(_ file: DataPath) throws(Diagnostic) {
    let descriptor: Int32
    do {
      descriptor = try openRegularFile(file.path)
    } catch {
      throw .unreadable(file, error.reason)
    }
    guard let handle = gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw .unreadable(file, "it cannot be read")
    }
    gzbuffer(handle, 1 << 17)
    self.handle = handle
    self.file = file
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    byteCount = (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  deinit { gzclose(handle) }

  var isPacked: Bool { gzdirect(handle) == 0 }

  /// Reads up to `count` bytes; fewer where the file ends or is damaged.
  func read(_ count: Int, reserving extra: Int = 0) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count + extra) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let got = gzread(handle, base + filled, UInt32(clamping: min(count - filled, 1 << 30)))
        if got <= 0 { return }
        filled += Int(got)
      }
    }
  }

  /// What zlib has to complain about, if anything.
  var damage: String? {
    var code = Z_OK
    _ = gzerror(handle, &code)
    switch code {
    case Z_OK, Z_STREAM_END: return nil
    case Z_BUF_ERROR: return "the gzip data ends too soon"
    default: return "the gzip data is damaged"
    }
  }
}

extension Diagnostic {
  /// E0401: a file that cannot be read.
  fileprivate static func unreadable(_ file: DataPath, _ reason: String) -> Diagnostic {
    let near = reason.hasSuffix("not a file") ? nil : nearest(to: file.name, in: file.neighbours)
    return Diagnostic(
      "E0401", "'\(file.name)': \(reason)", at: file.span.map { Label($0, "named here") },
      help: near.flatMap { $0 == file.name ? nil : "did you mean '\($0)'?" }
        ?? (reason.hasSuffix("not a file")
          ? "name a file; what is read must have an end"
          : file.span == nil
            ? "check the spelling and the folder you are in" : "paths are relative to the experiment's file"))
  }
}
