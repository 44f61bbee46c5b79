import Config
import Diagnostics
import ExpLanguage
import RunEvents

/// What a resolved experiment says, cell by cell, as values: what two texts differ in beside their layout.
struct ExperimentSettings: Sendable {
  /// A cell: its keyword, its name, and its settings.
  struct Cell: Sendable {
    var keyword: String
    var name: String
    var settings: ConfigNode

    /// `train mlp`.
    var title: String { name.isEmpty ? keyword : "\(keyword) \(name)" }
  }

  /// Prose and pictures change no number.
  private static let silent: Set<String> = ["text", "plot", "show"]

  private(set) var cells: [Cell] = []

  /// Reads the text that a run logged; of one that is no experiment any more nothing is read.
  init(resolved text: String) {
    var sources = SourceFiles()
    var bag = DiagnosticBag()
    guard let root = readYAML(sources.add(path: RunFile.resolved, text: text), in: sources, into: &bag) else {
      return
    }
    for cell in root["cells"]?.list ?? [] {
      guard let entries = cell.entries, let first = entries.first, !Self.silent.contains(first.key) else {
        continue
      }
      let name = first.value.string ?? ""
      let body = entries.dropFirst().map { ConfigNode.Entry($0.key, $0.value) }
      // What stands behind the keyword is a name, or all there is: the lines of a check.
      let all = first.value.string == nil ? [ConfigNode.Entry(first.key, first.value)] + body : Array(body)
      cells.append(Cell(keyword: first.key, name: name, settings: ConfigNode(.map(all))))
    }
  }

  /// The cells by title; of several with one title later ones are numbered.
  private var titled: [(title: String, settings: ConfigNode)] {
    var counts: [String: Int] = [:]
    return cells.map { cell in
      counts[cell.title, default: 0] += 1
      let count = counts[cell.title, default: 1]
      return (count == 1 ? cell.title : "\(cell.title) (\(count))", cell.settings)
    }
  }

  /// A setting that is not the same in several experiments.
  struct Difference: Sendable, Equatable {
    /// The cell: `train mlp`.
    var cell: String
    /// The path below it: `optimizer.SGD.learning_rate`; empty for a whole cell.
    var path: String
    /// A value for each experiment as JSON; `nil` where it has none.
    var values: [String?]

    var name: String { path.isEmpty ? cell : "\(cell).\(path)" }
    var keyword: String { String(cell.prefix { $0 != " " }) }
  }

  /// The settings in which some experiments differ, in the order of the first that has them.
  static func differences(between all: [ExperimentSettings]) -> [Difference] {
    let titled = all.map(\.titled)
    var titles: [String] = []
    for cells in titled { for cell in cells where !titles.contains(cell.title) { titles.append(cell.title) } }
    var found: [Difference] = []
    for title in titles {
      let nodes = titled.map { cells in cells.first { $0.title == title }?.settings }
      compare(nodes, title, "", into: &found)
    }
    return found
  }

  private static func compare(
    _ nodes: [ConfigNode?], _ cell: String, _ path: String, into found: inout [Difference]
  ) {
    let texts = nodes.map { $0?.json }
    guard texts.contains(where: { $0 != texts[0] }) else { return }
    func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    let present = nodes.compactMap { $0 }
    if present.count == nodes.count, present.allSatisfy({ $0.entries != nil }) {
      var keys: [String] = []
      for node in present {
        for entry in node.entries ?? [] where !keys.contains(entry.key) { keys.append(entry.key) }
      }
      for key in keys { compare(nodes.map { $0?[key] }, cell, below(key), into: &found) }
    } else if present.count == nodes.count, let count = present[0].list?.count,
      present.allSatisfy({ $0.list?.count == count })
    {
      for i in 0..<count { compare(nodes.map { $0?.list?[i] }, cell, below("\(i + 1)"), into: &found) }
    } else {
      found.append(
        Difference(
          cell: cell, path: path, values: path.isEmpty ? nodes.map { $0.map { _ in "present" } } : texts))
    }
  }
}
