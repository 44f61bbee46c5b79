import Diagnostics
import RunEvents
import RunLog
import Testing

@Suite struct RunFilterTests {
  let store: RunStore

  /// Four runs: rates 0.1, 0.01, "auto" and none; the third has no metric, the second failed.
  init() throws {
    store = try RunStore(inMemoryFor: .current())
    func run(_ number: Int, _ parameters: [RunRecord.Parameter], tag: String?, note: String?) -> RunEvent {
      var record = record("mlp-\(number)", startedAt: 86_400 * Double(number), parameters: parameters)
      record.tag = tag
      record.note = note
      record.seed = number == 4 ? .max : UInt64(number)
      return .runStarted(record)
    }
    try store.append([
      run(
        1, [.init(name: "rate", json: "0.1"), .init(name: "loss", json: "\"mse\"")], tag: "base",
        note: "50% done"),
      point("loss", 3, epoch: 1, step: 1), point("loss", 1, epoch: 2, step: 2),
      point("loss", 2, epoch: 3, step: 3),
      point("accuracy", 0.9, epoch: nil, step: 3, series: "test"), point("accuracy", 0.5, epoch: 1, step: 3),
      .runEnded(status: .finished, seconds: 10),
    ])
    try store.append([
      run(
        2, [.init(name: "rate", json: "0.01"), .init(name: "flag", json: "true")], tag: nil,
        note: "Second try"),
      point("loss", .nan, epoch: 1, step: 1), .runEnded(status: .failed, seconds: 100),
    ])
    try store.append([
      run(3, [.init(name: "rate", json: "\"auto\"")], tag: "wide", note: nil),
      .runEnded(status: .finished, seconds: 5),
    ])
    try store.append([run(4, [.init(name: "list", json: "[1,2]")], tag: "base", note: nil)])
  }

  private func found(_ filter: String) throws -> [Int] {
    try store.log.runs(where: RunFilter(filter), sortedBy: .name).map { Int($0.name.dropFirst(4)) ?? 0 }
  }

  @Test(arguments: [
    ("rate = 0.1", [1]), ("rate==0.1", [1]), ("rate < 0.1", [2]), ("rate<=1e-1", [1, 2]),
    ("rate >= 0.01", [1, 2]),
    ("rate = auto", [3]), ("rate = \"auto\"", [3]), ("rate != 0.1", [2, 3, 4]), ("rate = null", [4]),
    ("rate != null", [1, 2, 3]), ("flag = true", [2]), ("list = \"[1,2]\"", [4]), ("loss = mse", [1]),
    ("best(loss) = 1", [1]), ("last(loss) = 2", [1]), ("best(loss) > 0", [1]),
    ("best(loss) = null", [2, 3, 4]),
    ("accuracy > 0.8", [1]), ("m.accuracy = 0.9", []), ("test.accuracy = 0.9", [1]),
    ("mlp.accuracy < 0.9", [1]),
    ("tag = base", [1, 4]), ("tag = 'base'", [1, 4]), ("tag != base", [2, 3]), ("tag = null", [2]),
    ("note contains SECOND", [2]), ("note contains '%'", [1]), ("note like '%try'", [2]),
    ("not note contains t", [1, 3, 4]),
    ("status = finished", [1, 3]), ("status != finished", [2, 4]), ("status = running", [4]),
    ("seed = 2", [2]), ("seed > 2", [3, 4]), ("seed = 18446744073709551615", [4]), ("seconds >= 10", [1, 2]),
    ("seconds = null", [4]), ("name = mlp-3", [3]), ("experiment = mlp", [1, 2, 3, 4]),
    ("resumptions = 0", [1, 2, 3, 4]),
    ("started > 1970-01-03", [2, 3, 4]), ("tag = base and rate = 0.1", [1]),
    ("tag = wide or rate = 0.01", [2, 3]),
    ("tag = wide or tag = base and rate = 0.1", [1, 3]), ("(tag = wide or tag = base) and rate = 0.1", [1]),
    ("not (tag = wide or tag = base)", [2]), ("NOT tag = wide AND NOT tag = base", [2]),
    ("not not tag = wide", [3]),
  ]) func `a filter picks`(filter: String, runs: [Int]) throws {
    let expected = filter == "m.accuracy = 0.9" ? nil : runs
    #expect((try? found(filter)) == expected)
  }

  @Test(arguments: [
    ("", 0, 0), ("rate <", 6, 6), ("rate", 4, 4), ("rate < and tag = 1", 7, 10), ("(rate < 1", 0, 1),
    ("rate < 1)", 8, 9),
    ("rate < 1 tag = 2", 9, 12), ("and rate < 1", 0, 3), ("tag = 'open", 6, 11), ("rate ! 3", 5, 6),
    ("last(loss > 3", 10, 11),
    ("last() > 3", 5, 6), ("= 3", 0, 1), ("not", 3, 3), ("tag = (", 6, 7),
  ]) func `what is no filter is pointed at`(filter: String, lower: Int, upper: Int) throws {
    let diagnostic = #expect(throws: Diagnostic.self) { try RunFilter(filter) }
    #expect(diagnostic?.code == "E0715")
    #expect(diagnostic?.primary?.span == SourceSpan(lower, upper))
    #expect(diagnostic?.help != nil)
  }

  @Test(arguments: [
    ("ratee < 1", "E0716", "did you mean 'rate'?"), ("last(los) < 1", "E0716", "did you mean 'loss'?"),
    ("last(rate) < 1", "E0716", "known are accuracy, loss"),
    ("best(loss) > high", "E0717", "compare it with a number"),
    ("seconds contains 1", "E0717", "numbers are compared with"), ("tag > null", "E0717", "null goes with"),
    ("status = finishd", "E0717", "did you mean 'finished'?"),
  ]) func `what cannot hold is told`(filter: String, code: String, help: String) throws {
    let diagnostic = #expect(throws: Diagnostic.self) { try found(filter) }
    #expect(diagnostic?.code == code)
    #expect(diagnostic?.help?.contains(help) == true)
    #expect(diagnostic?.primary != nil)
  }

  @Test(arguments: ["tag = \"'; DROP TABLE run; --\"", "tag = 'x\") OR 1'", "note like '%_%\\'"])
  func `values are never part of the SQL`(filter: String) throws {
    _ = try found(filter)
    #expect(try store.log.runs().count == 4)
  }

  @Test func `filters beyond all measure are refused`() {
    let deep = String(repeating: "(", count: 100_000)
    let negated = String(repeating: "not ", count: 100_000) + "tag = 1"
    let long = Array(repeating: "tag = 1", count: 5000).joined(separator: " or ")
    for filter in [deep, negated, long] { #expect(code { _ = try RunFilter(filter) } == "E0715") }
    let most = Array(repeating: "tag = base", count: 100).joined(separator: " or ")
    #expect((try? found(most)) == [1, 4])
  }

  @Test func `noise is refused or read, and never crashes`() {
    let words = [
      "tag", "rate", "loss", "(", ")", "and", "or", "not", "=", "<", "!=", "contains", "'a'", "1", "null",
      "\u{0}", "é", "last",
    ]
    for seed in 0..<2000 {
      var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
      let filter = (0..<(seed % 12)).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return words[Int((state >> 33) % UInt64(words.count))]
      }.joined(separator: " ")
      _ = try? found(filter)
    }
  }

  @Test func `a killed run is found as interrupted`() throws {
    try withFolder { folder in
      var dead = ProcessIdentity.current()
      dead.startTicks += 1
      let store = try RunStore(path: folder + "/run.sqlite", process: dead)
      try store.append([.runStarted(record())])
      let log = try RunStore.read(folder + "/run.sqlite")
      #expect(try log.runs(where: RunFilter("status = interrupted")).map(\.name) == ["mlp-1"])
      #expect(try log.runs(where: RunFilter("status = running")).isEmpty)
    }
  }
}
