/// A line that is being typed, up to the cursor, as the words a shell makes of it.
struct CommandLineText {
  /// Whole words, the program's name first.
  private(set) var words: [String] = []
  /// The word at the cursor, without its quotes: empty after a space.
  private(set) var last = ""

  init(_ text: String) {
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        isEscaped = false
        last.append(character)
      } else if character == "\\" && quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { last.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character.isWhitespace {
        finishWord()
      } else {
        last.append(character)
      }
    }
  }

  private mutating func finishWord() {
    guard !last.isEmpty else { return }
    words.append(last)
    last = ""
  }
}
