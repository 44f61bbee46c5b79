import ArgumentParser
import Foundation
import GraphEngine
import RunEvents
import RunLog
import Training

/// `runexp-bench log`: what a log costs, and how the commands on runs do when there are very many.
struct LogBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Times logging, and the commands on a folder of very many runs.",
    discussion: """
      Prints what logging an epoch takes, then a line for each command: seconds until its end, and of the processor; the \
      shortest of the repeats. The commands are those of the 'runexp' beside this program.
      """)

  @Option(help: "Runs in the folder.")
  var runs = 10_000
  @Option(help: "Epochs of each run; each has eight metrics.")
  var epochs = 50
  @Option(help: "How often each command is run; the index is rebuilt once.")
  var repeats = 3
  @Option(help: "Where the runs go; they are removed again.")
  var folder = NSTemporaryDirectory()
  @Flag(help: "Leave the runs where they are, and use those that are there.")
  var keep = false

  func validate() throws {
    guard runs > 0 && epochs > 0 && repeats > 0 else {
      throw ValidationError("runs, epochs and repeats must be above zero")
    }
  }

  func run() throws {
    try timeLogging()
    let reports = "\(folder)/runexp-bench-runs"
    defer { if !keep { try? FileManager.default.removeItem(atPath: reports) } }
    try makeRuns(in: reports)
    print("\n\(runs) runs of \(epochs) epochs            seconds   processor")
    let some = (0..<min(50, runs)).map { "bench-\(1 + $0 * max(1, runs / 50))" }
    let commands = [
      ("index --rebuild", ["index", "--rebuild"], 1), ("list", ["list"], repeats),
      (
        "list --where",
        ["list", "--where", "val_accuracy > 0.88 and learning_rate < 0.05 and tag = baseline"], repeats
      ),
      ("list --limit 20 --sort val_loss", ["list", "--limit", "20", "--sort", "val_loss"], repeats),
      ("compare of \(some.count)", ["compare"] + some, repeats),
    ]
    for (name, arguments, repeats) in commands {
      var best: (wall: Double, processor: Double) = (.infinity, .infinity)
      for _ in 0..<repeats {
        let took = try Self.time(arguments + ["--reports", reports])
        best = (min(best.wall, took.wall), min(best.processor, took.processor))
      }
      print(name.padded(36), Self.text(best.wall), "  ", Self.text(best.processor))
    }
  }

  /// What an epoch of a training adds to the log, and what its digest takes.
  private func timeLogging() throws {
    let path = "\(folder)/runexp-bench-\(ProcessInfo.processInfo.processIdentifier).sqlite"
    defer { for file in [path, path + "-wal", path + "-shm"] { unlink(file) } }
    let store = try RunStore(path: path, process: .current())
    try store.append([.runStarted(Self.record(1))])
    let steps = 1719
    var epoch = 0
    var watch = Stopwatch()
    for _ in 0..<20 {
      watch.repeat(for: 0) {
        epoch += 1
        let trace = StepTrace(
          epoch: epoch, firstStep: epoch * steps, losses: [Float](repeating: 0.5, count: steps),
          digests: [.init(step: epoch * steps + steps, value: 1)])
        try? store.append(Self.points(epoch, 1) + [.steps(cell: 1, series: "mlp", trace)])
      }
    }
    let weights = AlignedBuffer(266_610)
    var digest = Stopwatch()
    var sum: UInt64 = 0
    for _ in 0..<5 { digest.repeat(for: 0.05) { sum &+= weightDigest(weights) } }
    try store.close()
    print("logging an epoch of \(steps) steps       \(Self.text(watch.median * 1000)) ms")
    print(
      "digest of \(weights.count) weights       \(Self.text(digest.shortest * 1000)) ms\(sum == 1 ? " " : "")"
    )
  }

  private func makeRuns(in reports: String) throws {
    if keep && FileManager.default.fileExists(atPath: "\(reports)/bench-\(runs)") { return }
    try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: true)
    // A few logs are written as any; the others are copies with names of their own.
    for run in 1...runs {
      let place = "\(reports)/bench-\(run)"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      if run <= Self.written {
        try write(run, to: RunFolder.log(in: place))
      } else {
        let origin = RunFolder.log(in: "\(reports)/bench-\((run - 1) % Self.written + 1)")
        try FileManager.default.copyItem(atPath: origin, toPath: RunFolder.log(in: place))
        try RunStore.rename(unsafely: RunFolder.log(in: place), to: "bench-\(run)", seed: UInt64(run / 5))
      }
    }
  }

  /// Runs that are written, not copied.
  private static let written = 30

  private func write(_ run: Int, to path: String) throws {
    let store = try RunStore(path: path, process: .current())
    var events: [RunEvent] = [
      .runStarted(Self.record(run)), .cellStarted(index: 0, keyword: "data", name: "d"),
      .dataset(.init(name: "d", files: [.init(path: "d.csv", bytes: 9, sha256: "ab")], parts: [])),
    ]
    for epoch in 1...epochs { events += Self.points(epoch, run) }
    try store.append(events + [.runEnded(status: .finished, seconds: Double(run % 100))])
    try store.close()
  }

  private static let names = [
    "loss", "accuracy", "auc", "precision", "val_loss", "val_accuracy", "val_auc", "val_precision",
  ]

  private static func points(_ epoch: Int, _ run: Int) -> [RunEvent] {
    names.enumerated().map { i, name in
      let value = 0.8 + 0.1 * Double((run &* 7919 + epoch &* 31 + i) % 1009) / 1009
      return .metric(MetricPoint(series: "mlp", name: name, epoch: epoch, step: epoch * 100, value: value))
    }
  }

  private static func record(_ run: Int) -> RunRecord {
    let rate = [0.3, 0.1, 0.03, 0.01, 0.003][run % 5]
    let cells = (1...6).map { "  - Dense: {units: \($0 * 16), activation: relu}\n" }.joined()
    let text =
      "cells:\n- data: d\n  csv: d.csv\n- model: mlp\n  input: [4]\n  layers:\n\(cells)- train: mlp\n  data: d\n  rate: \(rate)\n"
    return RunRecord(
      name: "bench-\(run)", experiment: "bench", title: "A benchmark", seed: UInt64(run / 5),
      startedAt: 1_700_000_000 + Double(run), command: ["runexp", "bench.exp"],
      parameters: [
        .init(name: "learning_rate", json: "\(rate)"), .init(name: "units", json: "\(run % 3 * 16)"),
      ],
      environment: (1...12).map { .init("fact.\($0)", "value \($0)") }, source: text, resolved: text,
      tag: run % 2 == 0 ? "baseline" : nil)
  }

  private static func time(_ arguments: [String]) throws -> (wall: Double, processor: Double) {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
      .appending(path: "runexp")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    let (start, before) = (ContinuousClock.now, processorSeconds())
    try process.run()
    process.waitUntilExit()
    let wall = (ContinuousClock.now - start) / .seconds(1)
    guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
    return (wall, processorSeconds() - before)
  }

  /// Of all children that have ended.
  private static func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_CHILDREN.rawValue, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func text(_ value: Double) -> String { String(format: "%8.3f", value) }
}
