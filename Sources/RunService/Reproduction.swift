import Analysis
import Datasets
import Archives
import Diagnostics
import Experiments
import Plots
import Running
import Foundation
import RunEvents
import RunLog

/// A run that is made again from its folder, beside the original.
package struct Reproduction {
  private let original: RecordedRun
  /// `nil` if data have changed so much that the experiment does not fit them.
  private let again: RecordedRun?
  private let changed: [(path: String, sha256: String)]

  private let isInterrupted: Bool

  /// Runs the experiment again.
  /// - Parameters:
  ///   - source: the folder of the original; of an archive that was unpacked.
  ///   - reports: where the new run is written.
  ///   - complain: told what is wrong with the experiment, if data have changed so much that it does not fit them.
  /// - Throws: E0659 to E0662 if it cannot be made again, ``ExperimentErrors``.
  package init(
    of source: String, in reports: String, by service: RunService, complain: (ExperimentErrors) -> Void
  ) throws {
    let original = try RecordedRun(folder: source)
    let inputs = try Self.inputs(of: original)
    let data = inputs.filter { $0.kind == .data || $0.kind == .dataSet }
    changed = original.changed(data.flatMap(\.paths))
    self.original = original
    let plan: ExperimentPlan
    do {
      plan = try Self.plan(original, inputs)
    } catch let errors as ExperimentErrors {
      guard !changed.isEmpty else { throw errors }
      complain(errors)
      again = nil
      isInterrupted = false
      return
    }
    let name = isFileName(original.name) ? original.name : "run"
    let folder = RunFolder(name: name, path: "\(reports)/\(name)")
    guard !FileManager.default.fileExists(atPath: folder.path) else { throw Diagnostic.isThere(folder.path) }
    do {
      try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic.cannotKeep(folder.path, error.localizedDescription)
    }
    var record = original.record
    record.source = plan.source
    record.resolved = plan.resolved
    record.startedAt = Date().timeIntervalSince1970
    record.environment = Machine.facts(threads: service.threads, folder: source)
    let options = original.request.map { Runner.Options($0) } ?? Runner.Options()
    isInterrupted = try service.run(plan, record, in: folder, options).end == .interrupted
    again = isInterrupted ? nil : try RecordedRun(folder: folder.path)
  }

  /// - Parameter tolerance: how much numbers may differ to be equal, as a share of the larger one.
  /// - Returns: `nil` if somebody interrupted the new run.
  package func verdict(tolerance: Double) throws -> Verdict? {
    if isInterrupted { return nil }
    guard let again else { return Verdict(of: original, unfit: changed, tolerance: tolerance) }
    return try Verdict(of: original, and: again, tolerance: tolerance)
  }

  /// The files that it reads, where they are now.
  private static func inputs(of original: RecordedRun) throws -> [RunInput] {
    if original.run.status == .interrupted || original.run.status == .running {
      throw Diagnostic.isIncomplete(original.name)
    }
    guard let kept = original.request else { throw Diagnostic.saysTooLittle(original.name) }
    let inputs = try kept.inputs.map { try located($0, in: original.folder) }.filter { input in
      // A data set with a name may lie elsewhere on this machine; its hash will tell whether it is the same.
      input.kind != .dataSet || input.paths.allSatisfy(FileManager.default.fileExists)
    }
    try checkPresence(inputs, original)
    return inputs
  }

  /// The experiment as it was, with its files where they are now.
  private static func plan(
    _ original: RecordedRun, _ inputs: [RunInput]
  ) throws -> ExperimentPlan {
    var request = ExperimentRequest(
      path: "\(original.folder)/\(RunFile.experiment)",
      reports: inputs.first { $0.kind == .run }.map { parent(of: $0.place) } ?? original.folder + "/runs")
    request.seed = original.record.seed
    // Whatever is the best run now: the run began with this one.
    request.earlier.chosen = original.request?.chosenRuns ?? [:]
    request.overrides = try original.record.parameters.map(ExperimentRequest.Override.init)
    let sets = inputs.filter { $0.kind == .dataSet }
    request.files.searchFolders = sets.map(\.place) + request.files.searchFolders
    // A large data set has a folder of its own.
    if let large = sets.first(where: { $0.files.contains { $0.contains("/") } }) {
      request.files.dataFolder = large.place
    }
    for input in inputs where input.kind == .data || input.kind == .model {
      request.files.moved[input.name] = input.place
    }
    request.isRunNext = true
    let checked = CheckedExperiment(request)
    guard let plan = checked.plan else { throw ExperimentErrors(checked) }
    return plan
  }

  /// An input with an absolute place; those of an archive lie in it and nowhere else.
  private static func located(_ input: RunInput, in folder: String) throws(Diagnostic) -> RunInput {
    let isInside = !input.place.hasPrefix("/")
    let parts = (input.files + (isInside ? [input.place] : [])).flatMap { $0.split(separator: "/") }
    guard !parts.contains(".."), !input.files.contains(where: { $0.hasPrefix("/") }) else {
      throw .leadsOut(input.name)
    }
    var found = input
    if isInside {
      found.place = URL(fileURLWithPath: folder).appendingPathComponent(input.place).path
    }
    return found
  }

  private static func checkPresence(_ inputs: [RunInput], _ original: RecordedRun) throws(Diagnostic) {
    for input in inputs {
      for path in input.paths where !FileManager.default.fileExists(atPath: path) {
        throw .isMissing(path, original.loggedHash(of: path)?.sha256, input.url)
      }
    }
  }

  private static func parent(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().path
  }
}

extension Diagnostic {
  /// E0659: a run that came to no end.
  fileprivate static func isIncomplete(_ run: String) -> Diagnostic {
    Diagnostic(
      "E0659", "'\(run)' was cut off before its end: there is nothing to compare with",
      help: "finish it where it was made, with 'runexp resume \(run)', and archive it again")
  }

  /// E0659: a run of which too little is known.
  fileprivate static func saysTooLittle(_ run: String) -> Diagnostic {
    Diagnostic(
      "E0659", "'\(run)' did not keep how it was asked for, so it cannot be made again",
      help: "\(RunFile.request) is missing in its folder: runs of older versions have none; run it again")
  }

  /// E0660: a file that the experiment reads.
  fileprivate static func isMissing(_ path: String, _ hash: String?, _ url: String?) -> Diagnostic {
    Diagnostic(
      "E0660", "the run read '\(path)', which is not here" + (hash.map { "; its SHA-256 was \($0)" } ?? ""),
      help: url.map { "it is from \($0); get it, or ask for an archive with it: --include-data-up-to" }
        ?? "ask who made the run for the file, or for an archive with it: --include-data-up-to")
  }

  /// E0661: an archive made to read what is none of its files.
  fileprivate static func leadsOut(_ name: String) -> Diagnostic {
    Diagnostic(
      "E0661", "the place of '\(name)' leads out of the archive",
      help: "nothing was run; do not trust this archive")
  }

  /// E0662: a run that would be written over.
  fileprivate static func isThere(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0662", "'\(path)' is already there", help: "nothing was run; choose another folder with --keep")
  }

  /// E0662: a folder that cannot be made.
  fileprivate static func cannotKeep(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic("E0662", "cannot make '\(path)': \(reason)", help: "choose another folder with --keep")
  }
}
