public import Analysis
import Config
public import Diagnostics
import Files
import Foundation
import Plotting
import Reporting
public import RunEvents
import Training

/// Runs a plan: cell by cell, every happening an event, and a report at the end, whatever the end.
public struct Runner {
  /// How a run ended.
  public enum End: Sendable, Equatable {
    case finished
    case checksFailed(Int)
    case failed(Diagnostic)
    case interrupted
  }

  public struct Options: Sendable, Equatable {
    public var isQuick = false
    /// The index of the last cell to run.
    public var until: Int?
    /// What the runs are called, if not as the file says.
    public var name: String?
    public init() {}

    /// As a run was asked for that goes on, or is made again.
    public init(_ request: RunRequest) {
      isQuick = request.isQuick
      until = request.until
      name = request.name
    }
  }

  /// Thrown by a cell that was asked to stop.
  struct Interruption: Error {}

  private let plan: ExperimentPlan
  private let record: RunRecord
  private let folder: String
  private let services: RunServices
  private let options: Options
  private let resumption: RunCheckpoint?

  /// - Parameter resumption: where a run that was cut off goes on.
  public init(
    _ plan: ExperimentPlan, record: RunRecord, folder: String, services: RunServices,
    options: Options = Options(), from resumption: RunCheckpoint? = nil
  ) {
    self.plan = plan
    self.record = record
    self.folder = folder
    self.services = services
    self.options = options
    self.resumption = resumption
  }

  /// Runs all cells, or those that are left, and writes the report.
  /// - Throws: what the log throws, and what keeps a run from being resumed; anything that goes wrong in a cell is an
  ///   ``End``.
  public func run() throws -> End {
    let context = RunContext(services, folder: folder, plan: plan, isQuick: options.isQuick)
    let writer = CheckpointWriter(folder, from: resumption, now: services.now)
    context.checkpoint = { [unowned context] in try writer.write(context, $0) }
    if let resumption {
      try resume(resumption, context)
    } else {
      try context.emit(.runStarted(record))
      try writeFile(Array(plan.source.utf8), to: "\(folder)/\(RunFile.experiment)")
      try writeFile(Array(plan.resolved.utf8), to: "\(folder)/\(RunFile.resolved)")
      try writeFile(Array(request.json.utf8), to: "\(folder)/\(RunFile.request)")
      try logModels(context)
      try writer.write(context)
    }
    let (cells, end) = try runCells(context, writer)
    let seconds = services.now() - writer.began
    do {
      try writeReport(cells, end, after: seconds, context)
      if end.isComplete { try writer.finish(context) }
    } catch {
      // Without room for its report a run has still ended, and its log should say so.
      try context.emit(.runEnded(status: .failed, seconds: seconds))
      throw error
    }
    try context.emit(.runEnded(status: end.status, seconds: seconds))
    return end
  }

  private var request: RunRequest {
    RunRequest(
      experiment: URL(fileURLWithPath: plan.path).standardizedFileURL.path, isQuick: options.isQuick,
      until: options.until, name: options.name, parent: record.parent,
      chosenRuns: plan.chosenRuns, inputs: plan.inputs)
  }

  /// Logs the hashes of the models that the run begins with, as those of data.
  private func logModels(_ context: RunContext) throws {
    for input in plan.inputs where input.kind == .model || input.kind == .run {
      // The log of an earlier run says how it was made, which is no part of what is taken from it.
      let files = try input.paths.filter { !$0.hasSuffix("/\(RunFile.log)") && !$0.hasSuffix(".png") }.map {
        path in
        let (bytes, hash) = try sha256(file: path)
        return DatasetRecord.File(path: path, bytes: bytes, sha256: hash)
      }
      try context.emit(.dataset(DatasetRecord(name: "\(input.kind) \(input.name)", files: files, parts: [])))
    }
  }

  private func resume(_ checkpoint: RunCheckpoint, _ context: RunContext) throws {
    guard checkpoint.cells.count <= plan.cells.count else {
      throw Diagnostic.unreadable(checkpointIn: folder)
    }
    try context.restore(checkpoint, plan.cells.prefix(checkpoint.cells.count))
    try context.emit(.runResumed(record, checkpoint: checkpoint.number))
    // What was kept when it was interrupted is no result of a run that goes on.
    for (name, _) in plan.models { unlink("\(folder)/\(RunFile.interrupted(name))") }
  }

  /// Runs cells until one fails, somebody interrupts, or the last one wanted is done.
  private func runCells(_ context: RunContext, _ writer: CheckpointWriter) throws -> ([ReportCell], End) {
    var cells = writer.cells
    var end: End?
    var isWanted = options.until.map { $0 >= cells.count } ?? true
    for cell in plan.cells.dropFirst(cells.count) {
      if end == nil && isWanted && services.isInterrupted() {
        // Before a training is taken up again its checkpoint says all there is to say.
        if context.interrupted == nil {
          try writer.write(context)
          try keepModels(context)
        }
        end = .interrupted
      }
      guard end == nil, isWanted else {
        cells.append(
          ReportCell(
            index: cell.index + 1, keyword: cell.keyword, name: cell.name, status: .skipped,
            source: cell.source))
        continue
      }
      let (report, failure) = try run(cell, context)
      cells.append(report)
      end = failure
      if end == nil {
        let isTraining = plan.trainings.contains { $0.cell == cell.index }
        try writer.finish(report, isTraining: isTraining, context)
      }
      isWanted = cell.index != options.until
    }
    if end == nil && context.failedChecks > 0 { end = .checksFailed(context.failedChecks) }
    return (cells, end ?? .finished)
  }

  /// Runs one cell.
  /// - Returns: what it has to show, and how the run ends if it ends here.
  private func run(_ cell: ExperimentPlan.PlannedCell, _ context: RunContext) throws -> (ReportCell, End?) {
    let start = services.now()
    context.begin(cell: cell.index)
    try context.emit(.cellStarted(index: cell.index, keyword: cell.keyword, name: cell.name))
    var end: End?
    do {
      try cell.run(context)
    } catch is Interruption {
      end = .interrupted
      try keepModels(context)
      context.show(
        .remark(.warning, "Interrupted here. What was trained until then is in \(RunFile.checkpoints)/."))
    } catch {
      let diagnostic = error as? Diagnostic ?? Diagnostic("E0906", "\(error)")
      end = .failed(diagnostic)
      context.show(.remark(.error, diagnostic.message + (diagnostic.help.map { ". " + $0 } ?? "")))
      try context.emit(.diagnostic(diagnostic))
    }
    let status = end?.status ?? .finished
    let seconds = services.now() - start
    try context.emit(.cellEnded(index: cell.index, status: status, seconds: seconds))
    let report = ReportCell(
      index: cell.index + 1, keyword: cell.keyword, name: cell.name, status: status.inReport,
      seconds: seconds, blocks: context.blocks, source: cell.source)
    return (report, end)
  }

  private func writeReport(
    _ cells: [ReportCell], _ end: End, after seconds: Double, _ context: RunContext
  ) throws {
    let data = context.data.keys.sorted().compactMap { context.dataRecords[$0] }
    let report = self.report(cells, end, of: data, after: seconds)
    let (html, markdown) = (HTMLWriter().render(report), MarkdownWriter().render(report))
    try context.write(Array(html.utf8), to: RunFile.page, mediaType: "text/html", caption: "The report")
    try context.write(
      Array(markdown.utf8), to: RunFile.markdown, mediaType: "text/markdown", caption: "The report")
    try context.write(
      Array((report.config.prettyJSON + "\n").utf8), to: RunFile.report, mediaType: "application/json",
      caption: "What reports are made of")
  }

  /// Keeps what was trained before an interruption.
  private func keepModels(_ context: RunContext) throws {
    for (name, built) in context.models.sorted(by: { $0.key < $1.key }) where built.training != nil {
      try context.save(built, to: RunFile.interrupted(name), caption: "\(name) when the run was interrupted")
    }
  }

  /// A command that makes the run again from the folder it was started in.
  private var reproduction: String {
    var words = ["runexp", "run", plan.path, "--seed", "\(record.seed)"]
    for parameter in record.parameters { words += ["-p", "\(parameter.name)=\(parameter.json)"] }
    if let name = options.name { words += ["--name", name] }
    if let until = options.until { words += ["--until", "\(until + 1)"] }
    if options.isQuick { words.append("--quick") }
    // What came through a pipe is kept in the run's folder.
    let input = plan.path == "-" ? " < " + shellCommand(["\(folder)/\(RunFile.experiment)"]) : ""
    return shellCommand(words) + input
  }

  private func report(
    _ cells: [ReportCell], _ end: End, of data: [DatasetRecord], after seconds: Double
  ) -> Report {
    var facts = [ReportFact("seed", "\(record.seed)")]
    facts += record.parameters.map { ReportFact($0.name, $0.json) }
    if options.isQuick { facts.append(ReportFact("quick", "two batches a cell: the numbers mean nothing")) }
    let hashes = data.flatMap { set in
      set.files.map {
        Provenance.DataHash(
          name: URL(fileURLWithPath: $0.path).lastPathComponent, sha256: $0.sha256,
          detail: "\(set.name), \(NumberText.grouped($0.bytes)) bytes")
      }
    }
    return Report(
      title: record.title, run: record.name, status: end.status.inReport, facts: facts, cells: cells,
      provenance: Provenance(
        command: shellCommand(record.command),
        facts: [
          ReportFact("seed", "\(record.seed)"), ReportFact("started", TimeText.utc(record.startedAt)),
          ReportFact("duration", DurationText.text(seconds)),
        ] + record.environment.map { ReportFact($0.key, $0.value) },
        data: hashes, reproduce: [reproduction],
        listings: [
          .init(title: "The experiment with its parameters filled in", text: plan.resolved, language: "yaml")
        ]))
  }
}

extension Runner.End {
  /// Whether nothing is left to do.
  fileprivate var isComplete: Bool {
    switch self {
    case .finished, .checksFailed: true
    case .failed, .interrupted: false
    }
  }

  public var status: RunStatus {
    switch self {
    case .finished: .finished
    case .checksFailed, .failed: .failed
    case .interrupted: .interrupted
    }
  }
}

extension RunStatus {
  var inReport: ReportStatus { ReportStatus(rawValue: rawValue) ?? .finished }
}
