import Foundation
import RunEvents
import RunLog
import Testing

@Suite struct RunTests {
  @Test func `a run leaves everything in its folder`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "experiments/digits.exp")
    let outcome = try place.runexp("experiments/digits.exp")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(
      try place.files("reports/digits-1") == [
        "checkpoints", "checkpoints/run.state", "experiment.exp", "figures", "figures/confusion_matrix-m.png",
        "figures/learning_curves-m.png",
        "figures/samples-digits-train.png", "log.txt", "m.h5", "report.html", "report.json", "report.md",
        "request.json", "resolved.exp", "run.sqlite",
      ])
    #expect(try place.files("reports").contains("index.html"))
  }

  @Test func `stdout carries data alone`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("digits.exp")
    #expect(outcome.out == "")
    #expect(outcome.err.contains("run digits-1   seed 7"))
    #expect(outcome.err.contains("finished in"))
    #expect(!outcome.err.contains("\u{1B}"))
  }

  @Test func `quick cells are one line, with their notes below each other`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let lines = try place.runexp("digits.exp").err.split(separator: "\n")
    let notes = ["1,297 train", "8×8 → 64", "accuracy 0.", "1 passed", "m.h5"]
    let columns = notes.map { note in
      lines.first { $0.hasPrefix("[") && $0.contains(note) }.flatMap { line in
        line.firstRange(of: note).map { line.distance(from: line.startIndex, to: $0.lowerBound) }
      }
    }
    #expect(Set(columns).count == 1)
    #expect(columns[0] != nil)
  }

  @Test(arguments: [[], ["--quiet"]]) func `the log keeps what is said, also of a quiet run`(
    options: [String]
  ) throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.shell("$RUNEXP digits.exp \(options.joined(separator: " "))")
    let log = try place.text("reports/digits-1/log.txt")
    #expect(log.contains("epoch 2/2  41/41  loss"))
    #expect(log.contains("finished in"))
    #expect(!log.contains("━") && !log.contains("\u{1B}"))
    if options.isEmpty { #expect(outcome.err.hasSuffix(log)) } else { #expect(outcome.err == "") }
  }

  @Test func `a failed check is exit status 2, and the run is kept`() throws {
    let place = try Workplace()
    try place.write(digits(check: "test.accuracy > 2, m.epochs == 2"), to: "digits.exp")
    let outcome = try place.runexp("digits.exp")
    #expect(outcome.status == 2)
    #expect(outcome.err.contains("failed  test.accuracy > 2   test.accuracy = 0."))
    #expect(outcome.err.contains("1 check failed after"))
    #expect(try place.files("reports/digits-1").contains("m.h5"))
  }

  @Test func `a wrong file is exit status 3, and nothing is written`() throws {
    let place = try Workplace()
    try place.write(digits(optimizer: "agam"), to: "digits.exp")
    let outcome = try place.runexp("digits.exp")
    #expect(outcome.status == 3)
    #expect(outcome.err.contains("there is no optimizer 'agam'"))
    #expect(outcome.err.contains("1 mistake; 'runexp explain E0206' tells more"))
    #expect(try place.files() == ["digits.exp"])
  }

  @Test(arguments: [
    ["--threads", "0"], ["--threads", "many"], ["--name", "a/b"], ["--color", "blue"], ["--frobnicate"],
    ["--until", "nothing"],
  ]) func `wrong usage is exit status 64`(options: [String]) throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.shell("$RUNEXP digits.exp \(options.joined(separator: " "))")
    #expect(outcome.status == 64)
    #expect(outcome.out == "" && !outcome.err.isEmpty)
    #expect(try place.files() == ["digits.exp"])
  }

  @Test func `without arguments there is help, and exit status 64`() throws {
    let outcome = try Workplace().runexp()
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("USAGE: runexp FILE.exp"))
  }

  @Test func `a word that is no file may be meant as a command`() throws {
    let outcome = try Workplace().runexp("lst")
    #expect(outcome.status == 3)
    #expect(outcome.err.contains("did you mean 'runexp list'?"))
  }

  @Test func `a dry run names the cells and writes nothing`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "--dry-run", "--until", "train m")
    #expect(outcome.out == "1  text\n2  data digits\n3  show digits.train\n4  model m\n5  train m\n")
    #expect(outcome.status == 0)
    #expect(try place.files() == ["digits.exp"])
  }

  @Test(arguments: ["4", "model m", "model"]) func `a run stops after the cell that was named`(until: String)
    throws
  {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "--until", until)
    #expect(outcome.status == 0)
    #expect(outcome.err.contains("[ 4/10] model m") && !outcome.err.contains("train m"))
    #expect(try place.text("reports/digits-1/report.md").contains("skipped"))
  }

  @Test func `a quick run is two batches a cell, and says so`() throws {
    let place = try Workplace()
    try place.write(digits(epochs: "50"), to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "--quick")
    #expect(outcome.err.contains("epoch 2/2  2/2"))
    #expect(try place.text("reports/digits-1/report.md").contains("two batches a cell"))
  }

  @Test func `parameters from outside take effect and are logged`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp(
      "digits.exp", "-p", "rate=0.5", "--until", "model", "--tag", "first", "--note", "a note", "--name",
      "other")
    #expect(outcome.status == 0)
    #expect(try place.text("reports/other-1/resolved.exp").contains("learning_rate: 0.5"))
    let log = try RunStore.read(place.folder.appending(path: "reports/other-1/run.sqlite").path)
    let record = try log.run(named: "other-1").record
    #expect(record.tag == "first" && record.note == "a note" && record.parameters.first?.json == "0.5")
  }

  @Test(arguments: [("rat=1", "E0901"), ("rate", "E0902"), ("rate=fast", "E0903")])
  func `a wrong parameter from outside is explained`(option: String, code: String) throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "-p", option)
    #expect(outcome.status == 3)
    #expect(outcome.err.contains(code))
  }

  @Test func `the command in the report makes the same run again`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "some experiments/it's digits.exp")
    #expect(
      try place.runexp("run", "some experiments/it's digits.exp", "-p", "rate=0.02", "--quick").status == 0)
    let report = try place.text("reports/digits-1/report.md")
    let line = try #require(report.split(separator: "\n").last { $0.hasPrefix("runexp run") })
    let again = try place.shell("runexp() { $RUNEXP \"$@\"; }; \(line)")
    #expect(again.status == 0, "\(line)\n\(again.err)")
    #expect(try place.bytes("reports/digits-1/m.h5") == place.bytes("reports/digits-2/m.h5"))
  }

  @Test func `reports go where they are asked for`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "experiments/digits.exp")
    try place.runexp("experiments/digits.exp", "--until", "text", "--reports", "a/b")
    try place.runexp("experiments/digits.exp", "--until", "text", environment: ["RUNEXP_REPORTS": "c"])
    try place.runexp("experiments/digits.exp", "--until", "text")
    for folder in ["a/b", "c", "reports"] {
      #expect(try place.files(folder).contains("digits-1/run.sqlite"))
    }
  }

  @Test func `an early end of a training is noted`() throws {
    let place = try Workplace()
    let stopping = "[{EarlyStopping: {patience: 1, min_delta: 100}}]"
    try place.write(digits(epochs: "9", callbacks: stopping), to: "digits.exp")
    let outcome = try place.runexp("digits.exp")
    #expect(outcome.err.contains("EarlyStopping ended the training after 2 of 9 epochs"))
    #expect(
      try place.text("reports/digits-1/report.md").contains("EarlyStopping ended the training after 2 of 9"))
  }

  @Test func `runs that start at once get folders of their own`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let runs = try (0..<4).map { _ in try place.start("digits.exp") }
    for run in runs { #expect(try run.end().status == 0) }
    let names = try place.runexp("list", "--json").json as? [[String: Any]]
    #expect(
      Set((names ?? []).compactMap { $0["run"] as? String }) == [
        "digits-1", "digits-2", "digits-3", "digits-4",
      ])
    #expect(try place.files().filter { $0.hasSuffix(".part") }.isEmpty)
  }
}
