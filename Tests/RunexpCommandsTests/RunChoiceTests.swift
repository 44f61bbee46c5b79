import Foundation
import Testing

/// Which runs a word, an order or a name means.
@Suite struct RunChoiceTests {
  /// Two runs of two rates, evaluated: digits-1 and digits-2.
  private func withTwoRuns() throws -> Workplace {
    let place = try Workplace()
    try place.write(digits(epochs: "1", check: "test.accuracy >= 0"), to: "digits.exp")
    for rate in ["0.0001", "0.01"] {
      let outcome = try place.runexp("digits.exp", "-q", "-p", "rate=\(rate)", "--until", "evaluate")
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    return place
  }

  private func runs(_ outcome: Outcome) -> [String] {
    ((outcome.json as? [[String: Any]]) ?? []).compactMap { $0["run"] as? String }
  }

  @Test(arguments: [
    "test.accuracy", "m.val_loss", "best val_accuracy", "val_loss", "test.loss",
  ]) func `runs are sorted by every metric that a list shows, by its heading, too`(key: String) throws {
    let place = try withTwoRuns()
    let sorted = try place.runexp("list", "--json", "--sort", key)
    #expect(runs(sorted) == ["digits-2", "digits-1"], "\(sorted.err)")
    let slip = try place.runexp("list", "--sort", "test.acuracy")
    #expect(slip.status == 64 && slip.err.contains("did you mean 'test.accuracy'?"))
  }

  @Test func `a metric with a dot in its name is sorted by and filtered by`() throws {
    let place = try Workplace()
    try place.write("a,y\n" + (0..<40).map { "\($0 % 9),\($0 % 2)\n" }.joined(), to: "t.csv")
    try place.write(
      """
      experiment: halves
      cells:
        - data: d
          csv: t.csv
          target: y
          split: {test: 0.2}
        - model: m
          input: [1]
          layers: [{Dense: {units: 1, activation: sigmoid}}]
        - train: m
          data: d
          loss: binary_crossentropy
          optimizer: sgd
          metrics: [{Recall: {thresholds: [0.25, 0.75]}}]
        - evaluate: m
          data: d.test

      """, to: "halves.exp")
    let outcome = try place.runexp("halves.exp", "-q")
    #expect(outcome.status == 0, "\(outcome.err)")
    for name in ["test.Recall@0.25", "m.val_Recall@0.75", "test.recall@0.25"] {
      guard try place.runexp("list", "--json").out.contains(name.split(separator: ".", maxSplits: 1)[1])
      else { continue }
      #expect(try runs(place.runexp("list", "--json", "--sort", name)) == ["halves-1"], "\(name)")
      #expect(
        try runs(place.runexp("list", "--json", "--where", "\"\(name)\" >= 0")) == ["halves-1"], "\(name)")
      #expect(try place.runexp("show", "best(halves, \(name))").out.hasPrefix("halves-1"), "\(name)")
    }
  }

  @Test func `quick runs are marked wherever runs are listed, and are never the best`() throws {
    let place = try withTwoRuns()
    try place.runexp("digits.exp", "-q", "--quick", "-p", "rate=0.01")
    try place.runexp("digits.exp", "-q", "--quick", "--name", "tiny", "--until", "train m")
    #expect(try place.runexp("list").out.contains("finished, quick "))
    #expect(try place.runexp("list").out.contains("finished, quick, until cell 5"))
    #expect(try place.runexp("show", "digits-3").out.hasPrefix("digits-3   finished, quick\n"))
    #expect(try place.runexp("show", "digits-1").out.hasPrefix("digits-1   finished, until cell 7\n"))
    #expect(try place.text("reports/index.html").contains(">finished, quick<"))
    #expect(try place.runexp("compare", "digits-1", "digits-3").out.contains("digits-3: finished, quick"))
    let listed = try place.runexp("list", "--json", "--sort", "name").json as? [[String: Any]]
    #expect(listed?.map { $0["quick"] as? Bool } == [false, false, true, true])
    #expect(listed?.map { $0["until"] as? Int } == [7, 7, nil, 5])
    for metric in ["val_loss", "test.loss", "m.val_accuracy"] {
      let best = try place.runexp("show", "best(digits, \(metric))")
      #expect(best.out.hasPrefix("digits-1") || best.out.hasPrefix("digits-2"), "\(best.out)\(best.err)")
    }
    let none = try place.runexp("show", "best(tiny, val_loss)")
    #expect(none.status == 1 && none.err.contains("E0912") && none.err.contains("quick"))
    // An index made anew from the runs' own logs knows it as well.
    #expect(try place.runexp("index", "--rebuild").status == 0)
    #expect(try place.runexp("list").out.contains("finished, quick "))
  }

  @Test func `the name of a run that was removed is not given again`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    func run(_ name: String = "digits") throws -> String {
      let outcome = try place.runexp("digits.exp", "--until", "text", "--name", name)
      return outcome.err.firstMatch(of: /run (\S+)/).map { String($0.1) } ?? outcome.err
    }
    #expect(try [run(), run(), run()] == ["digits-1", "digits-2", "digits-3"])
    #expect(try place.runexp("rm", "digits-3", "digits-2").status == 0)
    #expect(try run() == "digits-4")
    // By hand, with the index, and of another experiment of such a name.
    try FileManager.default.removeItem(at: place.folder.appending(path: "reports/digits-4"))
    try FileManager.default.removeItem(at: place.folder.appending(path: "reports/index.sqlite"))
    #expect(try run() == "digits-5")
    #expect(try run("digits-5") == "digits-5-1")
    #expect(try place.runexp("rm", "--where", "experiment = digits", "--yes").status == 0)
    #expect(try run() == "digits-6")
    #expect(try runs(place.runexp("list", "--json", "--sort", "name")) == ["digits-6", "digits-5-1"])
  }

  @Test func `the name of an experiment removes nothing without --yes, of one run as of several`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--until", "text")
    for words in [["rm", "digits"], ["rm", "digits", "digits-1"], ["rm", "digits", "--where", "seed = 7"]] {
      let told = try place.shell("$RUNEXP " + words.map { "'\($0)'" }.joined(separator: " "))
      #expect(told.status == 0 && told.out == "digits-1\n" && told.err.contains("--yes"), "\(words)")
    }
    #expect(try runs(place.runexp("list", "--json")) == ["digits-1"])
    #expect(try place.runexp("rm", "digits", "--yes").status == 0)
    #expect(try runs(place.runexp("list", "--json")) == [])
    try place.runexp("digits.exp", "-q", "--until", "text")
    #expect(try place.runexp("rm", "latest").status == 0)
    #expect(try runs(place.runexp("list", "--json")) == [])
  }

  @Test func `resume understands every name of a run`() throws {
    let place = try Workplace()
    try place.write(digits(epochs: "1"), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--until", "evaluate")
    for name in ["latest", "digits-1", "reports/digits-1", "best(digits, val_loss)"] {
      let outcome = try place.runexp("resume", name)
      #expect(outcome.status == 1 && outcome.err.contains("E0712"), "\(name): \(outcome.err)")
    }
    let slip = try place.runexp("resume", "digits-11")
    #expect(slip.err.contains("E0907") && slip.err.contains("did you mean 'digits-1'?"))
  }

  @Test(arguments: [
    (["export", "digits-1", "--to", "csv", "-o", "new/x.csv"], "new/x.csv"),
    (["export", "digits-1", "--to", "jsonl", "-o", "a/b/c.jsonl"], "a/b/c.jsonl"),
    (["export", "digits-1", "--to", "ipynb", "-o", "books/x.ipynb"], "books/x.ipynb"),
    (["report", "digits-1", "--format", "md", "-o", "texts/x.md"], "texts/x.md"),
  ]) func `what is written makes the folder it is written to`(words: [String], file: String) throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--until", "text")
    let outcome = try place.shell("$RUNEXP " + words.joined(separator: " "))
    #expect(outcome.status == 0 && outcome.out.contains("wrote \(file)"), "\(outcome.err)")
    #expect(try place.files().contains(file))
  }

  @Test func `a word that is a folder or near a command that removes is no such command`() throws {
    let place = try Workplace()
    try place.write("", to: "ro/note.txt")
    let folder = try place.runexp("ro")
    #expect(
      folder.status == 3 && folder.err.contains("'ro' is a folder") && !folder.err.contains("runexp rm"))
    for word in ["rn", "mr", "rmm", "r"] {
      #expect(try !place.runexp(word).err.contains("'runexp rm'"), "\(word)")
    }
    #expect(try place.runexp("lisst").err.contains("did you mean 'runexp list'?"))
  }
}
