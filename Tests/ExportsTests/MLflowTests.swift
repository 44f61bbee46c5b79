import Exports
import RunEvents
import Testing

@Suite struct MLflowTests {
  private func files(_ run: ExportedRun = sample()) -> [ExportFile] {
    MLflowStore.files(run, root: "file:///tmp/mlruns")
  }

  @Test func `an experiment has a number that stays the same, a run another for each`() {
    let (one, two) = (files(sample("mlp-1")), files(sample("mlp-2")))
    #expect(one[0].path == two[0].path && one[0].isShared)
    #expect(one[1].path != two[1].path && !one[1].isShared)
    #expect(one[0].path.wholeMatch(of: /[1-9][0-9]{17}\/meta.yaml/) != nil)
    #expect(one[1].path.wholeMatch(of: /[0-9]{18}\/[0-9a-f]{32}\/meta.yaml/) != nil)
  }

  @Test func `the record says when and how it ended`() {
    let meta = files()[1]
    guard case .bytes(let bytes) = meta.content else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.contains("start_time: 1700000000250") && lines.contains("end_time: 1700000002750"))
    #expect(lines.contains("status: 3") && lines.contains("run_name: \"mlp-1\""))
  }

  @Test func `a metric has a line for each value`() {
    #expect(files().text("metrics/m.loss") == "1700000000250 0.5 1\n1700000000250 0.25 2\n")
    #expect(files().text("metrics/test.loss") == "1700000000250 0.1 20\n")
  }

  @Test func `what is no number is written as Python does`() {
    let run = sample(metrics: [history("loss", .nan, .infinity, -.infinity, 1e-7)])
    let values = files(run).text("metrics/m.loss")?.split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(values == ["nan", "inf", "-inf", "1e-07"])
  }

  @Test func `parameters have no quotes`() {
    let run = sample(parameters: [
      .init(name: "words", json: "\"two words\""), .init(name: "n", json: "[1, 2]"),
    ])
    #expect(files(run).text("params/words") == "two words")
    #expect(files(run).text("params/n") == "[1, 2]")
  }

  @Test func `tags tell commit, note and data`() {
    #expect(files().text("tags/mlflow.source.git.commit") == "abc")
    #expect(files().text("tags/mlflow.note.content") == "a note")
    #expect(files().text("tags/runexp.data.d") == "00ff  a.csv")
  }

  @Test func `files of the run are copied, those outside it are not`() {
    func artifact(_ path: String) -> Artifact {
      Artifact(path: path, mediaType: "", bytes: 1, sha256: "", caption: "", cell: nil)
    }
    let run = sample(artifacts: [artifact("figures/a.png"), artifact("../secret")])
    let copied = files(run).compactMap { file -> String? in
      if case .copy(let path) = file.content { path } else { nil }
    }
    #expect(copied == ["figures/a.png"])
  }

  @Test func `names that MLflow refuses are changed`() {
    let run = sample(metrics: [history("f(1):ü", 1)])
    #expect(files(run).text("metrics/m.f_1___") != nil)
  }
}
