import ArgumentParser
import EngineTestSupport
import ExperimentSamples
import Foundation
import Fuzzing

/// Tries the readers of the program on damaged inputs.
@main
struct RunexpFuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runexp-fuzz",
    abstract:
      "Tries the readers of experiments, bodies of 'call', model files, reports, archives and data on damaged inputs.",
    discussion: """
      Each case is written aside before it is read, so that one that crashes is left behind; read it again with \
      --again. What takes too long is reported, what takes more than a minute ends the program. Run it in the \
      repository's root.
      """)

  @Argument(
    help:
      "What to read: exp, call, files, report, archives, csv, idx, chunks, logs, extremes or bounds. All of them if left out."
  )
  var readers: [String] = []
  @Option(help: "How long, in seconds, for each.")
  var seconds = 600
  @Option(help: "From how many seconds on a case is too slow.")
  var slow = 5
  @Option(help: "Where to begin; another place each time if left out.")
  var seed: UInt64?
  @Option(help: ArgumentHelp("A case to read once more.", valueName: "file"))
  var again: String?
  @Option(help: ArgumentHelp("Where cases are written.", valueName: "folder"))
  var cases = "reports/fuzz"

  func run() throws {
    let fuzzers = try all().filter { readers.isEmpty || readers.contains(type(of: $0).name) }
    if fuzzers.isEmpty {
      throw ValidationError(
        "readers are exp, call, files, report, archives, csv, idx, chunks, logs, extremes and bounds")
    }
    if let again {
      for fuzzer in fuzzers {
        print("\(type(of: fuzzer).name): \(try fuzzer.read(again) ? "right" : "wrong")")
      }
      return
    }
    let watchdog = Watchdog(slow: .seconds(slow))
    var isRight = true
    for fuzzer in fuzzers {
      let start = seed ?? UInt64.random(in: 0..<(1 << 40))
      print("\(type(of: fuzzer).name): \(seconds) seconds from seed \(start)")
      // Before a crash can take it away.
      fflush(nil)
      let run = try FuzzRun(fuzzer, in: URL(filePath: cases), watchdog: watchdog)
      let result = try run.run(start..<start + (1 << 40), until: .now + .seconds(seconds))
      print("\(result.count) cases, \(result.right) of them right in spite of the damage")
      for line in result.wrong { print(line) }
      isRight = isRight && result.wrong.isEmpty
    }
    if !isRight { throw ExitCode.failure }
  }

  private func all() throws -> [any Fuzzer] {
    let experiments = try files("experiments", ending: ".exp").map {
      try String(contentsOf: $0, encoding: .utf8)
    }
    let texts = experiments + WrongExperiment.all.map(\.text)
    // Right experiments as often as wrong ones: more of what is damaged comes far.
    let rounds = WrongExperiment.all.count / (experiments.count + 3)
    let good = (0..<rounds).flatMap { _ in experiments + [goodExperiment, goodGraph, goodScript] }
    let language = try String(contentsOf: URL(filePath: "docs/call-language.md"), encoding: .utf8)
    let fixtures = try files("Tests/KerasFilesTests/Fixtures", ending: "")
    return [
      ExperimentFuzzer(good + texts, dataFolder: URL(filePath: "experiments/data")),
      BodyFuzzer(texts + [language]),
      try ModelFileFuzzer(fixtures), ReportFuzzer(), try ArchiveFuzzer(),
      try TableFuzzer(try files("experiments/data", ending: "iris.csv")), IDXFuzzer(), ChunkFuzzer(),
      try LogFuzzer(),
      ExtremesFuzzer(LayerSample.all.map { LayerTrial($0.node, inputs: $0.inputs, shape: $0.shape) }),
      BoundsFuzzer(memoryLimit: 1 << 30),
    ]
  }

  private func files(_ folder: String, ending: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(ending) }.sorted()
      .map { URL(filePath: folder).appending(path: $0) }
  }
}
