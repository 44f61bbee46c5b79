import Config
import Diagnostics
import Testing

/// What `null` means behind a key.
@Suite struct NothingTests {
  private struct Settings: Configurable, Equatable {
    var units = 4
    var count = 3
    var flag = true
    var limit: Int? = 9
    var words: [String] = ["a"]
    var later = ConfigNode(.null)

    static let schema = Schema(
      "Settings", "For tests.", prototype: Settings(), Field("units", \.units, "How many.").required,
      Field("count", \.count, "How often."), Field("flag", \.flag, "Whether."),
      Field("limit", \.limit, "At most."),
      Field("words", \.words, "Words."), Field("later", \.later, "Read later."))
  }

  private func read(_ text: String, file: Int32? = 0) throws -> (Settings?, [Diagnostic]) {
    var bag = DiagnosticBag()
    return (Settings.schema.decode(try ConfigNode(json: text, file: file), into: &bag), bag.all)
  }

  @Test(arguments: ["count", "flag", "words"]) func `null is as if the key were left out`(
    key: String
  ) throws {
    #expect(try read("{\"units\": 8, \"\(key)\": null}").0 == read("{\"units\": 8}").0)
  }

  @Test func `null is a value where a setting has it, as Keras's None`() throws {
    #expect(try read("{\"units\": 8, \"limit\": null}").0?.limit == nil)
    #expect(try read("{\"units\": 8}").0?.limit == 9)
  }

  @Test func `null is not what must be given`() throws {
    #expect(try read("{\"units\": null}").1.map(\.code) == ["E0203"])
  }

  @Test func `None in a file of Keras, which has no places, is never what was left out`() throws {
    #expect(try read("{\"units\": 8, \"flag\": null}", file: nil).1.map(\.code) == ["E0201"])
  }
}
