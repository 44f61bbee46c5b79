internal import CZlib
internal import Config
internal import Diagnostics
internal import Foundation

/// A file named in an experiment, with the place where it is named.
struct DataPath: Sendable {
  var path: String
  var span: SourceSpan?

  /// A path as it is written, relative to the experiment's folder.
  init(_ node: ConfigNode, in environment: DataEnvironment) throws(Diagnostic) {
    let written = try node.text()
    path = written.hasPrefix("/") ? written : environment.base + "/" + written
    span = node.span
  }

  init(_ path: String, span: SourceSpan?) {
    self.path = path
    self.span = span
  }

  var name: String { path.split(separator: "/").last.map { String($0) } ?? path }
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The first bytes of the file, at most `limit` of them.
  /// - Throws: E0401.
  func bytes(atMost limit: Int = .max) throws(Diagnostic) -> [UInt8] {
    if isFolder { throw .unreadable(self, "it is a folder") }
    guard let handle = FileHandle(forReadingAtPath: path) else { throw .unreadable(self, "no such file") }
    defer { try? handle.close() }  // only read from: nothing can be lost
    do {
      let data = limit == .max ? try handle.readToEnd() : try handle.read(upToCount: limit)
      return data.map { [UInt8]($0) } ?? []
    } catch {
      throw .unreadable(self, "it cannot be read")
    }
  }

  fileprivate var neighbours: [String] {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "/" : folder)) ?? [])
      .sorted()
  }
}

/// What gzip made of some bytes.
struct Gunzipped {
  var bytes: [UInt8]
  /// Whether the end was reached with the right checksum.
  var isWhole: Bool
}

func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

/// Unpacks gzip until its end or `limit` bytes, so that no file can fill the memory.
func gunzip(_ packed: [UInt8], atMost limit: Int) -> Gunzipped {
  var stream = z_stream()
  guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    return Gunzipped(bytes: [], isWhole: false)
  }
  defer { inflateEnd(&stream) }
  var result: [UInt8] = []
  var input = packed
  var chunk = [UInt8](repeating: 0, count: min(limit, 1 << 18))
  var status = Z_OK
  input.withUnsafeMutableBufferPointer { input in
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(clamping: input.count)
    while status == Z_OK, result.count < limit {
      let room = min(chunk.count, limit - result.count)
      let written = chunk.withUnsafeMutableBufferPointer { output in
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(room)
        status = inflate(&stream, Z_NO_FLUSH)
        return room - Int(stream.avail_out)
      }
      result += chunk[..<written]
      if written == 0, stream.avail_in == 0 { break }
    }
  }
  return Gunzipped(bytes: result, isWhole: status == Z_STREAM_END)
}

extension Diagnostic {
  /// E0401: a file that cannot be read.
  fileprivate static func unreadable(_ file: DataPath, _ reason: String) -> Diagnostic {
    let near = nearest(to: file.name, in: file.neighbours)
    return Diagnostic(
      "E0401", "'\(file.name)': \(reason)", at: file.span.map { Label($0, "named here") },
      help: near.flatMap { $0 == file.name ? nil : "did you mean '\($0)'?" }
        ?? "paths are relative to the experiment's file")
  }
}
