import RunEvents

extension RunOrder {
  /// Sorts; runs that are equal in this order stay in the order they were logged.
  public func sort(_ runs: [RunSummary]) -> [RunSummary] {
    switch self {
    case .started: sorted(runs) { Key(number: -$0.startedAt) }
    case .name: sorted(runs) { Key($0.name) }
    case .seconds: sorted(runs) { Key(number: $0.seconds) }
    case .best(let metric, let series): sorted(runs) { Key($0.metric(metric, series: series), \.best) }
    case .last(let metric, let series): sorted(runs) { Key($0.metric(metric, series: series), \.last) }
    case .parameter(let name):
      sorted(runs) { run in
        let json = run.parameters.first { $0.name == name }?.json
        return Key(number: json.flatMap { Double($0) }, text: json)
      }
    }
  }

  private func sorted(_ runs: [RunSummary], by key: (RunSummary) -> Key) -> [RunSummary] {
    runs.enumerated().map { (key($0.element), $0.offset, $0.element) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}

/// What a run is sorted by: texts before numbers within a name, numbers before texts between parameters, nothing last.
private struct Key: Comparable {
  private var rank: Int
  private var text: String
  private var number: Double

  init(number: Double?, text: String? = nil) {
    let isNumber = number.map { !$0.isNaN } ?? false
    self.number = isNumber ? number ?? 0 : 0
    self.text = isNumber ? "" : text ?? ""
    rank = isNumber ? 0 : text == nil ? 2 : 1
  }

  init(_ metric: MetricSummary?, _ part: KeyPath<MetricSummary, MetricSummary.Value>) {
    let value = metric?[keyPath: part].value
    self.init(number: metric?.goal == .larger ? value.map { -$0 } : value)
  }

  /// `mlp-10` as `mlp` and 10.
  init(_ name: String) {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    let number = parts.last.flatMap { Double($0) }
    rank = 0
    text = number == nil ? name : parts.dropLast().joined(separator: "-")
    self.number = number ?? 0
  }

  static func < (first: Key, second: Key) -> Bool {
    if first.rank != second.rank { return first.rank < second.rank }
    return first.text == second.text ? first.number < second.number : first.text < second.text
  }
}
