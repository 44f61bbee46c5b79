import ArgumentParser
import Foundation

/// The commands of this program with their arguments, as the argument parser describes them.
///
/// What completes a line and what fills the manual page is read from here, so that neither can say anything else than
/// `--help`.
struct CommandTree: Decodable {
  var commandName: String
  var abstract: String?
  var discussion: String?
  var shouldDisplay: Bool
  private var subcommands: [CommandTree]?
  private var arguments: [Argument]?

  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }

    struct Name: Decodable {
      var kind: String
      var name: String
      var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    var kind: Kind
    var abstract: String?
    var valueName: String?
    var defaultValue: String?
    var shouldDisplay: Bool
    var isRepeating: Bool
    private var names: [Name]?
    private var allValues: [String]?

    /// How an option or a flag is written, short ones first.
    var spellings: [String] {
      let all = Set((names ?? []).map(\.text))
      return all.sorted { ($0.count, $0) < ($1.count, $1) }
    }

    /// The words that may stand for the value, where there are only so many.
    var choices: [String] { allValues ?? [] }
  }

  /// Commands that people call, in the order of the help.
  var shown: [CommandTree] { (subcommands ?? []).filter(\.shouldDisplay) }

  var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

  func command(_ name: String) -> CommandTree? { shown.first { $0.commandName == name } }

  /// - Throws: what cannot be: that the argument parser's own description is not one.
  static func ofProgram() throws -> CommandTree {
    struct Whole: Decodable { var command: CommandTree }
    return try JSONDecoder().decode(Whole.self, from: Data(Runexp._dumpHelp().utf8)).command
  }
}
