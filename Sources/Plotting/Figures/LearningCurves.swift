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

  private static let gap = 26.0
  private static let panelTitle = TextStyle(12, Palette.ink, bold: true)
  private static let panelHeading = 20.0
  private static let training = Stroke(Palette.training, width: 1.8)
  private static let validation = Stroke(Palette.validation, width: 1.8, dash: [5, 2.5])

  /// Two panels stand side by side; more are stacked, so that their epochs line up.
  private var isStacked: Bool { curves.count > 2 }

  public var size: Size {
    guard isStacked else { return Size(width: curves.count == 2 ? 880 : 640, height: 390) }
    let panels = Double(curves.count) * 210 + Double(curves.count - 1) * Self.gap
    return Size(width: 720, height: headingHeight(subtitle: false) + 29 + panels + Layout.margin)
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    let rest = legend.draw(in: drawHeading(on: &canvas), on: &canvas)
    let panels = panels(of: rest)
    var leftEdge = 0.0
    if isStacked {
      for (curve, panel) in zip(curves, panels) {
        leftEdge = max(leftEdge, axes(of: curve, in: panel, leftEdge: 0, on: canvas).plot.x)
      }
    }
    for (curve, panel) in zip(curves, panels) {
      let axes = axes(of: curve, in: panel, leftEdge: leftEdge, on: canvas)
      axes.draw(on: &canvas)
      drawHeading(curve, over: axes.plot, in: panel, on: &canvas)
      draw(curve, in: axes, on: &canvas)
    }
  }

  private var legend: Legend {
    guard curves.contains(where: { !$0.validation.isEmpty }) else { return Legend(entries: []) }
    return Legend(entries: [
      .init(name: "training", sample: .line(Self.training)),
      .init(name: "validation", sample: .line(Self.validation)),
    ])
  }

  private func panels(of bounds: Rect) -> [Rect] {
    let count = Double(curves.count)
    let width = isStacked ? bounds.width : (bounds.width - Self.gap * (count - 1)) / count
    let height = isStacked ? (bounds.height - Self.gap * (count - 1)) / count : bounds.height
    return curves.indices.map { index in
      let offset = Double(index)
      return Rect(
        x: bounds.x + (isStacked ? 0 : offset * (width + Self.gap)),
        y: bounds.y + (isStacked ? offset * (height + Self.gap) : 0), width: width, height: height)
    }
  }

  private func axes(
    of curve: Curve, in panel: Rect, leftEdge: Double, on canvas: borrowing (some Canvas & ~Copyable)
  ) -> Axes {
    let epochs = max(curve.training.count, curve.validation.count, 1)
    return Axes(
      Axis("epoch", Scale(covering: [1, Double(epochs)], padding: 0.02), wholeNumbers: true),
      Axis("", Scale(covering: curve.values)), in: panel.inset(top: Self.panelHeading),
      leftEdge: leftEdge, on: canvas)
  }

  private func draw(_ curve: Curve, in axes: Axes, on canvas: inout (some Canvas & ~Copyable)) {
    let ends = axes.y.scale.domain
    if let bestEpoch, (1...max(curve.training.count, curve.validation.count, 1)).contains(bestEpoch),
      let top = axes.point(Double(bestEpoch), ends.upperBound)
    {
      canvas.line(
        [top, Point(top.x, axes.plot.bottom)], Stroke(Palette.quiet, width: 1, dash: [2, 2]))
    }
    drawCurve(Self.numbered(curve.training), Self.training, in: axes, on: &canvas)
    drawCurve(Self.numbered(curve.validation), Self.validation, in: axes, on: &canvas)
    if let best = best(of: curve), let place = axes.point(Double(best.epoch), best.value) {
      canvas.disc(at: place, radius: 4.5, Palette.paper)
      canvas.disc(at: place, radius: 3.2, best.color)
    }
    if !curve.values.contains(where: \.isFinite) {
      canvas.centeredText("no finite values", at: axes.plot.center, Layout.label.with(anchor: .middle))
    }
  }

  /// The metric's name on the left, what it was in the best epoch on the right: above the frame, off
  /// the data.
  private func drawHeading(
    _ curve: Curve, over plot: Rect, in panel: Rect, on canvas: inout (some Canvas & ~Copyable)
  ) {
    let baseline = panel.y + Self.panelTitle.size
    var room = plot.width
    if let best = best(of: curve) {
      let text = "\(NumberText.significant(best.value)) at epoch \(NumberText.grouped(best.epoch))"
      let style = TextStyle(11, best.color, anchor: .end)
      canvas.text(text, at: Point(plot.right, baseline), style)
      room -= canvas.width(of: text, style) + 12
    }
    let name = canvas.shortened(curve.metric, to: room, Self.panelTitle)
    canvas.text(name, at: Point(plot.x, baseline), Self.panelTitle)
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
