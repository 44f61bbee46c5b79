import ArgumentParser
import Foundation

/// `runexp manual`: the manual page, for `make install`; not shown in the help.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "The manual page, for man.", shouldDisplay: false)

  func run() throws { printFile(ManualPage(try .ofProgram()).text) }
}

/// The manual page of the program, in the macros of man: what `--help` says of every command, on one page.
struct ManualPage {
  let text: String

  init(_ tree: CommandTree) {
    var page = Roff()
    page.line(".TH RUNEXP 1 \"\" \"runexp \(Runexp.version)\" \"User Commands\"")
    page.section("NAME")
    page.prose("runexp - " + Self.phrase(tree.abstract ?? ""))
    page.section("SYNOPSIS")
    for line in ["runexp FILE.exp ...", "runexp COMMAND [OPTIONS]"] {
      page.prose(line)
      page.line(".br")
    }
    page.section("DESCRIPTION")
    page.paragraphs(tree.discussion ?? "")
    page.section("COMMANDS")
    for command in tree.shown where command.commandName != "help" { page.command(command) }
    page.section("OPTIONS OF EVERY COMMAND")
    page.item("--version", "Show the version.")
    page.item("-h, --help", "Show what a command does, and its options.")
    page.section("ENVIRONMENT")
    for variable in Self.environment { page.item(variable.name, variable.meaning) }
    page.section("SEE ALSO")
    page.prose("runexp describe, for layers, losses, metrics and all else that a file can name;")
    page.prose("runexp explain, for what the code of a message means.")
    text = page.text
  }

  static let environment = [
    (name: "RUNEXP_REPORTS", meaning: "Folder of the runs, where --reports does not say another."),
    (name: "RUNEXP_DATA", meaning: "Folder with data sets that are looked for by their names."),
    (name: "RUNEXP_THREADS", meaning: "Threads to compute with, where --threads does not say."),
    (name: "RUNEXP_MEMORY", meaning: "How much memory models and trainings may take."),
    (name: "RUNEXP_ISA", meaning: "The instruction set of the kernels; numbers do not depend on it."),
    (name: "RUNEXP_SHARE", meaning: "Folder of what comes with the program, where it is not beside it."),
    (name: "NO_COLOR", meaning: "No colours, if it is set."),
  ]

  /// A sentence as a phrase after a dash.
  private static func phrase(_ sentence: String) -> String {
    (sentence.prefix(1).lowercased() + sentence.dropFirst()).trimmingCharacters(in: ["."])
  }
}

/// Text in the macros of man.
private struct Roff {
  private(set) var text = ""

  mutating func line(_ line: String) { text += line + "\n" }

  mutating func section(_ title: String) { line(".SH \"\(title)\"") }

  mutating func prose(_ words: String) { line(Self.escaped(words)) }

  mutating func item(_ title: String, _ words: String) {
    line(".TP")
    line("\\fB\(Self.escaped(title))\\fR")
    prose(words)
  }

  /// Lines that are indented or in columns stay as they are.
  mutating func paragraphs(_ words: String) {
    for paragraph in words.split(separator: "\n\n") {
      let isTable = paragraph.contains("\n")
      line(".PP")
      if isTable { line(".nf") }
      for row in paragraph.split(separator: "\n") { prose(String(row)) }
      if isTable { line(".fi") }
    }
  }

  mutating func command(_ command: CommandTree) {
    let places = command.shownArguments.filter { $0.kind == .positional }
    let words = places.map { " <\($0.valueName ?? "value")>\($0.isRepeating ? " ..." : "")" }.joined()
    line(".SS \"\(Self.escaped("runexp \(command.commandName)\(words)"))\"")
    prose(command.abstract ?? "")
    paragraphs(command.discussion ?? "")
    for place in places where place.abstract != nil {
      item("<\(place.valueName ?? "value")>", place.abstract ?? "")
    }
    for option in command.shownArguments where option.kind != .positional {
      guard !option.spellings.contains("--help"), !option.spellings.contains("--version") else { continue }
      let value = option.kind == .option ? " <\(option.valueName ?? "value")>" : ""
      item(option.spellings.joined(separator: ", ") + value, Self.explanation(option))
    }
  }

  private static func explanation(_ option: CommandTree.Argument) -> String {
    let choices = option.choices.isEmpty ? "" : " One of \(option.choices.joined(separator: ", "))."
    let fallback = option.defaultValue.map { " \($0) if left out." } ?? ""
    return (option.abstract ?? "") + choices + fallback
  }

  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    // A line that begins with one of these would be a request.
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
