import Foundation
import RunEvents
import ZipFiles

/// A file of an archive: where its bytes are, and what is said about it.
struct CrateFile {
  /// Its path in the archive.
  var name: String
  var content: ZipMember.Content
  var bytes: Int
  var sha256: String
  var caption: String
  /// The cell that made it, from 0.
  var cell: Int?
  var isExecutable = false

  init(_ name: String, text: String, _ caption: String, isExecutable: Bool = false) {
    self.name = name
    content = .text(text)
    self.caption = caption
    bytes = text.utf8.count
    sha256 = RunEvents.sha256(of: text.utf8)
    self.isExecutable = isExecutable
  }

  /// - Parameter path: of a file that is read now for its hash, and again when the archive is written.
  init(_ name: String, file path: String, _ caption: String) throws {
    self.name = name
    content = .file(path)
    self.caption = caption
    let found = try RunEvents.sha256(file: path)
    bytes = found.bytes
    sha256 = found.sha256
  }

  var member: ZipMember { ZipMember(name: name, content: content, isExecutable: isExecutable) }
  var mediaType: String { Self.mediaType(of: name) }

  /// What its ending says.
  static func mediaType(of name: String) -> String {
    let types = [
      "exp": "application/yaml", "cff": "application/yaml", "json": "application/json", "md": "text/markdown",
      "html": "text/html", "txt": "text/plain", "sha256": "text/plain", "csv": "text/csv",
      "png": "image/png",
      "svg": "image/svg+xml", "pdf": "application/pdf", "sqlite": "application/vnd.sqlite3",
      "h5": "application/x-hdf5", "hdf5": "application/x-hdf5", "keras": "application/zip",
      "gz": "application/gzip", "zip": "application/zip", "sh": "text/x-shellscript",
    ]
    let ending = name.split(separator: "/").last?.split(separator: ".").dropFirst().last.map(String.init)
    return ending.flatMap { types[$0.lowercased()] }
      ?? (ending == nil ? "text/plain" : "application/octet-stream")
  }
}

/// A file that was read, and is in the archive or only named in it.
struct CrateInput {
  var input: RunInput
  /// The path of the file that was read.
  var path: String
  /// Its path in the archive; `nil` if it is not in it.
  var member: String?
  var bytes: Int
  var sha256: String

  /// The last part of its path.
  var fileName: String { URL(fileURLWithPath: path).lastPathComponent }

  /// What names it wherever it is: its hash, as RFC 6920 writes it.
  var identifier: String { Self.identifier(sha256) }

  static func identifier(_ sha256: String) -> String {
    let digits = Array(sha256)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
    let text = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    return "ni:///sha-256;\(text)"
  }
}
