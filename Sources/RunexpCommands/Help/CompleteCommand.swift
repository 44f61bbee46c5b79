import ArgumentParser

/// `runexp complete`: what the completion scripts of the shells ask; not shown in the help.
struct CompleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete", abstract: "What can stand at the end of a line, for shells.",
    shouldDisplay: false)

  @Argument(help: "The line up to the cursor.")
  var line: String

  /// Each candidate is a line: the word, and what it is after a tab.
  func run() throws {
    let candidates = Completion(CommandLineText(line), try .ofProgram()).candidates
    let lines = candidates.map { "\($0.text)\t\($0.note)" }.filter { line in
      // A name with a line break in it would be two words.
      !line.unicodeScalars.contains { $0.value < 32 && $0 != "\t" }
    }
    printFile(lines.map { $0 + "\n" }.joined())
  }
}
