import ArgumentParser
import Config
import Diagnostics
import Analysis
import Experiments
import Plots
import Running
import Kernels

/// `runexp check`: every mistake of a file, nothing run; or whether its gradients are right.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check experiments; run nothing.",
    discussion: """
      With --numerics the loss and all gradients of every training are evaluated for its start weights and its first \
      samples, by the engine in float32 and by plain loops in float64, and compared with differences of the loss. A line \
      for each parameter shows the length of its gradient, how far float32 is from float64, and how far differences are \
      from the gradient, both relative. Warnings name gradients that lose digits in float32 (more than 1/1000 off), that \
      are 0, or where the loss has a kink. The exit status is 1 if a gradient is not a number, or more than 1/10000 off \
      the differences.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: ArgumentHelp("Experiment files; - for standard input.", valueName: "file"))
  var files: [String]
  @OptionGroup var file: FileOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "text for people, json for editors.")
  var format = Format.text
  @Flag(help: "Compare the gradients of trainings with float64 and with differences of the loss.")
  var numerics = false
  @Option(help: "Samples that --numerics takes; if left out, 8 or fewer, as can be done in a minute or two.")
  var samples: Int?
  @Option(help: "Random directions for each parameter along which --numerics takes differences.")
  var directions = 3
  @Flag(help: "What --numerics finds as JSON for programs.")
  var json = false

  func validate() throws {
    try FileOptions.check(files)
    if let samples, !(1...1_000_000).contains(samples) {
      throw ValidationError("--samples is between 1 and 1000000")
    }
    guard (1...1000).contains(directions) else { throw ValidationError("--directions is between 1 and 1000") }
    guard numerics || (!json && samples == nil) else {
      throw ValidationError("--json and --samples go with --numerics; --format json is for diagnostics")
    }
  }

  func run() throws {
    if numerics { return try checkNumerics() }
    let terminal = common.terminal
    var isRight = true
    // One list for all files, so that what is printed is one piece of JSON.
    var found: [ConfigNode] = []
    for path in files {
      let checked = CheckedExperiment(file.request(path, reports: common.reports))
      switch format {
      case .json:
        found += try ConfigNode(json: JSONRenderer(checked.sources).render(checked.diagnostics)).list ?? []
      case .text:
        terminal.report(checked.diagnostics, checked.sources)
        if let plan = checked.plan { terminal.say(plan.summary) }
      }
      if checked.plan == nil { isRight = false }
    }
    if format == .json { print(ConfigNode(.list(found)).prettyJSON) }
    if !isRight { throw Status.wrongFile }
  }

  /// Every training of every file.
  private func checkNumerics() throws {
    let terminal = common.terminal
    let services = RunServices(
      pool: WorkerPool(threads: 1), now: { 0 }, isInterrupted: { false }, render: { _, _ in [] }, sinks: [])
    let isJSON = json || format == .json
    var isRight = true
    var found: [ConfigNode] = []
    for path in files {
      let checked = CheckedExperiment(file.request(path, reports: common.reports))
      terminal.report(checked.diagnostics, checked.sources)
      guard let plan = checked.plan else { throw Status.wrongFile }
      do {
        let options = NumericsOptions(samples: samples, directions: directions)
        for report in try plan.numerics(options, services: services) {
          if isJSON { found.append(report.json) } else { print(report.text + "\n") }
          terminal.report(report.diagnostics, checked.sources)
          isRight = isRight && report.isRight
        }
      } catch let diagnostic as Diagnostic {
        terminal.report(diagnostic, checked.sources)
        isRight = false
      }
    }
    if isJSON { print(ConfigNode(.list(found)).prettyJSON) }
    if !isRight { throw Status.failed }
  }
}
