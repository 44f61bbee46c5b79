import Config
import Testing

@Suite struct SuggestionTests {
  private let known = ["units", "activation", "use_bias", "learning_rate", "batch_size"]

  @Test(arguments: [
    ("unit", "units"), ("Units", "units"), ("usebias", "use_bias"), ("activaton", "activation"),
    ("lr", "learning_rate"),
    ("bs", "batch_size"), ("learnign_rate", "learning_rate"),
  ])
  func `a slip finds what was meant`(word: String, meant: String) {
    #expect(nearest(to: word, in: known) == meant)
  }

  @Test(arguments: ["filters", "x", "", "rate_of_learning"])
  func `another word finds nothing`(word: String) {
    #expect(nearest(to: word, in: known) == nil)
  }
}
