import Foundation
import RunEvents
import RunLog
import Testing

@Suite struct FailureTests {
  private func status(_ place: Workplace, _ run: String = "digits-1") throws -> String {
    let log = try RunStore.read(place.folder.appending(path: "reports/\(run)/run.sqlite").path)
    return try log.run(named: run).status.rawValue
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `an interrupted training is kept`(signal: Int32) throws {
    let place = try Workplace()
    try place.write(digits(epochs: "1000000"), to: "digits.exp")
    let run = try place.start("digits.exp")
    try run.wait(for: "epoch       2/")
    run.send(signal)
    let outcome = try run.end()
    #expect(outcome.status == 75)
    #expect(outcome.err.contains("interrupted after"))
    #expect(try status(place) == "interrupted")
    let shown = try place.runexp("show", "reports/digits-1/checkpoints/m-interrupted.h5")
    #expect(shown.out.contains("dense (Dense)") && shown.out.contains("Compiled with"))
    #expect(try place.text("reports/digits-1/report.html").contains("Interrupted here"))
    #expect(try place.files().filter { $0.hasSuffix(".part") || $0.hasSuffix("-wal") }.isEmpty)
  }

  @Test func `two interruptions stop at once`() throws {
    let place = try Workplace()
    let layers = "- Dense: {units: 4000}\n      - Dense: {units: 4000}"
    try place.write(
      digits(epochs: "1000", layers: layers).replacing("epochs:", with: "batch_size: 1297\n    epochs:"),
      to: "digits.exp")
    let run = try place.start("digits.exp", "--threads", "1")
    try run.wait(for: "train m")
    usleep(300_000)
    run.send(SIGINT)
    try run.wait(for: "finishing the step")
    run.send(SIGINT)
    #expect(try run.end().status == 130)
    #expect(try status(place) == "interrupted")
  }

  @Test func `a killed run is shown as interrupted`() throws {
    let place = try Workplace()
    try place.write(digits(epochs: "1000000"), to: "digits.exp")
    let run = try place.start("digits.exp")
    try run.wait(for: "epoch       3/")
    #expect(try place.runexp("list").out.contains("running"))
    run.send(SIGKILL)
    _ = try run.end()
    let list = try place.runexp("list", "--json").json as? [[String: Any]]
    #expect(list?.first?["status"] as? String == "interrupted")
    #expect((list?.first?["metrics"] as? [Any])?.count == 4)
  }

  @Test(arguments: ["[]", "[TerminateOnNaN]"]) func `a loss that is no number fails the run`(
    callbacks: String
  ) throws {
    let place = try Workplace()
    try place.write(
      digits(epochs: "3", optimizer: "{SGD: {learning_rate: 1e30}}", callbacks: callbacks), to: "digits.exp")
    let outcome = try place.runexp("digits.exp")
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("error[E0501]: the loss of 'm' is not a number from epoch 1, step"))
    #expect(try place.text("reports/digits-1/report.md").contains("is not a number from epoch 1"))
    #expect(try status(place) == "failed")
    #expect(try place.runexp("show", "latest").out.contains("failed"))
    let list = try place.runexp("list", "--json")
    #expect(list.json is [Any], "NaN is no JSON: \(list.out)")
  }

  @Test(arguments: ["file/reports", "/proc/nowhere"]) func `a folder that cannot be written is explained`(
    folder: String
  ) throws {
    let place = try Workplace()
    try place.write("a file", to: "file")
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "--reports", folder)
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("error[E0707]"))
  }

  @Test(arguments: [(8, "log"), (800, "model")]) func `a full disk is explained`(blocks: Int, what: String)
    throws
  {
    let place = try Workplace()
    try place.write(digits(layers: "- Dense: {units: 4000}"), to: "digits.exp")
    // A largest size for files looks to a program like a disk that is full at that size.
    let outcome = try place.shell("ulimit -f \(blocks); exec $RUNEXP digits.exp")
    #expect(outcome.status == 1, "\(outcome.err)")
    #expect(outcome.err.contains("error[E0"))
    #expect(try place.files().filter { $0.hasSuffix(".part") || $0.hasSuffix(".h5") }.isEmpty)
    // A checkpoint that finds the disk full first leaves a run that can be resumed.
    if what == "model" { #expect(try ["failed", "interrupted"].contains(status(place))) }
  }

  @Test func `a run goes on when nobody reads what it says`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.shell("($RUNEXP digits.exp 2>&1; echo $? >status) | head -n 1; cat status")
    #expect(outcome.out.hasSuffix("\n0\n"))
    #expect(try place.files("reports/digits-1").contains("m.h5"))
    #expect(try place.shell("$RUNEXP digits.exp 2>/dev/full").status == 0)
  }

  @Test func `data cut off behind its head fails the run`() throws {
    let place = try Workplace()
    let images = Data([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 2] + [UInt8](repeating: 1, count: 20))
    let labels = Data([0, 0, 8, 1, 0, 0, 0, 9] + [UInt8](repeating: 1, count: 9))
    try place.write(images, to: "images.idx")
    try place.write(labels, to: "labels.idx")
    try place.write(
      "cells:\n  - data: d\n    idx: {train: {images: images.idx, labels: labels.idx}}\n  - text: below\n",
      to: "d.exp")
    let outcome = try place.runexp("d.exp")
    #expect([1, 3].contains(outcome.status))
    #expect(outcome.err.contains("error[E0403]: 'images.idx' is cut off"))
  }

  @Test func `a file that is a folder, or not text, is explained`() throws {
    let place = try Workplace()
    try place.write(Data([0x63, 0xFF, 0xFE]), to: "a.exp")
    try place.write("x", to: "folder.exp/x")
    for name in ["a.exp", "folder.exp", "missing.exp"] {
      let outcome = try place.runexp(name)
      #expect(outcome.status == 3)
      #expect(outcome.err.contains("error[E"))
    }
  }
}
