/// How the metrics went over the epochs: one panel for each metric, training against validation.
public struct LearningCurves: Figure {
  /// One metric, a value for each epoch from the first; NaN and infinities leave gaps.
  public struct Curve: Sendable {
    public var metric: String
    public var training: [Double]
    /// Empty when nothing was validated; `nil` for an epoch that was not, over which the line goes on.
    public var validation: [Double?]

    public init(metric: String, training: [Double], validation: [Double?] = []) {
      self.metric = metric
      self.training = training
      self.validation = validation
    }

    fileprivate var values: [Double] { training + validation.compactMap(\.self) }
  }

  public var title: String
  public var curves: [Curve]
  /// The epoch, from 1, whose weights were kept.
  public var bestEpoch: Int?

  public init(title: String, curves: [Curve], bestEpoch: Int? = nil) {
    self.title = title
    self.curves = curves
    self.bestEpoch = bestEpoch
  }

  private static let training = Stroke(Palette.training, width: 1.8)
  private static let validation = Stroke(Palette.validation, width: 1.8, dash: [5, 2.5])
  private static let best = Stroke(Palette.quiet, width: 1, dash: [2, 2])

  /// Two panels stand side by side; more are stacked, so that their epochs line up.
  private var isStacked: Bool { curves.count > 2 }

  public var size: Size {
    guard isStacked else { return Size(width: curves.count == 2 ? 880 : 640, height: 390) }
    let panels = Double(curves.count) * 210 + Double(curves.count - 1) * Chart.gap
    return Size(width: 720, height: headingHeight(subtitle: false) + 29 + panels + Layout.margin)
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) { chart.draw(on: &canvas) }

  private var chart: Chart {
    Chart(
      title: title, panels: curves.map(panel(of:)), columns: isStacked ? 1 : curves.count, key: legend,
      size: size)
  }

  private var legend: Legend {
    guard curves.contains(where: { !$0.validation.isEmpty }) else { return Legend(entries: []) }
    return Legend(entries: [
      .init(name: "training", sample: .line(Self.training)),
      .init(name: "validation", sample: .line(Self.validation)),
    ])
  }

  /// One metric, with the best epoch and what it was there: above the frame, off the data.
  private func panel(of curve: Curve) -> Chart.Panel {
    let epochs = max(curve.training.count, curve.validation.count, 1)
    var panel = Chart.Panel(
      curve.metric,
      x: Axis("epoch", Scale(covering: [1, Double(epochs)], padding: 0.02), wholeNumbers: true),
      y: Axis("", Scale(covering: curve.values)), [])
    if let bestEpoch, (1...epochs).contains(bestEpoch) {
      let (place, ends) = (Double(bestEpoch), panel.y.scale.domain)
      panel.marks.append(.rule((place, ends.upperBound), (place, ends.lowerBound), Self.best))
    }
    panel.marks += [
      .line(Self.numbered(curve.training), Self.training),
      .line(Self.numbered(curve.validation), Self.validation),
    ]
    if let best = best(of: curve) {
      let place = [(x: Double(best.epoch), y: best.value)]
      // A ring of paper sets it off from the line.
      panel.marks += [
        .points(place, Palette.paper, radius: 4.5), .points(place, best.color, radius: 3.2),
      ]
      panel.remark = "\(NumberText.significant(best.value)) at epoch \(NumberText.grouped(best.epoch))"
      panel.remarkStyle = TextStyle(11, best.color, anchor: .end)
      panel.isRemarkFirst = true
    }
    if !curve.values.contains(where: \.isFinite) { panel.words = "no finite values" }
    return panel
  }

  /// The value in the best epoch: the validation's where there is one.
  private func best(of curve: Curve) -> (epoch: Int, value: Double, color: Color)? {
    guard let bestEpoch else { return nil }
    let isValidated = !curve.validation.isEmpty
    let values = isValidated ? curve.validation : curve.training
    guard values.indices.contains(bestEpoch - 1), let value = values[bestEpoch - 1] else { return nil }
    return (bestEpoch, value, isValidated ? Palette.validation : Palette.training)
  }

  private static func numbered(_ values: [Double?]) -> [(x: Double, y: Double)] {
    values.enumerated().compactMap { epoch, value in value.map { (Double(epoch + 1), $0) } }
  }
}
