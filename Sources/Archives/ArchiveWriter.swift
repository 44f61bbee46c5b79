import Files
public import Diagnostics
import Config
import Foundation
import RunEvents
import RunLog
import ZipFiles

/// Writes archives of runs: RO-Crates in a zip file, the same bytes for the same runs.
public struct ArchiveWriter {
  /// What an archive is made with.
  public struct Options: Sendable {
    /// Data files up to so many bytes are put in.
    public var largestInput = 100 << 20
    /// Whether the crate is wrapped in a bag (RFC 8493), for libraries.
    public var isBag = false
    /// Names, perhaps with an ORCID in angle brackets.
    public var authors: [String] = []
    /// The SPDX identifier of a licence.
    public var licence: String?
    public init() {}
  }

  /// What was written.
  public struct Summary: Sendable, Equatable {
    public var path: String
    public var runs: [String]
    public var files: Int
    public var bytes: Int
    public var sha256: String
    /// What could not be put in, and why.
    public var notes: [Diagnostic]
  }

  private let program: Program
  private let options: Options

  public init(_ program: Program, _ options: Options) {
    self.program = program
    self.options = options
  }

  /// Writes one archive: of one run its crate, of several a folder with the crate of each.
  /// - Parameters:
  ///   - runs: folders of runs that have ended.
  ///   - path: of the zip file; it is there whole or not at all.
  /// - Throws: E0653 for a run that is under way, E0663 for one that is named twice, E0654 if the
  ///   archive cannot be written, E07xx for logs.
  public func write(_ runs: [String], to path: String) throws -> Summary {
    try TemporaryFolder.with { folder in
      var notes: [Diagnostic] = []
      var crates: [Crate] = []
      for (number, run) in runs.enumerated() {
        let recorded = try RecordedRun(folder: run)
        guard recorded.run.status != .running else { throw Diagnostic.isUnderWay(recorded.name) }
        guard !crates.contains(where: { $0.run.name == recorded.name }) else {
          throw Diagnostic.isTwice(recorded.name)
        }
        // A log that was cut off is in two files; a copy is made one.
        let log = try RunStore.copy(RunFolder.log(in: run), into: "\(folder)/\(number)")
        let contents = try CrateContents(recorded, log: log, largestInput: options.largestInput)
        notes += contents.notes
        crates.append(try complete(contents))
      }
      let files = crates.count == 1 ? crates[0].files : Collection(of: crates).files
      let folders = crates.count == 1 || options.isBag ? [] : crates.map { "\($0.run.name)/" }
      let members = members(options.isBag ? Bag(files, of: crates.map(\.run)).files : files, folders)
      try write(members, to: path)
      let (bytes, hash) = try RunEvents.sha256(file: path)
      return Summary(
        path: path, runs: crates.map(\.run.name), files: members.count - folders.count, bytes: bytes,
        sha256: hash,
        notes: notes)
    }
  }

  /// The files of one crate, with those that describe it.
  private func complete(_ contents: CrateContents) throws -> Crate {
    var credits = contents.recorded.request.map { Credits(near: $0.experiment) } ?? Credits()
    credits.set(author: options.authors, licence: options.licence)
    let texts = CrateTexts(contents: contents, credits: credits, program: program)
    var files =
      contents.files + [
        CrateFile("README.md", text: texts.readMe, "What this is"),
        CrateFile("environment/machine.json", text: texts.machine, "Where the run ran"),
        CrateFile("environment/packages.txt", text: texts.packages, "The libraries it used"),
        CrateFile(
          "environment/runexp.sha256", text: texts.programHash, "The program that wrote this archive"),
        CrateFile("reproduce.sh", text: texts.script, "Makes the run again", isExecutable: true),
      ]
    if let path = credits.licenceFile { files.append(try CrateFile("LICENSE", file: path, "The licence")) }
    if let path = credits.citationFile {
      files.append(try CrateFile("CITATION.cff", file: path, "How to cite it"))
    }
    files.sort { $0.name < $1.name }
    var graph = RunGraph(contents: contents, credits: credits, program: program)
    let metadata = CrateFile("ro-crate-metadata.json", text: graph.text(files), "What is what, for machines")
    let preview = CrateFile(
      "ro-crate-preview.html", text: CratePreview(texts: texts, files: files).html, "What is what, for people"
    )
    files += [metadata, preview]
    files.append(CrateFile(Manifest.name, text: Manifest(of: files).text, "The hash of every file"))
    return Crate(run: contents.recorded, credits: credits, files: files)
  }

  /// The README first, for who only looks at the list; the others by name.
  private func members(_ files: [CrateFile], _ folders: [String]) -> [ZipMember] {
    func key(_ file: CrateFile) -> (Int, String) {
      (["README.md", "bagit.txt"].contains(file.name) ? 0 : 1, file.name)
    }
    return folders.map { ZipMember(name: $0, content: .folder) }
      + files.sorted { key($0) < key($1) }.map(\.member)
  }

  private func write(_ members: [ZipMember], to path: String) throws(Diagnostic) {
    try replaceFile(path, failing: { _, reason in .cannotWriteArchive(path, reason.lowercased()) }) {
      aside throws(Diagnostic) in
      do throws(ZipError) { try writeZip(members, to: aside) } catch {
        throw .cannotWriteArchive(path, error.reason)
      }
    }
  }
}

extension Diagnostic {
  /// E0653: a run that still changes.
  fileprivate static func isUnderWay(_ run: String) -> Diagnostic {
    Diagnostic("E0653", "'\(run)' is under way", help: "wait until it has ended, then archive it")
  }

  /// E0663: one name for two folders.
  fileprivate static func isTwice(_ run: String) -> Diagnostic {
    Diagnostic(
      "E0663", "there are two runs '\(run)' to archive",
      help: "name each once; runs of one name need archives of their own")
  }

  /// E0654: an archive that cannot be written.
  static func cannotWriteArchive(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0654", "cannot write '\(path)': \(reason)",
      help: "check that the folder exists, may be written to and has room")
  }
}
