import ArgumentParser
import Config
import Diagnostics
import RunEvents
import RunLog
import RunService

/// `runexp tag`: gives runs a tag, for lists and filters.
struct Tag: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Give runs a tag, or take it away.")

  @Argument(help: ArgumentHelp("The tag; '' takes it away.", valueName: "tag"))
  var tag: String
  @OptionGroup var annotation: Annotation

  func run() throws {
    try annotation.write(tag: .some(tag.isEmpty ? nil : tag), note: nil)
  }
}

/// `runexp note`: writes a note to runs.
struct Note: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Write a note to runs, or take it away.")

  @Argument(help: ArgumentHelp("The note; '' takes it away.", valueName: "text"))
  var note: String
  @OptionGroup var annotation: Annotation

  func run() throws {
    try annotation.write(tag: nil, note: .some(note.isEmpty ? nil : note))
  }
}

/// What both do: the run's own log is changed, and the index follows.
struct Annotation: ParsableArguments {
  @Argument(help: ArgumentHelp("Runs: mlp-1, latest, 'best(mlp, val_accuracy)'.", valueName: "run"))
  var runs: [String]
  @OptionGroup var common: CommonOptions
  @Flag(help: "The runs as JSON, for programs.")
  var json = false

  func write(tag: String??, note: String??) throws {
    do {
      let named = try NamedRuns(common.reports)
      // All names are known to be right before anything is written.
      let names = try named.runs(runs)
      for name in names {
        try RunStore.annotate(name, at: RunFolder.log(in: named.folder(name)), tag: tag, note: note)
        try named.index?.update(with: named.folder(name))
      }
      if json {
        let all = try named.index?.log.runs(named: names, sortedBy: .name) ?? []
        let list = all.map {
          ["run": $0.name.config, "tag": $0.tag.config, "note": $0.note.config] as ConfigNode
        }
        print(ConfigNode(.list(list)).prettyJSON)
      }
    } catch {
      common.terminal.report(error)
      throw Status.failed
    }
  }
}
