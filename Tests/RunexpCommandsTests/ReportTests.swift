import Foundation
import Testing

/// `runexp report`, `runexp export` of runs, and `run --tensorboard`.
@Suite struct ReportTests {
  private func withRun(_ arguments: String...) throws -> Workplace {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try Running(["digits.exp", "-q"] + arguments, place, [:]).end()
    try #require(outcome.status == 0, "\(outcome.err)")
    return place
  }

  @Test(arguments: ["html", "md"]) func `a report is made again as it was`(format: String) throws {
    let place = try withRun()
    let path = "reports/digits-1/report.\(format)"
    let before = try place.bytes(path)
    try FileManager.default.removeItem(at: place.folder.appending(path: path))
    #expect(try place.runexp("report", "latest", "--format", format).out == "wrote \(path)\n")
    #expect(try place.bytes(path) == before)
  }

  @Test func `a report can be printed`() throws {
    let place = try withRun()
    let outcome = try place.runexp("report", "digits-1", "--format", "md", "-o", "-")
    #expect(outcome.out == (try place.text("reports/digits-1/report.md")))
  }

  @Test func `a notebook has the cells of the experiment with what they show`() throws {
    let place = try withRun()
    #expect(try place.runexp("export", "digits-1", "--to", "ipynb").out == "wrote digits-1.ipynb\n")
    let notebook = try JSONSerialization.jsonObject(with: place.bytes("digits-1.ipynb")) as? [String: Any]
    let cells = try #require(notebook?["cells"] as? [[String: Any]])
    // The head and how it was made stand around the ten cells.
    #expect(cells.count == 12)
    let source = (cells[4]["source"] as? [String])?.joined()
    #expect(source?.hasPrefix("model: m\ninput: [8, 8]\nlayers:\n  - Flatten\n") == true)
    #expect(cells.filter { $0["cell_type"] as? String == "markdown" }.count == 3)
  }

  @Test func `a run that is cut off has no report yet`() throws {
    let place = try withRun()
    try FileManager.default.removeItem(at: place.folder.appending(path: "reports/digits-1/report.json"))
    let outcome = try place.runexp("report", "digits-1")
    #expect(outcome.status == 1 && outcome.err.contains("E0637"))
  }

  @Test func `an unknown run is told`() throws {
    let place = try withRun()
    let outcome = try place.runexp("report", "digit-1")
    #expect(outcome.status == 1 && outcome.err.contains("did you mean 'digits-1'?"))
  }

  @Test func `event files can be written at the end of a run or later, the same`() throws {
    let place = try withRun("--tensorboard")
    #expect(try place.runexp("export", "digits-1", "--to", "tensorboard").status == 0)
    let files = try place.files("tensorboard/digits-1").filter { $0.contains("events") }
    #expect(files.count == 3)
    for file in files {
      #expect(
        try place.bytes("tensorboard/digits-1/\(file)") == place.bytes("reports/digits-1/tensorboard/\(file)")
      )
    }
  }

  @Test func `a second run joins the same MLflow experiment`() throws {
    let place = try withRun()
    try place.runexp("digits.exp", "-q")
    for run in ["digits-1", "digits-2"] {
      #expect(try place.runexp("export", run, "--to", "mlflow").status == 0)
    }
    let files = try place.files("mlruns")
    #expect(files.filter { $0.hasSuffix("meta.yaml") }.count == 3)
    #expect(files.filter { $0.hasSuffix("artifacts/m.h5") }.count == 2)
  }

  @Test func `what was exported stays, unless it is forced`() throws {
    let place = try withRun()
    for format in ["mlflow", "tensorboard", "ipynb"] {
      #expect(try place.runexp("export", "digits-1", "--to", format).status == 0)
      let again = try place.runexp("export", "digits-1", "--to", format)
      #expect(again.status == 1 && again.err.contains("E0632"), "\(format)")
      #expect(try place.runexp("export", "digits-1", "--to", format, "--force").status == 0)
    }
  }

  @Test func `logged values of several runs are one table`() throws {
    let place = try withRun()
    try place.runexp("digits.exp", "-q", "--seed", "8")
    let outcome = try place.runexp("export", "digits-1", "digits-2", "--to", "csv")
    let lines = outcome.out.split(separator: "\n")
    #expect(lines.first == "run,series,metric,epoch,step,value")
    #expect(lines.count == 1 + 2 * 10)
    #expect(try place.runexp("export", "digits-1", "--to", "jsonl").out.split(separator: "\n").count == 10)
  }

  @Test func `a model file is no run`() throws {
    let place = try withRun()
    let outcome = try place.runexp("export", "reports/digits-1/m.h5", "--to", "csv")
    #expect(outcome.status == 1 && outcome.err.contains("E0638"))
  }

  @Test func `the model of a run is exported as a Python module`() throws {
    let place = try withRun()
    #expect(try place.runexp("export", "latest", "--to", "keras-python").out == "wrote m.py for Keras 3: m\n")
  }
}
