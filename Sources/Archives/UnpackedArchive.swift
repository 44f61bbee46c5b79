public import Diagnostics
import Foundation
import RunEvents

/// The run of an archive in a folder, so that it can be made again.
public struct UnpackedArchive {
  /// The folder of the run's crate.
  public let folder: String

  /// Unpacks a zip file; of a folder that it was unpacked into nothing is copied.
  /// - Parameters:
  ///   - name: of the run, where there are several.
  ///   - place: an empty folder.
  /// - Throws: E0656 if it is no archive, E0657 if it is damaged, E0655 if there is no room, E0658 if it is not clear
  ///   which run is meant.
  public init(_ path: String, run name: String?, into place: String) throws(Diagnostic) {
    let archive = try ArchiveReader.open(path)
    let crates = archive.names.filter { $0.hasSuffix(RunFile.log) }.map {
      String($0.dropLast(RunFile.log.count))
    }
    .filter { archive.contains($0 + ArchiveReader.metadata) }
    let own = crates.filter { name == nil || $0 == archive.root + "\(name ?? "")/" || crates.count == 1 }
    guard own.count == 1, let root = own.first else {
      throw .whichRun(path, crates.compactMap { $0.split(separator: "/").last.map(String.init) })
    }
    let isFolder =
      (try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeDirectory
    if !isFolder { try archive.unpack(into: place) }
    folder = URL(fileURLWithPath: isFolder ? path : place).appendingPathComponent(root).path
  }
}

extension Diagnostic {
  /// E0658: an archive of several runs.
  fileprivate static func whichRun(_ path: String, _ runs: [String]) -> Diagnostic {
    Diagnostic(
      "E0658", runs.isEmpty ? "there is no run in '\(path)'" : "there are \(runs.count) runs in '\(path)'",
      help: runs.isEmpty
        ? "'runexp archive' writes archives"
        : "say which one: '--run \(runs[0])'; there are \(runs.joined(separator: ", "))")
  }
}
