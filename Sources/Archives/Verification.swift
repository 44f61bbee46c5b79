public import Config
public import Diagnostics
import Foundation
import RunEvents
import RunLog

/// Whether an archive or a run is still what it was, and what is not.
public struct Verification: Sendable, Equatable {
  /// What is wrong with one file.
  public struct Finding: Sendable, Equatable {
    public enum Problem: String, Sendable {
      /// Its bytes are others.
      case altered
      case missing
      /// Nobody wrote it there.
      case unlisted
      /// What it says does not fit the rest.
      case inconsistent
    }

    public var file: String
    public var problem: Problem
    /// What it is, in words.
    public var text: String

    public init(_ file: String, _ problem: Problem, _ text: String) {
      self.file = file
      self.problem = problem
      self.text = text
    }
  }

  /// As it was named.
  public var subject: String
  /// The runs in it.
  public var runs: [String] = []
  /// How many files were compared.
  public var files = 0
  public var findings: [Finding] = []
  /// What the badges of the ACM ask for, as far as it can be seen from the outside.
  public var badges: [Badge] = []

  public var isSound: Bool { findings.isEmpty }

  /// Checks an archive: every hash, the description of its files, and the logs.
  /// - Parameter path: a zip file, or a folder it was unpacked into.
  /// - Throws: E0656 if it is no archive, E0657 if nothing of it can be read.
  public init(archive path: String) throws {
    subject = path
    let archive = try ArchiveReader.open(path)
    files = archive.names.count
    let hashes = Hashes(of: archive)
    findings = hashes.findings
    let crates = archive.names.compactMap { name -> String? in
      let crate = name.dropLast(RunFile.log.count)
      let isCrate = name.hasSuffix(RunFile.log) && archive.contains(crate + ArchiveReader.metadata)
      return isCrate ? String(crate) : nil
    }
    // Each takes time of its own, and nobody archives as many runs.
    guard crates.count <= 1000 else { throw Diagnostic.damagedArchive(path, "it has \(crates.count) runs") }
    for crate in Set(crates + [archive.root]).sorted() {
      findings += CrateCheck(crate, in: archive, hashes.found).findings
    }
    findings = Self.firsts(findings)
    for crate in crates {
      // A log that was altered has been named; what it says means nothing then.
      guard !findings.contains(where: { $0.file == crate + RunFile.log }) else { continue }
      let check = try LogCheck(crate, in: archive, hashes.found)
      findings += check.findings
      if let run = check.run {
        runs.append(run.name)
        badges += Badge.all(of: run, in: archive, crate, isSound: findings.isEmpty).map { badge in
          Badge(name: crates.count == 1 ? badge.name : "\(badge.name): \(run.name)", items: badge.items)
        }
      }
    }
    findings = Self.firsts(findings)
  }

  /// A file whose bytes are others fits nothing that is said about it: that is said once.
  private static func firsts(_ findings: [Finding]) -> [Finding] {
    var known: Set<String> = []
    return findings.filter { finding in
      if finding.problem == .altered || finding.problem == .missing {
        return known.insert(finding.file).inserted
      }
      return !known.contains(finding.file)
    }
  }

  /// Checks the folder of a run by what its log says of its files, and of those it read.
  /// - Throws: E0701 to E0706 for a log that cannot be read.
  public init(run folder: String) throws(Diagnostic) {
    subject = folder
    let recorded = try RecordedRun(folder: folder)
    runs = [recorded.name]
    for (name, text) in [
      (RunFile.experiment, recorded.record.source), (RunFile.resolved, recorded.record.resolved),
    ] {
      files += 1
      guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
        findings.append(.init(name, .missing, "it is not there any more"))
        continue
      }
      if bytes != Data(text.utf8) { findings.append(.init(name, .altered, "it is not what the log holds")) }
    }
    for artifact in recorded.artifacts {
      compare(
        artifact.path, at: "\(folder)/\(artifact.path)", bytes: artifact.bytes, hash: artifact.sha256)
    }
    for file in recorded.datasets.flatMap(\.files) {
      compare(file.path, at: file.path, bytes: file.bytes, hash: file.sha256)
    }
  }

  private mutating func compare(_ name: String, at path: String, bytes: Int, hash: String) {
    files += 1
    guard FileManager.default.fileExists(atPath: path) else {
      return findings.append(.init(name, .missing, "it is not there any more"))
    }
    guard let found = try? sha256(file: path) else {
      return findings.append(.init(name, .missing, "it cannot be read"))
    }
    guard found.sha256 != hash else { return }
    let size = found.bytes == bytes ? "" : ", and \(found.bytes) bytes instead of \(bytes)"
    findings.append(
      .init(name, .altered, "its SHA-256 is \(short(found.sha256)), the log says \(short(hash))\(size)"))
  }

  /// As JSON, for programs.
  public var config: ConfigNode {
    [
      "subject": subject.config, "sound": isSound.config, "runs": runs.config, "files": files.config,
      "findings": ConfigNode(
        .list(
          findings.map {
            ["file": $0.file.config, "problem": $0.problem.rawValue.config, "text": $0.text.config]
          })),
    ]
  }
}

/// The beginning of a hash: enough to tell it from another.
func short(_ hash: String) -> String { hash.isEmpty ? "nothing" : "\(hash.prefix(12))…" }

/// Every file compared with the manifests of an archive.
private struct Hashes {
  /// Of files that could be read.
  private(set) var found: [String: String] = [:]
  private(set) var findings: [Verification.Finding] = []

  init(of archive: ArchiveReader) {
    var listed: [String: String] = [:]
    var manifests: Set<String> = []
    for name in archive.names {
      let last = name.split(separator: "/").last ?? ""
      guard last == Manifest.name || last == "tagmanifest-sha256.txt" else { continue }
      manifests.insert(name)
      guard let text = try? archive.text(name), let manifest = Manifest(text) else {
        findings.append(.init(name, .altered, "it is not a list of hashes any more"))
        continue
      }
      for entry in manifest.entries { listed[name.dropLast(last.count) + entry.name] = entry.sha256 }
    }
    if !manifests.contains(archive.root + Manifest.name) {
      findings.append(.init(archive.root + Manifest.name, .missing, "no file can be checked without it"))
    }
    for name in archive.names {
      do throws(Diagnostic) {
        found[name] = try archive.sha256(name)
      } catch {
        findings.append(.init(name, .altered, error.message))
        continue
      }
      guard let hash = listed[name] else {
        if !manifests.contains(name) {
          findings.append(.init(name, .unlisted, "the manifest does not know it"))
        }
        continue
      }
      if let own = found[name], own != hash {
        findings.append(
          .init(name, .altered, "its SHA-256 is \(short(own)), the manifest says \(short(hash))"))
      }
    }
    let there = Set(archive.names)
    for name in listed.keys.sorted() where !there.contains(name) {
      findings.append(.init(name, .missing, "the manifest lists it"))
    }
  }
}
