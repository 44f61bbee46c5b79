import Files
import Diagnostics
import Foundation
import RunEvents
import ZipFiles

/// The files of an archive, in a zip file or unpacked in a folder.
///
/// Owns the zip file. Nothing of it is written anywhere but where ``unpack(into:)`` is told to, and only files whose
/// names lie below it.
final class ArchiveReader {
  /// As it was named, for messages.
  let path: String
  /// All files, in order of their names.
  let names: [String]
  /// Every file, and every folder with a slash at its end.
  private let places: Set<String>
  /// The folder of the crate in it, empty or with a slash at its end: a bag has it one or two levels down.
  let root: String
  private let zip: ZipReader?

  static let metadata = "ro-crate-metadata.json"
  /// Descriptions are texts that people can read.
  static let longestText = 64 << 20

  /// - Throws: E0656 for a file that is no archive, E0657 for one that is damaged.
  static func open(_ path: String) throws(Diagnostic) -> ArchiveReader {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .noArchive(path) }
    if isFolder.boolValue {
      let names = try files(below: path)
      return ArchiveReader(path, names, root: try root(of: names, path), zip: nil)
    }
    do throws(ZipError) {
      let zip = try ZipReader(path, most: 100_000)
      let names = zip.names.sorted()
      guard let root = try? root(of: names, path) else { throw ZipError.cannotOpen("") }
      return ArchiveReader(path, names, root: root, zip: consume zip)
    } catch {
      if case .cannotOpen = error { throw .isNoCrate(path) }
      throw .damagedArchive(path, error.reason)
    }
  }

  private init(_ path: String, _ names: [String], root: String, zip: consuming ZipReader?) {
    self.path = path
    self.names = names
    self.root = root
    var places = Set(names)
    for name in names {
      var folder = name[...]
      while let end = folder.lastIndex(of: "/") {
        folder = folder[..<end]
        guard places.insert(folder + "/").inserted else { break }
      }
    }
    self.places = places
    self.zip = zip
  }

  /// The folder of the outermost crate.
  private static func root(of names: [String], _ path: String) throws(Diagnostic) -> String {
    let crates = names.filter { $0 == metadata || $0.hasSuffix("/" + metadata) }
    let outermost = crates.min { $0.split(separator: "/").count < $1.split(separator: "/").count }
    guard let outermost else { throw .isNoCrate(path) }
    return String(outermost.dropLast(metadata.count))
  }

  /// The files of a folder; links in it are not followed.
  private static func files(below path: String) throws(Diagnostic) -> [String] {
    var files: [String] = []
    let keys: Set<URLResourceKey> = [.isRegularFileKey]
    let base = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    guard
      let all = FileManager.default.enumerator(
        at: URL(fileURLWithPath: base), includingPropertiesForKeys: Array(keys))
    else { throw .noArchive(path) }
    for case let url as URL in all where (try? url.resourceValues(forKeys: keys))?.isRegularFile == true {
      files.append(String(url.path.dropFirst(base.utf8.count + 1)))
      guard files.count <= 100_000 else { throw .damagedArchive(path, "it has more than 100000 files") }
    }
    return files.sorted()
  }

  /// Whether there is such a file; or such a folder, if the name ends in a slash.
  func contains(_ name: String) -> Bool { places.contains(name) }

  /// A text of the archive; `nil` if there is none of that name.
  /// - Throws: E0657 if it cannot be read, or is too long for one.
  func text(_ name: String) throws(Diagnostic) -> String? {
    if zip == nil {
      guard
        let size = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.size] as? NSNumber,
        size.intValue <= Self.longestText
      else { return nil }
      return FileManager.default.contents(atPath: "\(path)/\(name)").map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    do throws(ZipError) {
      return try zip?.bytes(name, limit: Self.longestText).map { String(decoding: $0, as: UTF8.self) }
    } catch {
      throw .damagedArchive(path, error.reason)
    }
  }

  /// The hash of a file.
  /// - Throws: E0607 or E0657 if it cannot be read.
  func sha256(_ name: String) throws(Diagnostic) -> String {
    if zip == nil { return try RunEvents.sha256(file: "\(path)/\(name)").sha256 }
    let hash = StreamHash()
    do throws(ZipError) {
      try zip?.read(name) { chunk in
        hash.update(UnsafeRawBufferPointer(chunk))
        return true
      }
    } catch {
      throw .damagedArchive(path, error.reason)
    }
    return hash.finish()
  }

  /// Writes all files below a folder.
  /// - Throws: E0655 if there is no room, E0657 if one is damaged.
  func unpack(into folder: String) throws(Diagnostic) {
    for name in names { try copy(name, to: "\(folder)/\(name)") }
  }

  /// Writes one file; the folder for it is made.
  /// - Throws: E0655 if there is no room, E0657 if it is damaged.
  func copy(_ name: String, to target: String) throws(Diagnostic) {
    do {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: target).deletingLastPathComponent(), withIntermediateDirectories: true)
      if zip == nil { try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: target) }
    } catch {
      throw .noTemporaryFolder(error.localizedDescription)
    }
    if zip != nil { try unpack(name, to: target) }
  }

  private func unpack(_ name: String, to target: String) throws(Diagnostic) {
    // A file that is there already, or a link, is no place for it.
    let file = Foundation.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666)
    guard file >= 0 else { throw .noTemporaryFolder(systemError().lowercased()) }
    defer { close(file) }
    do throws(ZipError) {
      try zip?.copy(name, to: file)
    } catch {
      if case .cannotWrite(let reason) = error { throw .noTemporaryFolder(reason) }
      throw .damagedArchive(path, error.reason)
    }
  }
}

extension Diagnostic {
  /// E0656: nothing there.
  fileprivate static func noArchive(_ path: String) -> Diagnostic {
    Diagnostic("E0656", "there is no archive '\(path)'", help: "check the spelling and the folder you are in")
  }

  /// E0656: something else.
  static func isNoCrate(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0656", "'\(path)' is no archive of runs: there is no \(ArchiveReader.metadata) in it",
      help: "'runexp archive' writes archives")
  }

  /// E0657: a zip file that is cut short, damaged, or made to do harm.
  static func damagedArchive(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0657", "'\(path)' is not a readable archive: \(reason)",
      help: "nothing of it was used; copy or download it again")
  }
}
