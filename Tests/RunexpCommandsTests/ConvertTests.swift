import Foundation
import Testing

@Suite struct ConvertTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let fixture = Workplace.repository.appending(path: "Tests/KerasFilesTests/Fixtures/keras3.h5")
    try place.write(try Data(contentsOf: fixture), to: "model.h5")
  }

  @Test func `a model file is written in another container`() throws {
    let outcome = try place.runexp("convert", "model.h5", "model.keras")
    #expect(outcome.status == 0)
    #expect(outcome.out == "wrote model.keras for keras3: sequential, 42 parameters, SGD after 4 steps\n")
    #expect(try place.bytes("model.keras").prefix(2) == Data("PK".utf8))
  }

  @Test func `a summary is JSON on request`() throws {
    let outcome = try place.runexp("convert", "model.h5", "old.h5", "--format", "keras2", "--json")
    let summary = try #require(outcome.json as? [String: Any])
    #expect(summary["format"] as? String == "keras2" && summary["parameters"] as? Int == 42)
    #expect(summary["optimizer"] as? String == "SGD" && summary["iterations"] as? Int == 4)
  }

  @Test func `a file that is there stays, unless it is forced`() throws {
    try place.write("mine", to: "model.keras")
    let refused = try place.runexp("convert", "model.h5", "model.keras")
    #expect(refused.status == 1 && refused.err.contains("E0632"))
    #expect(try place.text("model.keras") == "mine")
    let forced = try place.runexp("convert", "model.h5", "model.keras", "--force")
    #expect(forced.status == 0)
    #expect(try place.bytes("model.keras").count > 1000)
  }

  @Test func `converting there and back gives the same file`() throws {
    try place.runexp("convert", "model.h5", "a.h5")
    try place.runexp("convert", "a.h5", "b.keras")
    try place.runexp("convert", "b.keras", "c.h5", "--format", "keras2")
    try place.runexp("convert", "c.h5", "d.h5", "--format", "keras3")
    #expect(try place.bytes("d.h5") == place.bytes("a.h5"))
  }

  @Test func `a format that there is not is wrong usage`() throws {
    #expect(try place.runexp("convert", "model.h5", "x.h5", "--format", "keras9").status == 64)
  }
}
