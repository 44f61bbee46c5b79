import Config
import Descriptions
import Diagnostics
import ExpLanguage
import Experiments
import Plots
import Running
import Foundation
import RunLog
import RunService

/// What can stand at the cursor of a line that is being typed.
///
/// Names of runs are those of their folders and parameters those a file names: no log is opened and nothing is checked,
/// so that an answer comes at once, and from broken folders and half-written files, too.
struct Completion {
  struct Candidate: Equatable {
    var text: String
    var note = ""
  }

  private let tree: CommandTree
  private let command: CommandTree
  private let last: String
  /// The words of the command before the cursor that are not options.
  private var positionals: [String] = []
  private var reports: String?
  /// The option whose value is at the cursor.
  private var open: CommandTree.Argument?
  private var isBare: Bool
  /// Whether `--` came: what follows are no options.
  private var isPlain = false

  init(_ line: CommandLineText, _ tree: CommandTree) {
    var words = line.words.dropFirst()
    let named = words.first.flatMap(tree.command)
    if named != nil { words.removeFirst() }
    self.tree = tree
    command = named ?? tree.command("run") ?? tree
    last = line.last
    isBare = named == nil && words.isEmpty
    read(Array(words))
  }

  private mutating func read(_ words: [String]) {
    for word in words {
      if let option = open {
        open = nil
        if option.spellings.contains("--reports") { reports = word }
      } else if word == "--" && !isPlain {
        isPlain = true
      } else if word.hasPrefix("-") && !isPlain {
        open = option(word)
      } else {
        positionals.append(word)
      }
    }
  }

  private func option(_ spelling: String) -> CommandTree.Argument? {
    command.shownArguments.first { $0.kind == .option && $0.spellings.contains(spelling) }
  }

  /// In the order in which they are of use.
  var candidates: [Candidate] {
    if let open { return values(of: open, beginning: last) }
    if !isPlain, last.hasPrefix("--"), let sign = last.firstIndex(of: "=") {
      let spelling = String(last[..<sign])
      guard let option = option(spelling) else { return [] }
      return values(of: option, beginning: String(last[last.index(after: sign)...])).map {
        Candidate(text: "\(spelling)=\($0.text)", note: $0.note)
      }
    }
    if !isPlain, last.hasPrefix("-") { return options }
    let places = command.shownArguments.filter { $0.kind == .positional }
    let place = places.dropFirst(positionals.count).first ?? places.last(where: \.isRepeating)
    let offered = place.map { values(of: $0, beginning: last) } ?? []
    return isBare ? commands + offered : offered
  }

  private var commands: [Candidate] {
    matching(tree.shown.map { Candidate(text: $0.commandName, note: $0.abstract ?? "") }, last)
  }

  private var options: [Candidate] {
    let all = command.shownArguments.filter { $0.kind != .positional }
    return matching(
      all.flatMap { option in option.spellings.map { Candidate(text: $0, note: option.abstract ?? "") } },
      last)
  }

  private func values(of argument: CommandTree.Argument, beginning: String) -> [Candidate] {
    guard argument.choices.isEmpty else {
      return matching(argument.choices.map { Candidate(text: $0) }, beginning)
    }
    let files = FileNames(beginning)
    switch argument.valueName ?? "" {
    case "key=value": return matching(parameters, beginning)
    case "when": return matching(["auto", "always", "never"].map { Candidate(text: $0) }, beginning)
    case "dir", "folder": return files.candidates(ending: [])
    case "code": return matching(Places.codes.map { Candidate(text: $0) }, beginning.uppercased())
    case "experiment": return matching(experiments, beginning)
    case "run": return runs(beginning) + (argument.kind == .positional ? files.candidates(ending: []) : [])
    case "what": return runs(beginning) + files.candidates(ending: [".exp", ".h5", ".keras", ".zip"])
    case "model": return runs(beginning) + files.candidates(ending: [".h5", ".keras"])
    case "in", "out": return files.candidates(ending: [".h5", ".keras"])
    case "data": return files.candidates(ending: [".csv"])
    case "file" where argument.kind == .positional: return files.candidates(ending: [".exp"])
    case "file", "file.zip", "file.html", "path": return files.candidates(ending: nil)
    case "name" where argument.kind == .positional: return matching(names, beginning)
    default: return []
    }
  }

  private func matching(_ all: [Candidate], _ beginning: String) -> [Candidate] {
    all.filter { $0.text.hasPrefix(beginning) }
  }

  /// What `describe` knows.
  private var names: [Candidate] {
    Catalogue.families.flatMap(\.members).map { Candidate(text: $0.name, note: $0.summary) }
  }

  /// The folders of runs: which of them hold a log is asked of those that are offered.
  private func runs(_ beginning: String) -> [Candidate] {
    let folder = Places.reports(reports)
    let named = runFolders.filter { $0.hasPrefix(beginning) && isRun("\(folder)/\($0)") }
    return (named.isEmpty ? [] : matching([Candidate(text: "latest")], beginning))
      + named.map { Candidate(text: $0) }
  }

  private func isRun(_ folder: String) -> Bool { access(RunFolder.log(in: folder), F_OK) == 0 }

  private var runFolders: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: Places.reports(reports))) ?? []
    return all.filter { !$0.hasPrefix(".") }.sorted { $0.precedes($1) }
  }

  /// The names of runs without their numbers.
  private var experiments: [Candidate] {
    let names = runFolders.compactMap { name in
      name.lastIndex(of: "-").map { String(name[..<$0]) }
    }
    return Set(names).sorted().map { Candidate(text: $0) }
  }

  /// The parameters of the file on the line, with what they are in it.
  private var parameters: [Candidate] {
    guard let path = positionals.last(where: { $0.hasSuffix(".exp") }), let bytes = smallFile(path) else {
      return []
    }
    var sources = SourceFiles()
    var bag = DiagnosticBag()
    guard let file = try? sources.add(path: path, bytes: bytes) else { return [] }
    let syntax = ExperimentSyntax(
      reading: file, in: sources, cellKeywords: CellRegistry.keywords, into: &bag)
    return (syntax?.params?.entries ?? []).map { Candidate(text: "\($0.key)=", note: $0.value.sketch) }
  }

  /// The bytes of a file that may be an experiment: no pipe, which would wait, and nothing long.
  private func smallFile(_ path: String) -> [UInt8]? {
    var status = stat()
    guard stat(FileNames.expanded(path), &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size < 1 << 20
    else { return nil }
    return FileManager.default.contents(atPath: FileNames.expanded(path)).map(Array.init)
  }
}

extension String {
  /// Whether this name stands before another one, numbers by their size: `mlp-2` before `mlp-10`.
  fileprivate func precedes(_ other: String) -> Bool {
    func key(_ name: String) -> (name: Substring, number: Int) {
      guard let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]) else {
        return (name[...], 0)
      }
      return (name[..<dash], number)
    }
    return key(self) < key(other)
  }
}
