import ArgumentParser
import Config
import Diagnostics
import Experiments
import ExpLanguage
import Foundation
import Kernels
import Plotting
import PlottingCairo
import RunEvents
import RunLog

/// `runexp run`: checks files, then runs them one after another.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Run experiments.")

  @Argument(help: ArgumentHelp("Experiment files.", valueName: "file"))
  var files: [String]
  @OptionGroup var file: FileOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "Threads to compute with; the results do not depend on it.")
  var threads: Int?
  @Option(help: "Name of the runs, instead of the file's.")
  var name: String?
  @Option(help: "A word to find the run by.")
  var tag: String?
  @Option(help: "A sentence about the run.")
  var note: String?
  @Flag(help: "Two batches a cell: does everything work?")
  var quick = false
  @Option(help: ArgumentHelp("Stop after this cell.", valueName: "cell"))
  var until: String?
  @Flag(help: "Check the files and show the plan; run nothing.")
  var dryRun = false
  @Flag(name: [.short, .long], help: "Say nothing but mistakes.")
  var quiet = false

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is between 1 and 256") }
    if let name, name.isEmpty || !name.allSatisfy({ $0.isLetter || $0.isNumber || "_-".contains($0) }) {
      throw ValidationError("--name is made of letters, digits, '_' and '-'")
    }
  }

  func run() throws {
    let terminal = common.terminal
    var plans: [(path: String, plan: ExperimentPlan)] = []
    for path in files {
      let checked = CheckedExperiment(file.request(path))
      terminal.report(checked.diagnostics, checked.sources)
      guard let plan = checked.plan else { continue }
      plans.append((path, plan))
      if !quiet { terminal.say(Self.summary(path, plan)) }
    }
    guard plans.count == files.count else { throw Status.wrongFile }
    if dryRun {
      for (_, plan) in plans { for cell in plan.cells { print("\(cell.index + 1)  \(cell.keyword) \(cell.name)") } }
      return
    }
    Interrupts.watch()
    var worst: ExitCode?
    for (path, plan) in plans {
      do {
        try run(plan, path, terminal)
      } catch let status as ExitCode {
        worst = worst ?? status
        if status == Status.interrupted { throw status }
      } catch let diagnostic as Diagnostic {
        terminal.report(diagnostic)
        worst = worst ?? Status.failed
      }
    }
    if let worst { throw worst }
  }

  static func summary(_ path: String, _ plan: ExperimentPlan) -> String {
    let models = plan.models.count
    let parameters = plan.models.map(\.parameters).reduce(0, +)
    let named = models == 0 ? "" : ", \(models) model\(models == 1 ? "" : "s") (\(NumberText.grouped(parameters)) parameters)"
    return "checked \(path): \(plan.cells.count) cells\(named)"
  }

  private func run(_ plan: ExperimentPlan, _ path: String, _ terminal: Terminal) throws {
    let reports = Places.reports(common.reports, for: path)
    let threads = threads ?? Places.environment("RUNEXP_THREADS").flatMap(Int.init).map { max(1, min(256, $0)) } ?? Machine.processors
    let folder = try RunFolder.next(of: name ?? plan.name, in: reports)
    let record = RunRecord(
      name: folder.name, experiment: name ?? plan.name, title: plan.title, seed: plan.seed,
      startedAt: Date().timeIntervalSince1970, command: ["runexp"] + CommandLine.arguments.dropFirst(),
      parameters: plan.parameters.entries.map { .init(name: $0.key, json: $0.value.json) },
      environment: Machine.facts(threads: threads, folder: URL(fileURLWithPath: path).deletingLastPathComponent().path),
      source: plan.source, resolved: plan.resolved, tag: tag, note: note)
    if !quiet {
      let plural = threads == 1 ? "" : "s"
      terminal.say("run \(terminal.bold(folder.name))   seed \(plan.seed)   \(threads) thread\(plural), \(InstructionSet.current.title)\n")
    }
    let store = StoreSink(try RunStore(path: folder.path + "/run.sqlite", process: .current()))
    let console = ConsoleSink(terminal, cells: plan.cells.count, isQuiet: quiet)
    let services = RunServices(
      pool: WorkerPool(threads: threads), now: Self.now, isInterrupted: { Interrupts.isRequested },
      renderPNG: { try renderPNG($0) }, sinks: [store, console])
    var options = Runner.Options()
    (options.isQuick, options.until) = (quick, until)
    let began = Self.now()
    let end: Runner.End
    do {
      end = try Runner(plan, record: record, folder: folder.path, services: services, options: options).run()
      try store.close()
    } catch {
      // What could be logged stays readable; the first mistake is the one to tell.
      try? store.close()
      throw error
    }
    try RunIndexPage.refresh(reports, with: folder.path)
    try conclude(end, folder, seconds: Self.now() - began, path, terminal)
  }

  /// The last lines, and the exit status.
  private func conclude(
    _ end: Runner.End, _ folder: RunFolder, seconds: Double, _ path: String, _ terminal: Terminal
  ) throws {
    let words =
      switch end {
      case .finished: terminal.style("finished", "1;32") + " in \(ConsoleSink.duration(seconds))"
      case .checksFailed(let count): terminal.style("\(count) check\(count == 1 ? "" : "s") failed", "1;31") + " after \(ConsoleSink.duration(seconds))"
      case .failed: terminal.style("failed", "1;31") + " after \(ConsoleSink.duration(seconds))"
      case .interrupted: terminal.style("interrupted", "1;33") + " after \(ConsoleSink.duration(seconds))"
      }
    if !quiet {
      terminal.say("\n\(words)\n  report    \(folder.path)/report.html\n  next      runexp show \(folder.name)   or   runexp list")
    }
    switch end {
    case .finished: return
    case .checksFailed: throw Status.checkFailed
    case .failed: throw Status.failed
    case .interrupted: throw Status.interrupted
    }
  }

  /// Seconds from any start.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
