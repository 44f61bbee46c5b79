import Foundation
import Testing

/// Models looked at from the command line.
@Suite struct ModelViewTests {
  private func withRun() throws -> Workplace {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    #expect(try place.runexp("digits.exp", "-q").status == 0)
    return place
  }

  private func isPNG(_ data: Data) -> Bool { data.starts(with: [0x89, 0x50, 0x4E, 0x47]) }

  @Test func `a run's model is shown and drawn`() throws {
    let place = try withRun()
    let outcome = try place.runexp("show", "digits-1", "--graph", "m.png")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out.hasPrefix("m (Sequential, Keras 3."))
    #expect(outcome.out.contains("dense (Dense)      (None, 24)         1,560"))
    #expect(
      outcome.out.contains("Total parameters: 1,810 (7.07 KB), trainable: 1,810, optimizer: 3,622"))
    #expect(try isPNG(place.bytes("m.png")))
  }

  @Test func `a model file is drawn the same twice, and given as JSON`() throws {
    let place = try withRun()
    for file in ["a.png", "b.png"] {
      #expect(try place.runexp("show", "reports/digits-1/m.h5", "--graph", file).status == 0)
    }
    #expect(try place.bytes("a.png") == place.bytes("b.png"))
    let json = try place.runexp("show", "reports/digits-1/m.h5", "--json").json as? [String: Any]
    #expect(json?["parameters"] as? Int == 1810)
    #expect((json?["layers"] as? [[String: Any]])?.count == 4)
  }

  @Test func `a drawing is of the format that its name says`() throws {
    let place = try withRun()
    for (file, start) in [("m.svg", "<?xml"), ("m.PDF", "%PDF-")] {
      #expect(try place.runexp("show", "digits-1", "--graph", file).status == 0)
      #expect(try place.bytes(file).starts(with: Data(start.utf8)))
    }
  }

  @Test func `a model that is not there, or a drawing of no known format, is said`() throws {
    let place = try withRun()
    #expect(try place.runexp("show", "digits-1", "--graph", "m.jpg").err.contains("error[E0226]"))
    #expect(try place.runexp("show", "digits-1", "--model", "n").err.contains("error[E0225]"))
    #expect(try place.files().allSatisfy { $0 != "m.jpg" })
  }

  @Test(arguments: [
    "quirk_unknown.keras", "quirk_unknown.h5", "quirk_activation.keras", "quirk_activation.h5",
  ])
  func `a file that no model can be made of is listed, with a warning that says why`(file: String) throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("KerasFilesTests/Fixtures")
    let outcome = try Workplace().runexp("show", fixtures.appendingPathComponent(file).path)
    #expect(outcome.status == 0)
    #expect(outcome.err.hasPrefix("warning[E06"), "\(outcome.err)")
    #expect(
      outcome.out.contains("Layer (type)") && outcome.out.contains("Total parameters:"), "\(outcome.out)")
  }

  @Test func `a report shows table and drawing`() throws {
    let place = try Workplace()
    let text = digits().replacingOccurrences(
      of: "  - train: m\n",
      with: "  - show: m\n  - plot: model_graph\n    of: m\n    title: The net\n  - train: m\n")
    try place.write(text, to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "--until", "plot")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try isPNG(place.bytes("reports/digits-1/figures/model_graph-m.png")))
    #expect(try place.text("reports/digits-1/report.md").contains("figures/model-m.png"))
  }

  @Test func `other figures have nothing to expand`() throws {
    let place = try Workplace()
    let text = digits().replacingOccurrences(
      of: "  - plot: learning_curves\n", with: "  - plot: learning_curves\n    expand_nested: true\n")
    try place.write(text, to: "digits.exp")
    #expect(try place.runexp("check", "digits.exp").err.contains("error[E0233]"))
  }
}
