import Foundation
import Fuzzing
import Testing

/// `runexp archive` and `runexp verify`.
@Suite struct ArchiveTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(digits(), to: "experiments/digits.exp")
  }

  private func run(_ arguments: String...) throws {
    try place.runexp("experiments/digits.exp", "-q")
  }

  private func archived() throws {
    try run()
    let outcome = try place.runexp("archive", "digits-1")
    try #require(outcome.status == 0, "\(outcome.err)")
  }

  /// The members of a zip file.
  private func members(_ name: String) throws -> [String: Data] {
    Dictionary(storedMembers(try place.bytes(name)).map { ($0.name, $0.data) }) { first, _ in first }
  }

  private func graph(_ name: String) throws -> [String: [String: Any]] {
    let data = try #require(try members(name)["ro-crate-metadata.json"])
    let top = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let entities = try #require(top["@graph"] as? [[String: Any]])
    return Dictionary(entities.map { ($0["@id"] as? String ?? "", $0) }) { first, _ in first }
  }

  @Test func `the same run archived twice is the same bytes`() throws {
    try archived()
    try place.runexp("archive", "digits-1", "-o", "again.zip")
    #expect(try place.bytes("digits-1.zip") == place.bytes("again.zip"))
  }

  @Test func `an archive holds what the run read and wrote, and what tells about it`() throws {
    try archived()
    let names = try members("digits-1.zip").keys.sorted()
    #expect(
      names == [
        "README.md", "data/digits.csv", "environment/machine.json", "environment/packages.txt",
        "environment/runexp.sha256", "experiment.exp", "figures/confusion_matrix-m.png",
        "figures/learning_curves-m.png", "figures/samples-digits-train.png", "log.txt", "m.h5",
        "manifest-sha256.txt", "report.html", "report.json", "report.md", "reproduce.sh", "request.json",
        "resolved.exp",
        "ro-crate-metadata.json", "ro-crate-preview.html", "run.sqlite",
      ])
  }

  @Test func `no place of this machine is said in how the run is made again`() throws {
    try archived()
    let request = String(decoding: try #require(try members("digits-1.zip")["request.json"]), as: UTF8.self)
    #expect(!request.contains(place.folder.path) && !request.contains("\"/"))
  }

  @Test func `every cell is a step that was done`() throws {
    try archived()
    let graph = try graph("digits-1.zip")
    #expect(graph.values.count { ($0["@type"] as? String) == "HowToStep" } == 10)
    #expect(graph["#cell-5"]?["name"] as? String == "train m")
    #expect(graph["#run"]?["actionStatus"] as? String == "http://schema.org/CompletedActionStatus")
    #expect((graph["#run"]?["startTime"] as? String)?.hasSuffix("+00:00") == true)
    #expect(graph["#value/rate"]?["value"] as? String == "0.01")
  }

  @Test func `a run that failed says why`() throws {
    try place.write(digits(check: "test.accuracy > 2"), to: "experiments/digits.exp")
    try archived()
    let run = try #require(try graph("digits-1.zip")["#run"])
    #expect(run["actionStatus"] as? String == "http://schema.org/FailedActionStatus")
    #expect((run["error"] as? String)?.contains("test.accuracy > 2") == true)
  }

  @Test func `a run that was killed can be archived`() throws {
    try place.write(digits(epochs: "1000000"), to: "experiments/digits.exp")
    let running = try place.start("experiments/digits.exp")
    try running.wait(for: "epoch       3/")
    #expect(try place.runexp("archive", "digits-1").err.contains("E0653"))
    running.send(SIGKILL)
    _ = try running.end()
    let outcome = try place.runexp("archive", "digits-1")
    #expect(outcome.status == 0, "\(outcome.err)")
    let run = try #require(try graph("digits-1.zip")["#run"])
    #expect(run["actionStatus"] as? String == "http://schema.org/FailedActionStatus")
    #expect(run["error"] as? String == "it was cut off before its end")
    #expect(try place.runexp("verify", "digits-1.zip").status == 0)
    let again = try place.runexp("reproduce", "digits-1.zip")
    #expect(again.status == 1 && again.err.contains("E0659"))
  }

  @Test func `data larger than the limit are named with their hash`() throws {
    try run()
    let outcome = try place.runexp("archive", "digits-1", "--include-data-up-to", "0")
    #expect(outcome.status == 0 && outcome.err.contains("E0652"))
    #expect(try members("digits-1.zip")["data/digits.csv"] == nil)
    let data = try graph("digits-1.zip").first {
      $0.key.hasPrefix("ni:///sha-256;") && $0.value["name"] as? String == "digits.csv"
    }
    #expect((data?.value["sha256"] as? String)?.count == 64)
    #expect(try place.runexp("verify", "digits-1.zip").status == 0)
  }

  @Test func `a file that was changed since the run is left out`() throws {
    try run()
    try place.write("not the report", to: "reports/digits-1/report.md")
    let outcome = try place.runexp("archive", "digits-1")
    #expect(outcome.status == 0 && outcome.err.contains("E0651"))
    #expect(try members("digits-1.zip")["report.md"] == nil)
  }

  @Test func `licence and authors come from what lies beside the experiment`() throws {
    try place.write("MIT", to: "LICENSE")
    try place.write(
      "cff-version: 1.2.0\ntitle: T\nlicense: MIT\nauthors:\n- family-names: Lovelace\n  given-names: Ada\n  orcid: https://orcid.org/0000-0001-2345-6789\n  affiliation: Engines\n",
      to: "CITATION.cff")
    try archived()
    let graph = try graph("digits-1.zip")
    #expect(graph["https://orcid.org/0000-0001-2345-6789"]?["name"] as? String == "Ada Lovelace")
    #expect((graph["./"]?["license"] as? [String: Any])?["@id"] as? String == "https://spdx.org/licenses/MIT")
    #expect(try members("digits-1.zip").keys.contains("LICENSE"))
  }

  @Test func `several runs are a folder each`() throws {
    try run()
    try run()
    #expect(try place.runexp("archive", "digits-1", "digits-2").status == 0)
    let names = try members("runs.zip").keys
    #expect(names.contains("digits-1/run.sqlite") && names.contains("digits-2/ro-crate-metadata.json"))
    let outcome = try place.runexp("verify", "runs.zip")
    #expect(outcome.status == 0 && outcome.out.contains("digits-1, digits-2"), "\(outcome.out)")
  }

  @Test func `a bag has the crate under data`() throws {
    try run()
    #expect(try place.runexp("archive", "digits-1", "--bag").status == 0)
    let names = try members("digits-1.zip").keys
    #expect(names.contains("digits-1/bagit.txt") && names.contains("digits-1/data/ro-crate-metadata.json"))
    #expect(try place.runexp("verify", "digits-1.zip").status == 0)
  }

  @Test func `what is there stays, unless it is forced`() throws {
    try run()
    try place.write("mine", to: "digits-1.zip")
    #expect(try place.runexp("archive", "digits-1").err.contains("E0632"))
    #expect(try place.text("digits-1.zip") == "mine")
    #expect(try place.runexp("archive", "digits-1", "--force").status == 0)
  }

  @Test func `a summary is JSON on request`() throws {
    try run()
    let summary = try #require(try place.runexp("archive", "digits-1", "--json").json as? [String: Any])
    #expect(summary["output"] as? String == "digits-1.zip" && summary["runs"] as? [String] == ["digits-1"])
  }

  @Test func `verifying names the file of which one bit was flipped`() throws {
    try archived()
    var builder = ZipBuilder(storedMembers(try place.bytes("digits-1.zip")))
    let index = try #require(builder.members.firstIndex { $0.name == "figures/learning_curves-m.png" })
    builder.members[index].data[builder.members[index].data.startIndex + 999] ^= 4
    try place.write(builder.data, to: "flipped.zip")
    let outcome = try place.runexp("verify", "flipped.zip")
    #expect(outcome.status == 1)
    #expect(outcome.out.contains("damaged   1 of 21 files"))
    #expect(outcome.out.contains("  figures/learning_curves-m.png  altered"), "\(outcome.out)")
  }

  @Test func `a bit flipped in the zip file itself is found, too`() throws {
    try archived()
    var bytes = try place.bytes("digits-1.zip")
    let member = try #require(try members("digits-1.zip")["m.h5"])
    let start = try #require(bytes.range(of: member)).lowerBound
    bytes[start + 4321] ^= 1
    try place.write(bytes, to: "flipped.zip")
    let outcome = try place.runexp("verify", "flipped.zip", "--json")
    let findings = try #require((outcome.json as? [String: Any])?["findings"] as? [[String: Any]])
    #expect(outcome.status == 1 && findings.map { $0["file"] as? String } == ["m.h5"])
  }

  @Test func `files that are missing or were added are named`() throws {
    try archived()
    var members = storedMembers(try place.bytes("digits-1.zip")).filter { $0.name != "data/digits.csv" }
    members.append(("extra.txt", Data("x".utf8)))
    try place.write(ZipBuilder(members).data, to: "other.zip")
    let outcome = try place.runexp("verify", "other.zip")
    #expect(outcome.status == 1)
    #expect(
      outcome.out.contains("data/digits.csv  missing") && outcome.out.contains("extra.txt        unlisted"))
  }

  @Test func `a truncated archive is refused`() throws {
    try archived()
    try place.write(try place.bytes("digits-1.zip").dropLast(100), to: "short.zip")
    let outcome = try place.runexp("verify", "short.zip")
    #expect(outcome.status == 1 && outcome.err.contains("E0657"))
  }

  @Test func `a run is verified by its log`() throws {
    try run()
    #expect(try place.runexp("verify", "digits-1").status == 0)
    var model = try place.bytes("reports/digits-1/m.h5")
    model[100] ^= 1
    try place.write(model, to: "reports/digits-1/m.h5")
    let outcome = try place.runexp("verify", "digits-1")
    #expect(outcome.status == 1 && outcome.out.contains("  m.h5  altered"), "\(outcome.out)")
  }

  @Test func `the badges ask for a licence`() throws {
    try archived()
    #expect(try place.runexp("verify", "digits-1.zip", "--acm").out.contains("✗ a licence"))
    try place.write("MIT", to: "LICENSE")
    try place.runexp("archive", "digits-1", "--force")
    #expect(try place.runexp("verify", "digits-1.zip", "--acm").out.contains("✓ a licence"))
  }

  @Test func `an unknown run is told with a suggestion`() throws {
    try run()
    for command in ["archive", "verify", "reproduce"] {
      let outcome = try place.runexp(command, "digit-1")
      #expect(
        outcome.status == 1 && outcome.err.contains("did you mean 'digits-1'?"), "\(command): \(outcome.err)")
    }
  }
}
