import Foundation
import RunAnalysis
import RunEvents
import RunLog
import Testing

/// Runs that are killed at any moment, and processes that write into one folder.
@Suite struct HardshipTests {
  private static let experiment = digits(epochs: "8").replacing(
    "    epochs: 8", with: "    epochs: 8\n    checkpoint: 20")
  /// More with `RUNEXP_KILLS=20`, as before a release.
  private static let kills = Places.number("RUNEXP_KILLS") ?? 5

  private enum Places {
    static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap(Int.init) }
  }

  /// What a run computed, to the bit.
  private func evidence(_ place: Workplace, _ run: String) throws -> RunEvidence {
    try RunStore.read(place.folder.appending(path: "reports/\(run)/run.sqlite").path).evidence(of: run)
  }

  private func statuses(_ place: Workplace) throws -> [String: String] {
    let outcome = try place.runexp("list", "--json")
    #expect(outcome.status == 0, "\(outcome.err)")
    let list = outcome.json as? [[String: Any]] ?? []
    return Dictionary(list.map { ($0["run"] as? String ?? "", $0["status"] as? String ?? "") }) { $1 }
  }

  @Test func `killed at any moment, the log opens, the index repairs itself, and the run can be finished`()
    throws
  {
    let place = try Workplace()
    try place.write(Self.experiment, to: "digits.exp")
    let start = ContinuousClock.now
    #expect(try place.runexp("digits.exp", "-q").status == 0)
    let whole = (ContinuousClock.now - start) / .microseconds(1)
    let first = try evidence(place, "digits-1")
    var finished = 0
    // Where the machine is busy with other things every moment may be too early or too late; then a few more follow,
    // each as soon as there is a checkpoint.
    for kill in 0..<Self.kills + 10 where kill < Self.kills || finished == 0 {
      let run = "digits-\(kill + 2)"
      let checkpoint = place.folder.appending(path: "reports/\(run)/checkpoints/run.state").path
      let running = try place.start("digits.exp", "-q")
      if kill < Self.kills {
        // Moments spread over the whole of a run, other ones each time.
        usleep(UInt32((Double(kill) + Double.random(in: 0..<1)) / Double(Self.kills) * whole))
      } else {
        while running.isRunning, !FileManager.default.fileExists(atPath: checkpoint) { usleep(500) }
      }
      running.send(SIGKILL)
      let isKilled = try running.end().status == SIGKILL
      if kill % 2 == 1 {
        try? FileManager.default.removeItem(at: place.folder.appending(path: "reports/index.sqlite"))
      }
      let status = try statuses(place)[run]
      #expect(
        !isKilled || status == "interrupted" || status == nil || status == "finished", "\(status ?? "")")
      let isWritten = FileManager.default.fileExists(atPath: checkpoint)
      // Killed before it began, or after all was done.
      guard status == "interrupted", isWritten else {
        // Its name is given away; the next run has the next one.
        _ = try place.shell("mkdir -p reports/\(run)")
        continue
      }
      let resumed = try place.runexp("resume", run, "-q")
      #expect(resumed.status == 0, "\(resumed.err)")
      let difference = RunDifference(of: first, and: try evidence(place, run))
      #expect(
        difference.isSameResult && difference.isSameExperiment && difference.status == nil, "\(difference)")
      #expect(try statuses(place)[run] == "finished")
      finished += 1
    }
    #expect(finished > 0)
  }

  @Test func `several processes run in one folder, and nothing is lost`() throws {
    let place = try Workplace()
    try place.write(digits(epochs: "1"), to: "digits.exp")
    try place.write(Data(), to: "reports/here")
    let loop = "for i in 1 2 3; do $RUNEXP digits.exp -q --until evaluate || exit 1; done"
    let look = "for i in 1 2 3 4; do $RUNEXP list --json && $RUNEXP index --rebuild || exit 1; done"
    let processes = try [loop, loop, look].map { line in
      try Running(
        ["-c", line], place, ["RUNEXP": Workplace.program.path], program: URL(filePath: "/bin/sh"))
    }
    let outcomes = try processes.map { try $0.end() }
    #expect(outcomes.map(\.status) == [0, 0, 0], "\(outcomes.map(\.err))")
    let said = outcomes.map(\.err).joined()
    for word in ["E0705", "E0908", "locked"] { #expect(!said.contains(word), "\(said)") }
    let statuses = try statuses(place)
    #expect(statuses == Dictionary(uniqueKeysWithValues: (1...6).map { ("digits-\($0)", "finished") }))
    try FileManager.default.removeItem(at: place.folder.appending(path: "reports/index.sqlite"))
    #expect(try self.statuses(place) == statuses)
    // Trained at the same time with the same seed: the same to the bit.
    let all = try (1...6).map { try evidence(place, "digits-\($0)") }
    #expect(all.allSatisfy { RunDifference(of: all[0], and: $0).isSameResult })
  }
}
