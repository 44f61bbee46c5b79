/// How often values fall where: one panel for each quantity, several series over each other.
public struct Histogram: Figure {
  /// One quantity.
  public struct Panel: Sendable {
    public var name: String
    public var series: [(name: String, values: [Double])]
    /// A few words on the right above the frame; nil for number, mean and deviation of a single series.
    public var remark: String?
    public init(_ name: String, _ series: [(name: String, values: [Double])], remark: String? = nil) {
      self.name = name
      self.series = series
      self.remark = remark
    }
  }

  public var title: String
  public var subtitle = ""
  public var panels: [Panel]
  /// Bars in a panel; nil for as many as the values are worth.
  public var bins: Int?
  /// The size to draw it in; nil for one that follows from the panels.
  public var wanted: Size?

  public init(title: String, panels: [Panel], bins: Int? = nil) {
    self.title = title
    self.panels = panels
    self.bins = bins
  }

  private var columns: Int { Chart.columns(for: panels.count) }

  public var size: Size {
    if let wanted { return wanted }
    guard panels.count > 1 else { return Size(width: 640, height: 380) }
    let rows = Double((panels.count + columns - 1) / columns)
    return Size(
      width: columns > 2 ? 880 : 720, height: headingHeight(subtitle: !subtitle.isEmpty) + 24 + rows * 190)
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) { chart.draw(on: &canvas) }

  private var names: [String] {
    var names: [String] = []
    for name in panels.flatMap(\.series).map(\.name) where !names.contains(name) { names.append(name) }
    return names
  }

  private func color(_ name: String) -> Color { Palette.category(names.firstIndex(of: name) ?? 0) }

  private var chart: Chart {
    let key =
      names.count > 1 ? names.map { Legend.Entry(name: $0, sample: .block(color($0).faded(0.75))) } : []
    return Chart(
      title: title, subtitle: subtitle, panels: panels.map(panel), columns: columns,
      key: Legend(entries: key),
      size: size)
  }

  private func panel(_ panel: Panel) -> Chart.Panel {
    let bins = Bins(panel.series.map(\.values), count: self.bins)
    let counts = panel.series.map { bins.counts(of: $0.values) }
    let highest = counts.joined().max() ?? 0
    var marks: [Chart.Mark] = []
    for (series, counts) in zip(panel.series, counts) {
      let bars = counts.enumerated().map { index, count in
        (from: bins.edge(index), to: bins.edge(index + 1), height: Double(count))
      }
      // Where they are several the outline says which is which.
      let isOne = panel.series.count == 1
      marks.append(.bars(bars, color(series.name).faded(isOne ? 0.85 : 0.35)))
      if !isOne { marks.append(.path(Self.outline(bars), Stroke(color(series.name), width: 1.4))) }
    }
    let top = Scale(.linear, covering: [0, Double(max(highest, 1)) * 1.06], padding: 0)
    let remark =
      panel.remark ?? panel.series.first.map { panel.series.count == 1 ? Self.summary($0.values) : "" }
    return Chart.Panel(
      panels.count > 1 ? panel.name : "", remark: remark ?? "",
      x: Axis(
        panels.count > 1 ? "" : panel.name,
        Scale(covering: [bins.edge(0), bins.edge(bins.count)], padding: 0.02)),
      y: Axis("", top, wholeNumbers: true), marks)
  }

  private static func outline(_ bars: [(from: Double, to: Double, height: Double)]) -> [(
    x: Double, y: Double
  )] {
    var points: [(x: Double, y: Double)] = bars.first.map { [($0.from, 0)] } ?? []
    for bar in bars { points += [(bar.from, bar.height), (bar.to, bar.height)] }
    return points + (bars.last.map { [($0.to, 0)] } ?? [])
  }

  private static func summary(_ values: [Double]) -> String {
    let finite = values.filter(\.isFinite)
    guard !finite.isEmpty else { return "no finite values" }
    let mean = finite.reduce(0, +) / Double(finite.count)
    let variance = finite.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(finite.count)
    return "n = \(NumberText.grouped(finite.count))   mean \(NumberText.significant(mean, digits: 3))   "
      + "sd \(NumberText.significant(variance.squareRoot(), digits: 3))"
  }
}
