import Foundation
import RunLog
import Testing

/// Commands about several runs.
@Suite struct CompareTests {
  /// Two rates with two seeds each: digits-1 to digits-4.
  private func withFourRuns() throws -> Workplace {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    for rate in ["0.01", "0.001"] {
      for seed in ["1", "2"] {
        let outcome = try place.runexp(
          "digits.exp", "-q", "-p", "rate=\(rate)", "--seed", seed, "--until", "evaluate")
        #expect(outcome.status == 0, "\(outcome.err)")
      }
    }
    return place
  }

  private func rows(_ outcome: Outcome) -> [[String: Any]] {
    (outcome.json as? [String: Any])?["rows"] as? [[String: Any]] ?? []
  }

  @Test func `runs are compared as text, CSV, JSON and Markdown`() throws {
    let place = try withFourRuns()
    let text = try place.runexp("compare", "digits")
    #expect(text.status == 0 && text.err == "")
    let lines = text.out.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("run") && lines[0].contains("rate"))
    #expect(lines[1].hasPrefix("digits-1, digits-2") && lines[1].contains("±"))
    #expect(!lines[0].contains("words"))
    #expect(try place.runexp("compare", "digits", "--all").out.contains("words"))
    let csv = try place.runexp("compare", "digits", "--csv").out.split(separator: "\n")
    #expect(csv.count == 5 && csv[0].hasPrefix("run,group,seed,status,rate,val_accuracy.best"))
    let markdown = try place.runexp("compare", "digits-1", "digits-3", "--markdown").out.split(
      separator: "\n")
    #expect(markdown.count == 4 && markdown[1].hasPrefix("| --- | ---:"))
    let json = try place.runexp("compare", "digits", "--json", "--baseline", "digits-3")
    #expect(rows(json).count == 2 && rows(json)[0]["n"] as? Int == 2)
    let metrics = rows(json)[1]["metrics"] as? [[String: Any]] ?? []
    #expect(metrics.allSatisfy { ($0["difference"] as? [String: Any])?["n"] as? Int == 2 })
    #expect(try place.runexp("compare", "digits", "--json", "--baseline", "digits-3").out == json.out)
  }

  @Test func `runs are named in every way`() throws {
    let place = try withFourRuns()
    func first(_ words: String) throws -> String {
      String(
        try place.shell("$RUNEXP compare \(words) --csv").out.split(separator: "\n").dropFirst().first?.prefix
        { $0 != "," } ?? "")
    }
    #expect(try first("latest") == "digits-4")
    #expect(try first("reports/digits-3/") == "digits-3")
    let best = try place.shell("$RUNEXP list --json --sort val_loss --limit 1").json as? [[String: Any]]
    #expect(try first("'best(digits, val_loss)'") == best?.first?["run"] as? String)
    #expect(try first("--where 'rate < 0.005 and seed = 2'") == "digits-4")
    #expect(try first("digits --where 'seed = 2'") == "digits-2")
  }

  @Test(arguments: [
    (["compare", "digits-11"], 1, "did you mean 'digits-1'?"),
    (["compare", "best(digits, val_acc)"], 1, "E0912"),
    (["compare", "digits", "--metric", "val_los"], 1, "did you mean 'val_loss'?"),
    (["compare"], 64, "--where"),
    (["compare", "digits", "--csv", "--json"], 64, "choose one"),
    (["compare", "digits", "--report", "x.pdf"], 64, ".html"),
    (["list", "--where", "val_los < 1"], 64, "did you mean 'val_loss'?"),
    (["list", "--where", "rate <"], 64, "^"),
    (["plot", "digits", "--metric", "test.accuracy"], 1, "E0913"),
    (["plot", "digits", "--metric", "los"], 1, "did you mean"),
    (["diff", "digits-1", "digits-9"], 1, "E0907"), (["rm", "digits-9"], 1, "E0907"), (["rm"], 64, "--where"),
    (["tag", "x", "nothing"], 1, "E0907"),
  ]) func `mistakes are told with the next step`(words: [String], status: Int32, said: String) throws {
    let place = try Workplace()
    try place.write(digits(epochs: "1"), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--until", "evaluate")
    let outcome = try place.shell("$RUNEXP " + words.map { "'\($0)'" }.joined(separator: " "))
    #expect(outcome.status == status)
    #expect(outcome.err.contains(said), "\(outcome.err)")
    #expect(outcome.out == "")
  }

  @Test func `two runs of one experiment are the same to the bit, of another seed not`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    for (seed, threads) in [("1", "1"), ("1", "2"), ("2", "1")] {
      try place.runexp("digits.exp", "-q", "--seed", seed, "--threads", threads, "--until", "evaluate")
    }
    let same = try place.runexp("diff", "digits-1", "digits-2")
    #expect(same.out.contains("came out the same, to the bit") && same.out.contains("the same in all"))
    let json = try place.runexp("diff", "digits-1", "digits-3", "--json").json as? [String: Any]
    #expect(json?["same_experiment"] as? Bool == false && json?["same_result"] as? Bool == false)
    let training = (json?["trainings"] as? [[String: Any]])?.first
    #expect((training?["parting"] as? [String: Any])?["step"] as? Int == 1)
    #expect(try place.runexp("diff", "digits-1", "digits-3").out.contains("parts at step 1 (epoch 1)"))
  }

  @Test func `curves are drawn, and told as JSON`() throws {
    let place = try withFourRuns()
    #expect(try place.runexp("plot", "digits", "--metric", "val_loss", "-o", "out/curves.png").status == 0)
    #expect(try place.bytes("out/curves.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let json = try place.runexp("plot", "digits", "--metric", "val_loss", "--json").json as? [String: Any]
    let lines = json?["lines"] as? [[String: Any]] ?? []
    #expect(lines.map { $0["name"] as? String } == ["rate 0.01 (n=2)", "rate 0.001 (n=2)"])
    #expect(lines.allSatisfy { ($0["x"] as? [Double]) == [1, 2] && ($0["lower"] as? [Double])?.count == 2 })
    let single = try place.runexp("plot", "digits-1", "--metric", "loss", "--json", "--across", "step").json
    #expect(
      (((single as? [String: Any])?["lines"] as? [[String: Any]])?.first?["x"] as? [Double])?.last ?? 0 > 50)
  }

  @Test func `a report of a comparison is one page with curves and links`() throws {
    let place = try withFourRuns()
    let outcome = try place.runexp(
      "compare", "digits", "--baseline", "digits-1", "--report", "reports/compare.html")
    #expect(outcome.status == 0 && outcome.out == "")
    let page = try place.text("reports/compare.html")
    #expect(page.contains("./digits-3/report.html") && page.contains("data:image/png;base64,"))
    #expect(page.contains("Differences from digits-1, digits-2") && page.contains("data-column"))
    for loader in ["src=\"http", "@import", "<link", "<iframe"] { #expect(!page.contains(loader)) }
    try place.runexp("compare", "digits", "--baseline", "digits-1", "--report", "again.html")
    #expect(try place.text("again.html").replacing("./reports/", with: "./") == page)
  }

  @Test func `tags and notes are given and taken away`() throws {
    let place = try withFourRuns()
    #expect(try place.runexp("tag", "good", "digits-1", "latest").status == 0)
    #expect(try place.runexp("note", "look at this", "digits-1").status == 0)
    let listed =
      try place.runexp("list", "--json", "--sort", "name", "--where", "tag = good").json as? [[String: Any]]
    #expect(listed?.map { $0["run"] as? String } == ["digits-1", "digits-4"])
    #expect(listed?.first?["note"] as? String == "look at this")
    // The run's own log has it: the index may go.
    try FileManager.default.removeItem(at: place.folder.appending(path: "reports/index.sqlite"))
    #expect(try place.shell("$RUNEXP list --where 'note contains look' | wc -l").out.contains("2"))
    let cleared = try place.runexp("tag", "", "digits-1", "--json").json as? [[String: Any]]
    #expect(cleared?.first?["tag"] is NSNull)
  }

  @Test func `runs are removed when named, and only told when picked`() throws {
    let place = try withFourRuns()
    let told = try place.runexp("rm", "--where", "seed = 1")
    #expect(told.out == "digits-1\ndigits-3\n" && told.err.contains("--yes"))
    #expect(try place.runexp("list", "--json").out.contains("digits-1"))
    #expect(try place.runexp("rm", "--where", "seed = 1", "--yes").status == 0)
    #expect(try place.runexp("rm", "digits-2", "--json").json.map { "\($0)" }?.contains("digits-2") == true)
    let names = (try place.runexp("list", "--json").json as? [[String: Any]] ?? []).map {
      $0["run"] as? String
    }
    #expect(names == ["digits-4"])
    #expect(try !place.text("reports/index.html").contains("digits-2"))
    #expect(try !place.files("reports").contains { $0.contains("digits-1") })
  }
}
