import Foundation
import Testing

/// Commands that look at things and change nothing.
@Suite struct LookTests {
  private func withThreeRuns() throws -> Workplace {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    for rate in ["0.001", "0.1", "0.01"] {
      #expect(try place.runexp("digits.exp", "-q", "-p", "rate=\(rate)", "--until", "evaluate").status == 0)
    }
    return place
  }

  private func names(_ outcome: Outcome) -> [String] {
    ((outcome.json as? [[String: Any]]) ?? []).compactMap { $0["run"] as? String }
  }

  @Test func `runs are listed, picked, sorted and counted`() throws {
    let place = try withThreeRuns()
    let table = try place.runexp("list")
    #expect(table.out.split(separator: "\n").count == 4 && table.err == "")
    #expect(
      try names(place.runexp("list", "--json", "--where", "rate < 0.05 and status == 'finished'")).count == 2)
    #expect(
      try names(place.runexp("list", "--json", "--sort", "rate")) == ["digits-1", "digits-3", "digits-2"])
    #expect(try names(place.runexp("list", "--json", "--sort", "name", "--limit", "1")) == ["digits-1"])
    #expect(try names(place.runexp("list", "digits", "--json", "--sort", "val_accuracy")).count == 3)
    #expect(try names(place.runexp("list", "nothing", "--json")).isEmpty)
  }

  @Test(arguments: [
    ["--where", "rat < 1"], ["--where", "rate <"], ["--sort", "rat"], ["--limit", "0"], ["--limit", "-3"],
  ]) func `a condition or order that cannot be is wrong usage`(options: [String]) throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "--until", "text")
    let quoted = options.map { "'\($0)'" }.joined(separator: " ")
    let outcome = try place.shell("$RUNEXP list \(quoted)")
    #expect(outcome.status == 64)
    #expect(outcome.out == "")
    if options[1].hasPrefix("rat") && !options[1].hasSuffix("<") {
      #expect(outcome.err.contains("did you mean 'rate'?"))
    }
  }

  @Test func `where there are no runs nothing is written`() throws {
    let place = try Workplace()
    let list = try place.runexp("list")
    #expect(list.status == 0 && list.out == "" && list.err.contains("no runs here"))
    #expect(try place.runexp("list", "--json").out == "[]\n")
    #expect(try place.runexp("show", "latest").status == 1)
    #expect(try place.files().isEmpty)
  }

  @Test func `an index that is gone or damaged is made again`() throws {
    let place = try withThreeRuns()
    let before = try place.runexp("list", "--json").out
    let index = place.folder.appending(path: "reports/index.sqlite")
    // The first bytes of a database say whose it is.
    let damaged = try Data(contentsOf: index).prefix(100) + Data(repeating: 0x5A, count: 8000)
    try damaged.write(to: index)
    #expect(try place.runexp("list", "--json").out == before)
    try FileManager.default.removeItem(at: place.folder.appending(path: "reports/index.sqlite"))
    #expect(try place.runexp("list", "--json").out == before)
  }

  @Test func `a file of somebody else in the place of the index stays`() throws {
    let place = try withThreeRuns()
    try place.write("mine", to: "reports/index.sqlite")
    let list = try place.runexp("list", "--json")
    #expect(list.status != 0 && list.out == "" && list.err.contains("E0719"))
    #expect(
      try String(contentsOf: place.folder.appending(path: "reports/index.sqlite"), encoding: .utf8) == "mine")
  }

  @Test func `a run whose folder was removed is not listed any more`() throws {
    let place = try withThreeRuns()
    #expect(try names(place.runexp("list", "--json")).count == 3)
    try FileManager.default.removeItem(at: place.folder.appending(path: "reports/digits-2"))
    #expect(try names(place.runexp("list", "--json", "--sort", "name")) == ["digits-1", "digits-3"])
  }

  @Test func `a list that changes nothing writes nothing`() throws {
    let place = try withThreeRuns()
    _ = try place.runexp("list")
    let before = try place.bytes("reports/index.sqlite")
    _ = try place.runexp("list", "--sort", "name")
    #expect(try place.bytes("reports/index.sqlite") == before)
  }

  @Test func `a run, a file and a model are shown`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "-q")
    for what in ["digits-1", "latest"] {
      let run = try place.runexp("show", what)
      #expect(run.status == 0)
      for words in [
        "finished", "PARAMETERS", "train m", "test.accuracy", "passed  test.accuracy > 0.3", "m.h5",
      ] {
        #expect(run.out.contains(words))
      }
    }
    let file = try place.runexp("show", "digits.exp", "-p", "rate=0.25")
    #expect(file.out.contains("learning_rate: 0.25"))
    let model = try place.runexp("show", "reports/digits-1/m.h5", "--weights")
    #expect(model.out.contains("dense_1 (Dense)") && model.out.contains("Deviation"))
  }

  @Test func `a run that is not there is explained`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--until", "text")
    let outcome = try place.runexp("show", "digits-2")
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("error[E0907]") && outcome.err.contains("did you mean 'digits-1'?"))
    #expect(try place.runexp("show", "nothing.h5").status == 1)
  }

  @Test func `a check says everything, to people or to editors`() throws {
    let place = try Workplace()
    try place.write(digits(optimizer: "agam", callbacks: "[EarlyStoping]"), to: "wrong.exp")
    try place.write(digits(), to: "right.exp")
    let text = try place.runexp("check", "wrong.exp", "right.exp")
    #expect(
      text.status == 3 && text.out == "" && text.err.contains("2 mistakes")
        && text.err.contains("checked right.exp"))
    let json = try place.runexp("check", "wrong.exp", "--format", "json")
    let entries = try #require(json.json as? [[String: Any]])
    #expect(entries.map { $0["code"] as? String } == ["E0206", "E0206"])
    #expect(((entries.first?["at"] as? [String: Any])?["line"] as? Int) == 23)
    #expect(json.status == 3 && json.err == "")
    #expect(try place.runexp("check", "right.exp", "--format", "json").out == "[]\n")
    #expect(try place.files() == ["right.exp", "wrong.exp"])
  }

  @Test func `several files are one list for editors`() throws {
    let place = try Workplace()
    try place.write(digits(optimizer: "agam"), to: "a.exp")
    try place.write(digits(optimizer: "agam"), to: "b.exp")
    let entries = try place.runexp("check", "a.exp", "b.exp", "--format", "json").json as? [[String: Any]]
    #expect(entries?.compactMap { ($0["at"] as? [String: Any])?["file"] as? String } == ["a.exp", "b.exp"])
  }

  @Test func `codes are explained`() throws {
    let place = try Workplace()
    #expect(try place.runexp("explain", "e0401").out.hasPrefix("# E0401: "))
    let unknown = try place.runexp("explain", "E9999")
    #expect(unknown.status == 64 && unknown.out == "")
  }

  @Test func `parts are described`() throws {
    let place = try Workplace()
    #expect(try place.runexp("describe").out.contains("LAYERS"))
    #expect(try place.runexp("describe", "Dense").out.contains("units"))
    let unknown = try place.runexp("describe", "Dens")
    #expect(unknown.status == 64 && unknown.err.contains("did you mean 'Dense'?"))
  }

  @Test func `the schema tells a data cell from cells with data`() throws {
    let schema = try #require(try Workplace().runexp("schema").json as? [String: Any])
    let cells = (schema["properties"] as? [String: Any])?["cells"] as? [String: Any]
    let rules = ((cells?["items"] as? [String: Any])?["allOf"] as? [[String: Any]]) ?? []
    let conditions = rules.compactMap { $0["if"] as? [String: Any] }
    let byKeyword = Dictionary(
      conditions.compactMap { condition in
        (condition["required"] as? [String])?.first.map { ($0, condition["not"] != nil) }
      }
    ) { first, _ in first }
    #expect(byKeyword["data"] == true)
    #expect(byKeyword["train"] == false && byKeyword["evaluate"] == false && byKeyword["plot"] == false)
  }
}
