import Diagnostics
import Foundation
import RunEvents
import RunLog

/// What goes into the archive of a run: its own files, and those it read.
///
/// Files that are no longer what the log says are left out or only named, with a warning: an archive holds nothing that
/// the run did not have.
struct CrateContents {
  let recorded: RecordedRun
  private(set) var files: [CrateFile] = []
  private(set) var inputs: [CrateInput] = []
  /// The request, with places in the archive.
  private(set) var request: RunRequest
  private(set) var notes: [Diagnostic] = []

  /// - Parameters:
  ///   - largestInput: of data files that are put in, in bytes.
  ///   - log: a copy of the log that is one file.
  init(_ recorded: RecordedRun, log: String, largestInput: Int) throws {
    self.recorded = recorded
    request = recorded.request ?? RunRequest(experiment: "")
    request.experiment = RunFile.experiment
    files = [
      CrateFile(RunFile.experiment, text: recorded.record.source, "The experiment, as it was written"),
      CrateFile(
        RunFile.resolved, text: recorded.record.resolved, "The experiment with its parameters filled in"),
      try CrateFile(RunFile.log, file: log, "The log of the run: metrics, data, files, environment"),
    ]
    let transcript = "\(recorded.folder)/\(RunFile.transcript)"
    if FileManager.default.fileExists(atPath: transcript) {
      files.append(try CrateFile(RunFile.transcript, file: transcript, "What was said on the console"))
    }
    try addArtifacts()
    try addInputs(largestInput)
    files.append(
      CrateFile(RunFile.request, text: request.json, "How the run was asked for, and what it read"))
  }

  private mutating func addArtifacts() throws {
    for artifact in recorded.artifacts {
      let path = "\(recorded.folder)/\(artifact.path)"
      guard FileManager.default.fileExists(atPath: path) else {
        notes.append(.leftOut(artifact.path, "is not there any more"))
        continue
      }
      var file = try CrateFile(artifact.path, file: path, artifact.caption)
      guard file.sha256 == artifact.sha256 else {
        notes.append(.leftOut(artifact.path, "is not what the run wrote"))
        continue
      }
      // The report belongs to the whole, whatever cell was the last.
      file.cell = artifact.isReport ? nil : artifact.cell
      files.append(file)
    }
  }

  private mutating func addInputs(_ largest: Int) throws {
    var folders: Set<String> = []
    guard recorded.request != nil else { return addUnknownInputs() }
    for index in request.inputs.indices {
      let input = request.inputs[index]
      let place = Self.place(for: input, among: &folders)
      let read = try input.paths.enumerated().map { number, path in
        let inner = input.files.isEmpty ? place : "\(place)/\(input.files[number])"
        return try self.input(input, path, member: inner, largest)
      }
      inputs += read
      // A folder of which one file is missing is looked for where it was.
      guard read.allSatisfy({ $0.member != nil }) else { continue }
      request.inputs[index].place = place
      for file in read where !files.contains(where: { $0.name == file.member }) {
        let caption = input.kind == .run ? "What the run took from \(input.name)" : "Read as \(input.name)"
        files.append(try CrateFile(file.member ?? "", file: file.path, caption))
      }
    }
    let lost = Set(request.inputs.filter { $0.place.hasPrefix("/") }.map(\.name))
    for index in inputs.indices where lost.contains(inputs[index].input.name) { inputs[index].member = nil }
  }

  /// A run of an older version says of its data only what the log says.
  private mutating func addUnknownInputs() {
    for file in recorded.datasets.flatMap(\.files) {
      let input = RunInput(.data, name: file.path, place: file.path)
      inputs.append(CrateInput(input: input, path: file.path, bytes: file.bytes, sha256: file.sha256))
    }
    if !inputs.isEmpty { notes.append(.noRequest(recorded.name)) }
  }

  /// One file that was read, in the archive if it is small enough and what it was.
  private mutating func input(
    _ input: RunInput, _ path: String, member: String, _ largest: Int
  ) throws -> CrateInput {
    let logged = recorded.loggedHash(of: path)
    guard FileManager.default.fileExists(atPath: path) else {
      notes.append(.onlyNamed(path, "is not there any more"))
      return CrateInput(
        input: input, path: path, bytes: logged?.bytes ?? 0, sha256: logged?.sha256 ?? "")
    }
    let (bytes, hash) = try sha256(file: path)
    if let logged, logged.sha256 != hash {
      notes.append(.onlyNamed(path, "has changed since the run"))
      return CrateInput(input: input, path: path, bytes: logged.bytes, sha256: logged.sha256)
    }
    let isData = input.kind == .data || input.kind == .dataSet
    let isIn = !isData || bytes <= largest
    if !isIn { notes.append(.tooLarge(path, bytes, largest)) }
    return CrateInput(input: input, path: path, member: isIn ? member : nil, bytes: bytes, sha256: hash)
  }

  /// Where an input goes: data sets that are known by a name as the program looks for them, others under their own name.
  private static func place(for input: RunInput, among taken: inout Set<String>) -> String {
    if input.kind == .dataSet { return "data" }
    if input.kind == .run { return "runs/\(input.name)" }
    let folder = input.kind == .data ? "data/files" : "models"
    let name = URL(fileURLWithPath: input.place).lastPathComponent
    let safe = name.utf8.allSatisfy { $0 > 31 && $0 != UInt8(ascii: "\\") && $0 != 127 } ? name : "file"
    var place = "\(folder)/\(safe)"
    var number = 2
    while !taken.insert(place).inserted {
      place = "\(folder)/\(number)-\(safe)"
      number += 1
    }
    return place
  }
}

extension Diagnostic {
  /// E0651: a file of the run that is not put into the archive.
  fileprivate static func leftOut(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0651", "'\(path)' \(reason): it is left out of the archive", severity: .warning,
      help: "its hash stays in the log; 'runexp verify' lists what has changed in a run")
  }

  /// E0652: a file the run read that is only named in the archive.
  fileprivate static func onlyNamed(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0652", "'\(path)' \(reason): the archive names it with its hash, but does not hold it",
      severity: .warning,
      help: "put the file back as it was, and archive the run again, for others to make it again")
  }

  /// E0652: data larger than what is put in.
  fileprivate static func tooLarge(_ path: String, _ bytes: Int, _ largest: Int) -> Diagnostic {
    let size = (bytes + (1 << 20) - 1) >> 20
    return Diagnostic(
      "E0652", "'\(path)' has \(size) MB: the archive names it with its hash, but does not hold it",
      severity: .warning, help: "--include-data-up-to \(size) puts it in")
  }

  /// E0652: a run of which it is not known how its experiment names its data.
  fileprivate static func noRequest(_ run: String) -> Diagnostic {
    Diagnostic(
      "E0652",
      "'\(run)' did not keep what its experiment reads: the archive names data with their hashes alone",
      severity: .warning, help: "run the experiment again, and archive that run, for others to make it again")
  }
}
