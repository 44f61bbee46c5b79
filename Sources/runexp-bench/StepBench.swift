import Datasets
import Analysis
import ArgumentParser
import Config
import Diagnostics
import Experiments
import Plots
import Running
import Foundation
import Glibc
import Kernels
import Plotting

/// `runexp-bench step`: what a training step of an experiment takes, and where.
struct StepBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Times a training step of an experiment, without files and logs.",
    discussion: """
      Runs the cells that a training needs, then the training itself, as often and as long as asked for; prints the \
      median and the shortest time of a step, then its profile by layer and its longest steps. RUNEXP_DATA is where \
      large data sets are, RUNEXP_ISA lowers the instruction set.
      """)

  @Argument(help: ArgumentHelp("An experiment file.", valueName: "file"))
  var file: String
  @Option(
    name: [.customShort("p"), .customLong("param")],
    help: ArgumentHelp("Sets a parameter; may be repeated.", valueName: "key=value"))
  var parameters: [String] = []
  @Option(
    help: ArgumentHelp("Which training, by its number or name; the first unless said.", valueName: "cell"))
  var cell: String?
  @Option(help: "Threads to compute with.")
  var threads = 1
  @Option(help: "Samples in a step, if not as many as the file says.")
  var batch: Int?
  @Option(help: "Steps in each repeat.")
  var steps = 200
  @Option(help: "How often the steps are timed.")
  var repeats = 5

  func validate() throws {
    guard (1...256).contains(threads) else { throw ValidationError("--threads is between 1 and 256") }
    guard steps > 0, repeats > 0, batch ?? 1 > 0 else {
      throw ValidationError("--steps, --repeats and --batch must be above zero")
    }
  }

  func run() throws {
    let plan = try plan()
    let cell = try training(of: plan)
    let trial = StepTrial(batch: batch, steps: steps, repeats: repeats, clock: Self.nanoseconds)
    let services = RunServices(
      pool: WorkerPool(threads: threads), now: { Double(Self.nanoseconds()) * 1e-9 },
      isInterrupted: { false },
      render: { _, _ in [] }, sinks: [])
    let found: TrialTimes
    do {
      found = try plan.times(trial, of: cell, services: services)
    } catch let diagnostic as Diagnostic {
      throw Mistake(TextRenderer(plan.sources).render([diagnostic]))
    }
    let times = found.steps.sorted()
    guard let shortest = times.first else { return }
    func microseconds(_ time: Double) -> String { NumberText.fixed(time / 1000, decimals: 1) }
    print(
      """
      \(cell.title): \(microseconds(times[times.count / 2])) µs a step, shortest \(microseconds(shortest)); \
      \(repeats) × \(steps) steps of \(found.usedBatch), \(threads) thread\(threads == 1 ? "" : "s"), \
      \(InstructionSet.current.title)
      """)
    print("\n" + found.profile)
  }

  private func plan() throws -> ExperimentPlan {
    var request = ExperimentRequest(path: file)
    request.overrides = parameters.map { .typed($0) }
    let folder = URL(filePath: file).deletingLastPathComponent()
    request.files.searchFolders = [folder.appending(path: "data").path, "experiments/data"]
    request.files.dataFolder = ProcessInfo.processInfo.environment["RUNEXP_DATA"]
    let checked = CheckedExperiment(request)
    guard let plan = checked.plan else {
      throw Mistake(TextRenderer(checked.sources).render(checked.diagnostics))
    }
    return plan
  }

  private func training(of plan: ExperimentPlan) throws -> ExperimentPlan.PlannedCell {
    let trainings = plan.cells.filter { $0.keyword == "train" }
    guard let cell else {
      guard let first = trainings.first else { throw ValidationError("nothing is trained in \(file)") }
      return first
    }
    let found = Int(cell).flatMap { number in trainings.first { $0.index == number - 1 } }
    if let found = found ?? trainings.first(where: { [$0.name, $0.title].contains(cell) }) { return found }
    let near = nearest(to: cell, in: trainings.map(\.name)).map { "did you mean '\($0)'?" }
    let names = trainings.map(\.name).joined(separator: ", ")
    throw ValidationError("--cell: there is no training '\(cell)'; \(near ?? "there are: \(names)")")
  }

  /// What is wrong with the experiment, as people read it.
  private struct Mistake: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  @Sendable private static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
