public import Diagnostics
public import RunEvents
public import RunLog

/// A run as it is compared: its summary, what it was told, and the data it read.
public struct ComparedRun: Sendable {
  public var summary: RunSummary
  /// The experiment with its parameters filled in.
  public var resolved: String
  public var datasets: [DatasetRecord]

  public init(summary: RunSummary, resolved: String, datasets: [DatasetRecord]) {
    self.summary = summary
    self.resolved = resolved
    self.datasets = datasets
  }
}

extension LogDatabase {
  /// The runs of these names, in this order, as they are compared.
  /// - Throws: E0706 for a name that is not there.
  public func compared(_ names: [String]) throws(Diagnostic) -> [ComparedRun] {
    let summaries = Dictionary(try runs(named: names).map { ($0.name, $0) }) { first, _ in first }
    let texts = try resolvedTexts(of: names)
    var compared: [ComparedRun] = []
    for name in names {
      guard let summary = summaries[name], let resolved = texts[name] else {
        throw .noSuchRun(name, in: path)
      }
      compared.append(ComparedRun(summary: summary, resolved: resolved, datasets: try datasets(of: name)))
    }
    return compared
  }
}
