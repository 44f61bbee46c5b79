import Glibc

/// What a model predicts against what is true, and how the differences fall.
public struct Residuals: Figure {
  /// One number that is predicted.
  public struct Series: Sendable {
    public var name: String
    public var points: [(truth: Double, prediction: Double)]
    public init(_ name: String, _ points: [(truth: Double, prediction: Double)]) {
      self.name = name
      self.points = points
    }
  }

  public var title: String
  public var series: [Series]
  public var size = Size(width: 880, height: 430)

  public init(title: String, series: [Series]) {
    self.title = title
    self.series = series
  }

  /// More dots would be one blot; every so many is shown.
  private static let mostDots = 4000

  public func draw(on canvas: inout (some Canvas & ~Copyable)) { chart.draw(on: &canvas) }

  private var subtitle: String {
    let all = series.flatMap(\.points).filter { $0.truth.isFinite && $0.prediction.isFinite }
    guard !all.isEmpty else { return "no finite values" }
    let n = Double(all.count)
    let errors = all.map { $0.prediction - $0.truth }
    let squares = errors.map { $0 * $0 }.reduce(0, +)
    let mean = all.map(\.truth).reduce(0, +) / n
    let spread = all.map { ($0.truth - mean) * ($0.truth - mean) }.reduce(0, +)
    func text(_ value: Double) -> String { NumberText.significant(value, digits: 3) }
    let r2 = series.count == 1 && spread > 0 ? "R² \(text(1 - squares / spread))   " : ""
    return r2 + "RMSE \(text((squares / n).squareRoot()))   MAE \(text(errors.map(abs).reduce(0, +) / n))   "
      + "n = \(NumberText.grouped(all.count))"
  }

  private var chart: Chart {
    let values = series.flatMap { $0.points.flatMap { [$0.truth, $0.prediction] } }
    let both = Scale(covering: values)
    let (low, high) = (both.domain.lowerBound, both.domain.upperBound)
    var dots: [Chart.Mark] = [.rule((low, low), (high, high), Stroke(Palette.quiet, dash: [4, 3]))]
    var errors: [Chart.Mark] = []
    let bins = Bins(series.map(Self.errors), count: nil)
    let counts = series.map { bins.counts(of: Self.errors($0)) }
    for (index, one) in series.enumerated() {
      let color = Palette.category(index)
      let step = max(1, one.points.count / Self.mostDots)
      let shown = stride(from: 0, to: one.points.count, by: step).map {
        (x: one.points[$0].truth, y: one.points[$0].prediction)
      }
      dots.append(
        .points(shown, color.faded(shown.count > 300 ? 0.35 : 0.6), radius: shown.count > 1000 ? 1.8 : 2.6))
      let bars = counts[index].enumerated().map {
        (from: bins.edge($0), to: bins.edge($0 + 1), height: Double($1))
      }
      errors.append(.bars(bars, color.faded(series.count == 1 ? 0.85 : 0.45)))
    }
    let top = Double(max(1, counts.joined().max() ?? 1)) * 1.06
    errors.append(.rule((0, 0), (0, top), Stroke(Palette.quiet, dash: [4, 3])))
    let ends = [bins.edge(0), bins.edge(bins.count), 0]
    let entries = series.indices.map {
      Legend.Entry(name: series[$0].name, sample: .dot(Palette.category($0)))
    }
    return Chart(
      title: title, subtitle: subtitle,
      panels: [
        Chart.Panel(x: Axis("true", both), y: Axis("predicted", both), dots),
        Chart.Panel(
          x: Axis("predicted − true", covering: ends, padding: 0.02),
          y: Axis("samples", Scale(covering: [0, top], padding: 0), wholeNumbers: true), errors),
      ], columns: 2, key: Legend(entries: series.count > 1 ? entries : []), size: size)
  }

  private static func errors(_ series: Series) -> [Double] { series.points.map { $0.prediction - $0.truth } }
}
