import Diagnostics
import Files
import Foundation
import RunEvents

/// Whether the files of a crate are those that its log knows.
struct LogCheck {
  private(set) var run: RecordedRun?
  private(set) var findings: [Verification.Finding] = []

  /// - Parameters:
  ///   - root: the folder of the crate in the archive, with a slash at its end.
  ///   - hashes: of the files that could be read.
  init(_ root: String, in archive: ArchiveReader, _ hashes: [String: String]) throws {
    let names = [root + RunFile.log, root + RunFile.request].filter(archive.contains)
    try TemporaryFolder.with { folder in
      do throws(Diagnostic) {
        for name in names { try archive.copy(name, to: "\(folder)/\(name.dropFirst(root.count))") }
        run = try RecordedRun(folder: folder)
      } catch {
        findings.append(.init(root + RunFile.log, .inconsistent, error.message))
      }
    }
    guard let run else { return }
    compare(root + RunFile.experiment, sha256(of: run.record.source.utf8), hashes)
    compare(root + RunFile.resolved, sha256(of: run.record.resolved.utf8), hashes)
    for artifact in run.artifacts where hashes[root + artifact.path] != nil {
      compare(root + artifact.path, artifact.sha256, hashes)
    }
    compareInputs(run, root, hashes)
  }

  private mutating func compare(_ name: String, _ logged: String, _ hashes: [String: String]) {
    guard let own = hashes[name], own != logged else { return }
    findings.append(.init(name, .inconsistent, "its SHA-256 is \(short(own)), the log says \(short(logged))"))
  }

  /// Data are known to the log by where they were when the run read them: any of these hashes will do.
  private mutating func compareInputs(_ run: RecordedRun, _ root: String, _ hashes: [String: String]) {
    let logged = Set(run.datasets.flatMap(\.files).map(\.sha256))
    for input in run.request?.inputs ?? [] where input.kind == .data || input.kind == .dataSet {
      for path in input.paths {
        guard let own = hashes[root + path], !logged.contains(own), !logged.isEmpty else { continue }
        findings.append(
          .init(root + path, .inconsistent, "its SHA-256 is \(short(own)), which the run did not read"))
      }
    }
  }
}
