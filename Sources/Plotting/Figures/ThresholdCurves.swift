/// How well scores tell what is of a class from what is not, over all thresholds: ROC curves, or precision and recall.
public struct ThresholdCurves: Figure {
  public enum Kind: Sendable { case roc, precisionRecall }

  /// One class against all others.
  public struct Curve: Sendable {
    public var name: String
    public var ranking: Ranking
    public init(_ name: String, _ ranking: Ranking) {
      self.name = name
      self.ranking = ranking
    }
  }

  public var title: String
  public var kind: Kind
  public var curves: [Curve]
  public var size: Size

  public init(title: String, kind: Kind, curves: [Curve]) {
    self.title = title
    self.kind = kind
    self.curves = curves
    size = Size(width: curves.count > 1 ? 640 : 480, height: 470)
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) { chart.draw(on: &canvas) }

  private func area(_ ranking: Ranking) -> Double {
    kind == .roc ? ranking.areaUnderROC : ranking.averagePrecision
  }

  private var subtitle: String {
    let name = kind == .roc ? "area under the curve" : "average precision"
    let areas = curves.map { area($0.ranking) }.filter(\.isFinite)
    guard !areas.isEmpty else { return "no class has samples of both kinds" }
    let mean = NumberText.fixed(areas.reduce(0, +) / Double(areas.count), decimals: 3)
    let n = curves.first.map { NumberText.grouped($0.ranking.count) } ?? "0"
    return curves.count == 1 ? "\(name) \(mean)   n = \(n)" : "mean \(name) \(mean)   n = \(n)"
  }

  private var chart: Chart {
    let whole = Scale(covering: [0, 1], padding: 0.01)
    let names = kind == .roc ? ("false positive rate", "true positive rate") : ("recall", "precision")
    var marks: [Chart.Mark] =
      kind == .roc ? [.rule((0, 0), (1, 1), Stroke(Palette.frame, dash: [3, 3]))] : []
    var entries: [Legend.Entry] = []
    for (index, curve) in curves.enumerated() {
      let stroke = Stroke(Palette.category(index), width: 1.6, dash: Palette.dash(index))
      let points = kind == .roc ? curve.ranking.roc : curve.ranking.precisionRecall
      if !points.isEmpty { marks.append(.path(thinned(points), stroke)) }
      let value = area(curve.ranking)
      let text = value.isFinite ? NumberText.fixed(value, decimals: 3) : "–"
      entries.append(.init(name: "\(curve.name)  \(text)", sample: .line(stroke)))
    }
    return Chart(
      title: title, subtitle: subtitle,
      panels: [Chart.Panel(x: Axis(names.0, whole), y: Axis(names.1, whole), marks)],
      key: Legend(entries: curves.count > 1 ? entries : []), keyPlace: .right, size: size)
  }

  /// Points that can be told apart: a step of a thousandth in neither direction is none.
  private func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    var kept: [(x: Double, y: Double)] = []
    for point in points {
      guard let last = kept.last else {
        kept.append(point)
        continue
      }
      if abs(point.x - last.x) + abs(point.y - last.y) >= 0.002 { kept.append(point) }
    }
    if let last = points.last, let shown = kept.last, shown.x != last.x || shown.y != last.y {
      kept.append(last)
    }
    return kept
  }
}
