import Config
import RunEvents
import RunLog

/// What a run was told, for grouping runs and for saying where they differ.
struct Told {
  let run: ComparedRun
  let settings: ExperimentSettings
  /// Parameters but one that is called `seed`.
  let parameters: [RunRecord.Parameter]
  /// The same for runs that differ only in the seed.
  private let key: [String]

  init(_ run: ComparedRun) {
    self.run = run
    settings = ExperimentSettings(resolved: run.resolved)
    parameters = run.summary.parameters.filter { $0.name != "seed" }
    key =
      [run.summary.experiment] + parameters.flatMap { [$0.name, $0.json] }
      + settings.cells.flatMap { [$0.title, $0.settings.json] }
      + run.datasets.flatMap { $0.files.map(\.sha256) }
  }

  /// The places of runs that differ only in the seed; two with one seed are rows of their own.
  static func groups(_ all: [Told]) -> [[Int]] {
    var groups: [[Int]] = []
    var open: [[String]: [Int]] = [:]
    for (place, told) in all.enumerated() {
      let seed = told.run.summary.seed
      let known = open[told.key, default: []].first { group in
        !groups[group].contains { all[$0].run.summary.seed == seed }
      }
      if let known {
        groups[known].append(place)
      } else {
        open[told.key, default: []].append(groups.count)
        groups.append([place])
      }
    }
    return groups
  }

  /// The columns that tell rows apart: parameters, then settings that do not follow from them.
  static func columns(_ rows: [Told], showingAll: Bool) -> [(name: String, values: [String?])] {
    var names: [String] = []
    for row in rows {
      for parameter in row.parameters where !names.contains(parameter.name) { names.append(parameter.name) }
    }
    let all = names.map { name in
      (name: name, values: rows.map { row in row.parameters.first { $0.name == name }?.json })
    }
    let differing = all.filter { column in column.values.contains { $0 != column.values.first } }
    let keys = rows.indices.map { row in differing.map { $0.values[row] } }
    let own = ExperimentSettings.differences(between: rows.map(\.settings)).filter { difference in
      var known: [[String?]: String?] = [:]
      for (key, value) in zip(keys, difference.values) {
        guard let earlier = known.updateValue(value, forKey: key) else { continue }
        if earlier != value { return true }
      }
      return false
    }
    return (showingAll ? all : differing) + own.map { ($0.name, $0.values) }
  }

  /// Settings of cells that say what a metric is and of what.
  private static let definitions: Set<String> = ["loss", "metrics", "loss_weights", "data", "validation"]

  /// Why numbers of this run and of another one are not of the same thing.
  func reasonsNotToCompare(with other: Told) -> [String] {
    let data = run.datasets.filter { own in
      other.run.datasets.first { $0.name == own.name }.map { !own.isSameData(as: $0) } ?? true
    }
    let differences = ExperimentSettings.differences(between: [other.settings, settings])
    let prepared = differences.filter { $0.keyword == "data" && !$0.path.isEmpty }
    let measured = differences.filter { difference in
      ["train", "evaluate"].contains(difference.keyword)
        && Self.definitions.contains(String(difference.path.prefix { $0 != "." }))
    }
    return [
      ("other data", data.map(\.name)), ("data prepared otherwise", prepared.map(\.name)),
      ("measured otherwise", measured.map(\.name)),
    ].filter { !$0.1.isEmpty }.map { "\($0.0): " + $0.1.joined(separator: ", ") }
  }
}

extension DatasetRecord {
  /// Whether the bytes are the same, wherever they lie, and as many samples are in each part.
  fileprivate func isSameData(as other: DatasetRecord) -> Bool {
    files.map(\.sha256) == other.files.map(\.sha256) && parts == other.parts
  }
}
