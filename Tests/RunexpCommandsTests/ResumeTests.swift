import Foundation
import RunEvents
import RunLog
import Testing

@Suite struct ResumeTests {
  private static let training = digits(
    epochs: "6",
    callbacks:
      "[{EarlyStopping: {patience: 2, restore_best_weights: true}}, {ModelCheckpoint: {save_best_only: true, filepath: best.h5}}, {CSVLogger: {filename: log.csv}}, {TensorBoard: {update_freq: 5}}, {ReduceLROnPlateau: {patience: 1, min_delta: 0.1, verbose: 1}}]"
  )
  .replacing("    epochs: 6", with: "    epochs: 6\n    checkpoint: 7")

  /// Everything of a run that must not depend on whether it was cut off.
  private func result(_ place: Workplace, _ run: String) throws -> [String: String] {
    var result: [String: String] = [:]
    for name in try place.files("reports/\(run)")
    where [".h5", ".png", ".exp", ".csv", ".runexp"].contains(where: name.hasSuffix) {
      result[name] = sha256(of: try place.bytes("reports/\(run)/\(name)"))
    }
    let log = try RunStore.read(place.folder.appending(path: "reports/\(run)/run.sqlite").path)
    for metric in try log.metrics(of: run) {
      result["\(metric.series).\(metric.name)"] =
        "\(metric.points.map { "\($0.step) \($0.value.bitPattern)" })"
    }
    result["events"] = "\(try log.events(of: run).map(\.text))"
    result["status"] = "\(try log.run(named: run).status)"
    return result
  }

  private func place(_ text: String = training) throws -> Workplace {
    let place = try Workplace()
    try place.write(text, to: "digits.exp")
    return place
  }

  /// A run without an end in sight, interrupted.
  private func interrupted(_ signal: Int32 = SIGINT) throws -> (place: Workplace, outcome: Outcome) {
    let place = try place(digits(epochs: "1000000"))
    let run = try place.start("digits.exp")
    try run.wait(for: "epoch       3/")
    run.send(signal)
    return (place, try run.end())
  }

  @Test(arguments: ["epoch 1/6", "epoch 2/6", "epoch 4/6", "[ 8/10]"])
  func `killed and resumed, a run is as if never killed`(words: String) throws {
    let place = try place()
    #expect(try place.runexp("digits.exp", "-q").status == 0)
    let run = try place.start("digits.exp")
    try run.wait(for: words)
    run.send(SIGKILL)
    // It may have been quicker than the signal: there is nothing to resume then.
    guard try run.end().status == SIGKILL else { return }
    let outcome = try place.runexp("resume", "digits-2", "--threads", "1")
    #expect(outcome.status == 0 && outcome.err.contains("run digits-2 goes on in"), "\(outcome.err)")
    #expect(try result(place, "digits-2") == result(place, "digits-1"))
    #expect(try place.text("reports/digits-2/log.txt").contains("goes on in"))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `an interrupted run says how to go on, and goes on`(signal: Int32)
    throws
  {
    let (place, outcome) = try interrupted(signal)
    #expect(outcome.err.contains("runexp resume digits-1"))
    let again = try place.start("resume")
    try again.wait(for: "run digits-1 goes on in cell 5, train m, epoch")
    try again.wait(for: "  epoch ")
    again.send(signal)
    #expect(try again.end().status == 75)
    #expect(try place.files("reports/digits-1/checkpoints").contains("m-interrupted.h5"))
  }

  @Test func `a run is named by its folder, too`() throws {
    let (place, _) = try interrupted()
    let again = try place.start("resume", "reports/digits-1")
    try again.wait(for: "goes on in cell 5")
    again.send(SIGKILL)
    _ = try again.end()
  }

  @Test func `a finished run is not resumed`() throws {
    let place = try place()
    try place.runexp("digits.exp", "-q")
    let outcome = try place.runexp("resume", "digits-1")
    #expect(outcome.status == 1 && outcome.err.contains("E0712"), "\(outcome.err)")
    #expect(try place.runexp("resume").err.contains("E0714"))
  }

  @Test func `a run whose checks failed is not resumed either`() throws {
    let place = try place(digits(check: "test.accuracy > 2"))
    try place.runexp("digits.exp", "-q")
    #expect(try place.runexp("resume", "digits-1").err.contains("E0712"))
  }

  @Test func `an unknown run is told with a suggestion`() throws {
    let place = try place()
    try place.runexp("digits.exp", "-q")
    let outcome = try place.runexp("resume", "digit-1")
    #expect(outcome.status == 1 && outcome.err.contains("did you mean 'digits-1'?"))
  }

  @Test func `a changed experiment is refused with what changed`() throws {
    let (place, _) = try interrupted()
    try place.write(digits(epochs: "5"), to: "digits.exp")
    let outcome = try place.runexp("resume")
    #expect(outcome.status == 1)
    #expect(
      outcome.err.contains("E0713") && outcome.err.contains("'epochs: 1000000', is 'epochs: 5'"),
      "\(outcome.err)")
    let log = try RunStore.read(place.folder.appending(path: "reports/digits-1/run.sqlite").path)
    #expect(try log.run(named: "digits-1").status == .interrupted)
  }

  @Test func `a run under way is not resumed`() throws {
    let place = try place(digits(epochs: "1000000"))
    let run = try place.start("digits.exp")
    try run.wait(for: "epoch       2/")
    #expect(try place.runexp("resume", "digits-1").err.contains("E0710"))
    run.send(SIGKILL)
    _ = try run.end()
  }

  @Test func `what was asked for is asked for again`() throws {
    let place = try place(digits(epochs: "1000000"))
    let run = try place.start(
      "digits.exp", "-p", "rate=0.5", "--seed", "3", "--name", "other", "--until", "train m")
    try run.wait(for: "epoch       2/")
    run.send(SIGKILL)
    _ = try run.end()
    let again = try place.start("resume", "other-1")
    try again.wait(for: "goes on in")
    try again.wait(for: "epoch")
    again.send(SIGINT)
    #expect(try again.end().status == 75)
    let log = try RunStore.read(place.folder.appending(path: "reports/other-1/run.sqlite").path)
    let record = try log.run(named: "other-1").record
    #expect(record.seed == 3 && record.parameters.first?.json == "0.5")
  }
}
