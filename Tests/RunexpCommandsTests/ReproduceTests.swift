import Foundation
import Fuzzing
import GRDB
import Testing

/// `runexp reproduce`: a run made again, and judged.
@Suite struct ReproduceTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  /// Runs an experiment and archives the run.
  private func archive(_ text: String, as name: String, _ files: [String: String] = [:]) throws {
    for (file, text) in files { try place.write(text, to: file) }
    try place.write(text, to: "\(name).exp")
    let run = try place.runexp("\(name).exp", "-q")
    try #require(run.status == 0, "\(run.err)")
    let outcome = try place.runexp("archive", "\(name)-1")
    try #require(outcome.status == 0 && outcome.err.isEmpty, "\(outcome.err)")
  }

  /// Takes away everything but archives: what they do not hold is not there.
  private func leaveArchivesOnly() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
    where !name.hasSuffix(".zip") {
      try FileManager.default.removeItem(at: place.folder.appending(path: name))
    }
  }

  @Test(arguments: [("1", "baseline"), ("3", "avx2"), ("2", "avx512")])
  func `the same comes out, whatever the threads and the instruction set`(threads: String, set: String) throws
  {
    try archive(digits(), as: "digits")
    let outcome = try place.runexp(
      "reproduce", "digits-1.zip", "--threads", threads, "-q", environment: ["RUNEXP_ISA": set])
    #expect(
      outcome.status == 0 && outcome.out.hasPrefix("identical   digits-1: "), "\(outcome.out)\(outcome.err)")
  }

  @Test func `a run is made again from its own folder`() throws {
    try archive(digits(), as: "digits")
    #expect(try place.runexp("reproduce", "digits-1", "-q").out.hasPrefix("identical"))
  }

  @Test func `the verdict is JSON on request`() throws {
    try archive(digits(), as: "digits")
    let verdict = try #require(
      try place.runexp("reproduce", "digits-1.zip", "-q", "--json").json as? [String: Any])
    #expect(verdict["verdict"] as? String == "identical" && (verdict["findings"] as? [Any])?.isEmpty == true)
    #expect((verdict["compared"] as? [String: Any])?["training_steps"] as? Int == 82)
  }

  private static let table = """
    experiment: table
    seed: 3
    cells:
      - data: points
        csv: ../data/points.csv
        target: y
        split: {validation: 0.25}
      - model: line
        input: [1]
        layers: [{Dense: {units: 1}}]
      - train: line
        data: points
        loss: mse
        optimizer: sgd
        epochs: 3
        batch_size: 2
      - save: line

    """
  private static let points = "x,y\n" + (0..<12).map { "\($0).5,\(2 * $0)\n" }.joined()

  private func archiveTable() throws {
    try place.write(Self.points, to: "data/points.csv")
    try place.write(Self.table, to: "tables/table.exp")
    try place.runexp("tables/table.exp", "-q")
    try place.runexp("archive", "table-1")
  }

  @Test func `data from anywhere are in the archive`() throws {
    try archiveTable()
    try leaveArchivesOnly()
    let outcome = try place.runexp("reproduce", "table-1.zip", "-q")
    #expect(outcome.status == 0 && outcome.out.hasPrefix("identical"), "\(outcome.out)\(outcome.err)")
    #expect(try place.files() == ["table-1.zip"])
  }

  @Test func `changed data are named, with the first step that differs`() throws {
    try archiveTable()
    var builder = ZipBuilder(storedMembers(try place.bytes("table-1.zip")))
    let index = try #require(builder.members.firstIndex { $0.name == "data/files/points.csv" })
    builder.members[index].data = Data(Self.points.replacing("8.5,16", with: "8.5,17").utf8)
    try place.write(builder.data, to: "changed.zip")
    let outcome = try place.runexp("reproduce", "changed.zip", "-q")
    let lines = outcome.out.split(separator: "\n")
    try #require(outcome.status == 4 && lines.count > 3, "\(outcome.out)\(outcome.err)")
    #expect(lines[0] == "different   table-1")
    #expect(lines[1].hasPrefix("  data      points: points.csv"))
    #expect(lines[2].contains("training  line") && lines[2].contains("parts at step"))
  }

  @Test func `data that were changed beside a run are named`() throws {
    try archiveTable()
    try place.write(Self.points.replacing("8.5,16", with: "8.5,17"), to: "data/points.csv")
    let outcome = try place.runexp("reproduce", "table-1", "-q")
    #expect(outcome.status == 4 && outcome.out.contains("  data      points: points.csv"), "\(outcome.out)")
  }

  @Test func `data that no longer fit the experiment are different, too`() throws {
    try archiveTable()
    try place.write("x,z\n1,2\n", to: "data/points.csv")
    let outcome = try place.runexp("reproduce", "table-1", "-q")
    #expect(
      outcome.status == 4 && outcome.out.contains("the experiment does not fit it"),
      "\(outcome.out)\(outcome.err)")
  }

  @Test func `data that are neither here nor in the archive are asked for`() throws {
    try archiveTable()
    try place.runexp("archive", "table-1", "--include-data-up-to", "0", "--force")
    try leaveArchivesOnly()
    let outcome = try place.runexp("reproduce", "table-1.zip", "-q")
    #expect(outcome.status == 1 && outcome.err.contains("E0660") && outcome.err.contains("points.csv"))
  }

  @Test func `numbers within the tolerance are equal`() throws {
    try archiveTable()
    let log = place.folder.appending(path: "reports/table-1/run.sqlite").path
    try DatabaseQueue(path: log).write { try $0.execute(sql: "UPDATE point SET value = value * 1.000001") }
    let equal = try place.runexp("reproduce", "table-1", "-q")
    #expect(equal.status == 0 && equal.out.hasPrefix("equal   table-1"), "\(equal.out)\(equal.err)")
    let different = try place.runexp("reproduce", "table-1", "-q", "--tolerance", "0")
    #expect(different.status == 4 && different.out.hasPrefix("different   table-1"), "\(different.out)")
  }

  @Test func `an experiment that was changed is different, whatever comes out`() throws {
    try archiveTable()
    var builder = ZipBuilder(storedMembers(try place.bytes("table-1.zip")))
    let index = try #require(builder.members.firstIndex { $0.name == "experiment.exp" })
    builder.members[index].data += Data("# nothing\n".utf8)
    try place.write(builder.data, to: "changed.zip")
    let outcome = try place.runexp("reproduce", "changed.zip", "-q")
    #expect(
      outcome.status == 4 && outcome.out.contains("experiment.exp  has the line '# nothing'"),
      "\(outcome.out)")
  }

  @Test func `a log with tables of its own is not read`() throws {
    try archiveTable()
    let log = place.folder.appending(path: "reports/table-1/run.sqlite").path
    try DatabaseQueue(path: log).write { try $0.execute(sql: "CREATE VIEW mine AS SELECT 1") }
    let outcome = try place.runexp("verify", "table-1")
    #expect(outcome.status == 1 && outcome.err.contains("E0702"), "\(outcome.err)")
  }

  @Test func `a training that goes on from an earlier run has that run with it`() throws {
    try archive(digits(), as: "digits")
    let more = digits(epochs: "4").replacing("seed: 7", with: "seed: 7\nresume: {from: digits-1}")
      .replacing("experiment: digits", with: "experiment: more")
    try archive(more, as: "more")
    try leaveArchivesOnly()
    let outcome = try place.runexp("reproduce", "more-1.zip", "-q")
    #expect(
      outcome.status == 0 && outcome.out.hasPrefix("identical   more-1"), "\(outcome.out)\(outcome.err)")
  }

  @Test func `a loaded model is in the archive, from a run or from a file`() throws {
    try archive(digits(), as: "digits")
    func loading(_ from: String) -> String {
      """
      cells:
        - data: digits
          source: digits
          scale: $(1 / 16)
          split: {test: 300}
        - load: m
          \(from)
        - evaluate: m
          data: digits.test

      """
    }
    try archive(loading("from: digits-1"), as: "one")
    try FileManager.default.copyItem(
      at: place.folder.appending(path: "reports/digits-1/m.h5"), to: place.folder.appending(path: "m.h5"))
    try archive(loading("file: m.h5"), as: "two")
    try leaveArchivesOnly()
    for name in ["one", "two"] {
      let outcome = try place.runexp("reproduce", "\(name)-1.zip", "-q")
      #expect(
        outcome.status == 0 && outcome.out.hasPrefix("identical"), "\(name): \(outcome.out)\(outcome.err)")
    }
  }

  @Test func `parameters, seed and the last cell are those of the run`() throws {
    try place.write(digits(), to: "digits.exp")
    try place.runexp(
      "digits.exp", "-q", "-p", "rate=0.05", "--seed", "9", "--until", "train m", "--name", "other")
    try place.runexp("archive", "other-1")
    try leaveArchivesOnly()
    let outcome = try place.runexp("reproduce", "other-1.zip", "-q")
    #expect(
      outcome.status == 0 && outcome.out.hasPrefix("identical   other-1"), "\(outcome.out)\(outcome.err)")
  }

  @Test func `a run that failed fails again in the same way`() throws {
    try place.write(digits(check: "test.accuracy > 2"), to: "digits.exp")
    try place.runexp("digits.exp", "-q")
    try place.runexp("archive", "digits-1")
    let outcome = try place.runexp("reproduce", "digits-1.zip", "-q")
    #expect(outcome.status == 0 && outcome.out.hasPrefix("identical"), "\(outcome.out)\(outcome.err)")
  }

  @Test func `the new run stays where it is asked for, and nothing is written over`() throws {
    try archive(digits(), as: "digits")
    try place.runexp("reproduce", "digits-1.zip", "-q", "--keep", "kept")
    #expect(try place.bytes("kept/digits-1/m.h5") == place.bytes("reports/digits-1/m.h5"))
    let again = try place.runexp("reproduce", "digits-1.zip", "-q", "--keep", "kept")
    #expect(again.status == 1 && again.err.contains("E0662"))
  }

  @Test func `nothing stays behind`() throws {
    try archive(digits(), as: "digits")
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "temporary"), withIntermediateDirectories: true)
    let folder = place.folder.appending(path: "temporary").path
    try place.runexp("reproduce", "digits-1.zip", "-q", environment: ["TMPDIR": folder])
    try place.runexp("verify", "digits-1.zip", environment: ["TMPDIR": folder])
    #expect(try place.files("temporary").isEmpty)
  }

  @Test func `the script in an unpacked archive makes the run again`() throws {
    try archive(digits(), as: "digits")
    for member in storedMembers(try place.bytes("digits-1.zip")) {
      try place.write(Data(member.data), to: "unpacked/\(member.name)")
    }
    #expect(try place.shell("sh unpacked/reproduce.sh -q").out.hasPrefix("identical"))
    #expect(try place.runexp("verify", "unpacked").status == 0)
  }

  @Test func `an archive that leads out of itself is not run`() throws {
    try archiveTable()
    var builder = ZipBuilder(storedMembers(try place.bytes("table-1.zip")))
    let index = try #require(builder.members.firstIndex { $0.name == "request.json" })
    let text = String(decoding: builder.members[index].data, as: UTF8.self)
    builder.members[index].data = Data(text.replacing("data/files", with: "../../data").utf8)
    try place.write(builder.data, to: "hostile.zip")
    let outcome = try place.runexp("reproduce", "hostile.zip", "-q")
    #expect(outcome.status == 1 && outcome.err.contains("E0661"), "\(outcome.err)")
  }
}
