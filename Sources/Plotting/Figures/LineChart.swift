/// Lines over any two quantities, such as one metric of several runs.
public struct LineChart: Figure {
  /// One line; points that are not finite leave gaps.
  public struct Series: Sendable {
    public var name: String
    public var points: [(x: Double, y: Double)]
    /// How far the values spread around each point, drawn as a band; empty for none.
    public var band: [(lower: Double, upper: Double)] = []
    /// The name of the panel it stands in, where there are several.
    public var panel = ""
    public init(_ name: String, _ points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }

  public var title: String
  public var subtitle = ""
  public var xLabel: String
  public var yLabel: String
  public var series: [Series]
  public var size = Size(width: 720, height: 420)
  /// Powers of ten on the vertical axis; values that are not positive leave gaps.
  public var logarithmic = false
  /// The same of the horizontal axis.
  public var logarithmicX = false
  /// Marks only whole numbers on the horizontal axis, for epochs and steps.
  public var wholeNumbers = false
  /// How much of each value is that of the values before it, 0 to less than 1; the raw values stay as faint lines.
  public var smoothing = 0.0
  /// Dots instead of lines.
  public var isScattered = false

  public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) { chart.draw(on: &canvas) }

  /// Names at the ends of the lines, as long as they are few, have one panel, and end there.
  private var areNamedAtEnds: Bool {
    let last = series.flatMap(\.points).map(\.x).filter(\.isFinite).max()
    return !isScattered && panelNames.count == 1 && (2...7).contains(series.count)
      && series.allSatisfy { $0.name.count <= 28 && $0.points.count > 1 && $0.points.last?.x == last }
      && series.allSatisfy { $0.points.last.map(\.y.isFinite) ?? false }
  }

  private var panelNames: [String] {
    var names: [String] = []
    for name in series.map(\.panel) where !names.contains(name) { names.append(name) }
    return names.isEmpty ? [""] : names
  }

  /// A number for each name, so that one series keeps its colour from panel to panel.
  private var names: [String] {
    var names: [String] = []
    for name in series.map(\.name) where !names.contains(name) { names.append(name) }
    return names
  }

  /// Whether the title of each panel says what its only line is.
  private var isNamedByPanels: Bool { panelNames.count > 1 && series.allSatisfy { $0.panel == $0.name } }

  private func stroke(_ series: Series) -> Stroke {
    let index = isNamedByPanels ? 0 : names.firstIndex(of: series.name) ?? 0
    return Stroke(Palette.category(index), width: 1.8, dash: isScattered ? [] : Palette.dash(index))
  }

  private var chart: Chart {
    let areNamedAtEnds = areNamedAtEnds
    let strokes = names.indices.map { Stroke(Palette.category($0), width: 1.8, dash: Palette.dash($0)) }
    let entries = zip(names, strokes).map { name, stroke in
      Legend.Entry(name: name, sample: isScattered ? .dot(stroke.color) : .line(stroke))
    }
    let panels = panelNames.map { panel($0, areNamedAtEnds: areNamedAtEnds) }
    let hasKey = names.count > 1 && !areNamedAtEnds && !isNamedByPanels
    return Chart(
      title: title, subtitle: subtitle, panels: panels, columns: Chart.columns(for: panels.count),
      key: Legend(entries: hasKey ? entries : []), size: size)
  }

  private func panel(_ name: String, areNamedAtEnds: Bool) -> Chart.Panel {
    let own = series.filter { $0.panel == name }
    let (across, up) = (own.flatMap(\.points).map(\.x), own.flatMap(\.points).map(\.y))
    let spread = own.flatMap { $0.band.flatMap { [$0.lower, $0.upper] } }
    var panel = Chart.Panel(
      name,
      x: Axis(
        xLabel, covering: across, logarithmic: logarithmicX, padding: isScattered ? 0.05 : 0.02,
        wholeNumbers: wholeNumbers),
      y: Axis(yLabel, covering: up + spread, logarithmic: logarithmic), [])
    for line in own where !line.band.isEmpty {
      let edges = zip(line.points, line.band).map { (x: $0.x, lower: $1.lower, upper: $1.upper) }
      panel.marks.append(.band(edges, stroke(line).color.faded(0.18)))
    }
    for line in own {
      var stroke = stroke(line)
      if isScattered {
        let radius = line.points.count > 400 ? 2.0 : 3
        panel.marks.append(
          .points(line.points, stroke.color.faded(line.points.count > 100 ? 0.5 : 0.85), radius: radius))
        continue
      }
      let smooth = smoothing > 0 ? smoothed(line.points, by: smoothing) : line.points
      if smoothing > 0 {
        let faint = Stroke(stroke.color.faded(0.3), width: 1)
        panel.marks.append(.line(line.points, faint))
        stroke.width = 2
      }
      panel.marks.append(.line(smooth, stroke))
      if areNamedAtEnds, let end = smooth.last { panel.ends.append(.init(line.name, y: end.y, stroke.color)) }
    }
    return panel
  }
}

/// A moving average that counts each value `weight` as much as the one after it, without the pull towards the first
/// value (Kingma and Ba's correction, as TensorBoard smooths); values that are not finite stay what they are.
func smoothed(_ points: [(x: Double, y: Double)], by weight: Double) -> [(x: Double, y: Double)] {
  var (sum, total) = (0.0, 0.0)
  return points.map { point in
    guard point.y.isFinite else { return point }
    sum = sum * weight + point.y * (1 - weight)
    total = total * weight + (1 - weight)
    return (point.x, sum / total)
  }
}
