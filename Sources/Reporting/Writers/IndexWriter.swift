internal import Plotting

/// All runs at a glance.
public struct IndexPage: Sendable, Equatable {
  /// What a row says in one column.
  public enum Value: Sendable, Equatable {
    case text(String), number(Double), missing
  }

  /// One run.
  public struct Row: Sendable, Equatable {
    public var run: String
    /// Relative to the index: `mlp-1/report.html`.
    public var link: String
    public var status: ReportStatus
    /// The status in words, with how much the run did where that is not everything: `finished, quick`.
    public var told: String
    /// As it is to be read, and such that it sorts as text: `2026-03-01 14:02`.
    public var started: String
    public var seconds: Double?
    /// A value for each of the index's own columns.
    public var values: [Value]

    public init(
      run: String, link: String, status: ReportStatus, told: String? = nil, started: String,
      seconds: Double? = nil,
      values: [Value] = []
    ) {
      self.run = run
      self.link = link
      self.status = status
      self.told = told ?? status.rawValue
      self.started = started
      self.seconds = seconds
      self.values = values
    }
  }

  public var title: String
  /// The columns after run, status, start and duration: parameters and metrics.
  public var columns: [String]
  public var rows: [Row]

  public init(title: String = "Runs", columns: [String] = [], rows: [Row]) {
    self.title = title
    self.columns = columns
    self.rows = rows
  }
}

/// Writes `index.html`: a table of all runs with links to their reports, sorted by a click where scripts run.
public struct IndexWriter: Sendable {
  public init() {}

  public func render(_ index: IndexPage) -> String {
    let fixed: [(String, HTML)] = [
      ("run", ""), ("status", ""), ("started", ""), ("duration", " class=\"right\""),
    ]
    let columns = index.columns.indices.map { column in
      Column(index.rows.map { $0.values.indices.contains(column) ? $0.values[column] : .missing })
    }
    let own = zip(index.columns, columns).map { ($0, $1.style) }
    let header = (fixed + own).map { "<th data-column scope=\"col\"\($1)>\($0)</th>" as HTML }
    let count = index.rows.count == 1 ? "1 run" : "\(NumberText.grouped(index.rows.count)) runs"
    let body: HTML = """
      <header class="masthead">
      <p class="run">\(count)</p>
      <h1>\(index.title)</h1>
      </header>
      <div class="scroll"><table>
      <thead>
      <tr>\(header)</tr>
      </thead>
      <tbody>
      \(index.rows.enumerated().map { place, item in row(item, columns.map { $0.cells[place] }) })</tbody>
      </table></div>

      """
    return HTMLPage.html(title: index.title, body: body, bodyClass: "index", script: SortingScript.script)
  }

  private func row(_ row: IndexPage.Row, _ values: [HTML]) -> HTML {
    let key = row.seconds.map { "\($0)" } ?? ""
    return """
      <tr><td><a href="./\(row.link)">\(row.run)</a></td>\
      <td class="\(row.status.rawValue)">\(row.told)</td>\
      <td>\(row.started)</td>\
      <td class="right" data-key="\(key)">\(row.seconds.map(DurationText.text) ?? "")</td>\
      \(values)</tr>

      """
  }

  /// The cells of one of the index's own columns: numbers on the right, with as many decimals each.
  private struct Column {
    let style: HTML
    let cells: [HTML]

    init(_ values: [IndexPage.Value]) {
      let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
      let isNumeric = !numbers.isEmpty && values.allSatisfy { if case .text = $0 { false } else { true } }
      let style: HTML = isNumeric ? " class=\"right\"" : ""
      let decimals = Self.sharedDecimals(numbers.filter(\.isFinite))
      self.style = style
      cells = values.map { value in
        switch value {
        case .text(let text): return "<td\(style)>\(text)</td>"
        case .missing: return "<td\(style)></td>"
        case .number(let number):
          let text = decimals.map { NumberText.fixed(number, decimals: $0) } ?? NumberText.significant(number)
          return "<td\(style) data-key=\"\("\(number)")\">\(text)</td>"
        }
      }
    }

    /// The most decimals that one of the numbers needs; nil where they differ too much to share them.
    private static func sharedDecimals(_ numbers: [Double]) -> Int? {
      guard numbers.allSatisfy({ $0 == 0 || (0.001..<1000).contains($0.magnitude) }) else { return nil }
      return numbers.map { number in
        let text = NumberText.significant(number)
        return text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
      }.max()
    }
  }
}
