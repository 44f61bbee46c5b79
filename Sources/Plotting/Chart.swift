/// One or several panels with axes and marks in them: what most figures are made of.
package struct Chart: Sendable {
  /// Something drawn between the axes; what an axis cannot show is left out.
  package enum Mark: Sendable {
    /// A line with gaps where a value cannot be shown; few values are marked each.
    case line([(x: Double, y: Double)], Stroke)
    /// A line whose points mean nothing by themselves.
    case path([(x: Double, y: Double)], Stroke)
    case band([(x: Double, lower: Double, upper: Double)], Color)
    case points([(x: Double, y: Double)], Color, radius: Double)
    /// Upright bars from zero.
    case bars([(from: Double, to: Double, height: Double)], Color)
    /// A straight line that shows how things would be.
    case rule((x: Double, y: Double), (x: Double, y: Double), Stroke)
    case picture(Picture, x: ClosedRange<Double>, y: ClosedRange<Double>)
  }

  /// A name at the right end of a line.
  package struct EndLabel: Sendable {
    package var text: String
    package var y: Double
    package var color: Color
    package init(_ text: String, y: Double, _ color: Color) {
      self.text = text
      self.y = y
      self.color = color
    }
  }

  package struct Panel: Sendable {
    package var title = ""
    /// A few words on the right above the frame.
    package var remark = ""
    package var remarkStyle = TextStyle(10.5, Palette.quiet, anchor: .end)
    /// Whether the name of the panel makes room for them, and not the other way round.
    package var isRemarkFirst = false
    /// What is said in the middle of a frame with nothing in it.
    package var words = ""
    package var x: Axis
    package var y: Axis
    package var marks: [Mark]
    package var ends: [EndLabel] = []

    package init(_ title: String = "", remark: String = "", x: Axis, y: Axis, _ marks: [Mark]) {
      self.title = title
      self.remark = remark
      self.x = x
      self.y = y
      self.marks = marks
    }
  }

  /// Where it says what the colours mean.
  package enum KeyPlace: Sendable { case above, right }

  package var title: String
  package var subtitle = ""
  package var panels: [Panel]
  /// Panels side by side.
  package var columns: Int
  package var key: Legend
  package var keyPlace: KeyPlace
  package var size: Size

  package init(
    title: String, subtitle: String = "", panels: [Panel], columns: Int = 1,
    key: Legend = Legend(entries: []),
    keyPlace: KeyPlace = .above, size: Size
  ) {
    self.title = title
    self.subtitle = subtitle
    self.panels = panels
    self.columns = max(1, columns)
    self.key = key
    self.keyPlace = keyPlace
    self.size = size
  }

  /// Between panels.
  static let gap = 26.0
  fileprivate static let panelTitle = TextStyle(12, Palette.ink, bold: true)
  fileprivate static let panelHeading = 20.0
  fileprivate static let endLabel = TextStyle(10.5, Palette.ink)
  fileprivate static let endSpacing = 13.0

  /// How many panels stand side by side for a picture about as wide as high.
  package static func columns(for panels: Int) -> Int {
    switch panels {
    case ..<4: max(1, panels)
    case 4: 2
    case 5...9: 3
    default: 4
    }
  }
}

extension Chart: Figure {
  package func draw(on canvas: inout (some Canvas & ~Copyable)) {
    var rest = drawHeading(subtitle: subtitle, on: &canvas)
    switch keyPlace {
    case .above: rest = key.draw(in: rest, on: &canvas)
    case .right: rest = key.drawColumn(in: rest, on: &canvas)
    }
    guard !panels.isEmpty else {
      return canvas.centeredText("nothing to show", at: rest.center, Layout.label.with(anchor: .middle))
    }
    let frames = frames(in: rest)
    let edges = leftEdges(frames, on: canvas)
    for (panel, (index, frame)) in zip(panels, frames.enumerated()) {
      draw(panel, in: frame, leftEdge: edges[index % columns], on: &canvas)
    }
  }

  /// The places of the panels, row by row.
  private func frames(in bounds: Rect) -> [Rect] {
    let (across, down) = (Double(columns), Double((panels.count + columns - 1) / columns))
    let width = max(0, (bounds.width - Self.gap * (across - 1)) / across)
    let height = max(0, (bounds.height - Self.gap * (down - 1)) / down)
    return panels.indices.map { index in
      Rect(
        x: bounds.x + Double(index % columns) * (width + Self.gap),
        y: bounds.y + Double(index / columns) * (height + Self.gap), width: width, height: height)
    }
  }

  /// Panels above each other begin at the same place.
  private func leftEdges(_ frames: [Rect], on canvas: borrowing (some Canvas & ~Copyable)) -> [Double] {
    var edges = [Double](repeating: 0, count: columns)
    for (index, (panel, frame)) in zip(panels, frames).enumerated() {
      let axes = Axes(panel.x, panel.y, in: inner(panel, frame, on: canvas), on: canvas)
      edges[index % columns] = max(edges[index % columns], axes.plot.x)
    }
    return edges
  }

  private func inner(_ panel: Panel, _ frame: Rect, on canvas: borrowing (some Canvas & ~Copyable)) -> Rect {
    let labels = canvas.widest(panel.ends.map(\.text), Self.endLabel)
    let hasHeading = !panel.title.isEmpty || !panel.remark.isEmpty
    return frame.inset(
      top: hasHeading ? Self.panelHeading : 0, right: labels > 0 ? min(labels, frame.width / 3) + 10 : 0)
  }

  private func draw(
    _ panel: Panel, in frame: Rect, leftEdge: Double, on canvas: inout (some Canvas & ~Copyable)
  ) {
    let axes = Axes(panel.x, panel.y, in: inner(panel, frame, on: canvas), leftEdge: leftEdge, on: canvas)
    let isPicture = panel.marks.contains { if case .picture = $0 { true } else { false } }
    if !isPicture { axes.draw(on: &canvas) }
    for mark in panel.marks { draw(mark, in: axes, on: &canvas) }
    if !panel.words.isEmpty {
      canvas.centeredText(panel.words, at: axes.plot.center, Layout.label.with(anchor: .middle))
    }
    // A picture covers the grid, so it comes first there.
    if isPicture { axes.draw(withGrid: false, on: &canvas) }
    drawHeading(of: panel, over: axes.plot, in: frame, on: &canvas)
    drawEnds(panel.ends, in: axes, to: frame.right, on: &canvas)
  }

  private func drawHeading(
    of panel: Panel, over plot: Rect, in frame: Rect, on canvas: inout (some Canvas & ~Copyable)
  ) {
    let baseline = frame.y + Self.panelTitle.size
    var room = plot.width
    let style = panel.remarkStyle
    let wanted = panel.title.isEmpty ? 0 : canvas.width(of: panel.title, Self.panelTitle) + 10
    let hasRoom = panel.title.isEmpty || wanted + canvas.width(of: panel.remark, style) <= plot.width
    if !panel.remark.isEmpty, hasRoom || panel.isRemarkFirst {
      let remark = canvas.shortened(panel.remark, to: plot.width, style)
      canvas.text(remark, at: Point(plot.right, baseline), style)
      room -= canvas.width(of: remark, style) + 10
    }
    guard !panel.title.isEmpty else { return }
    canvas.text(
      canvas.shortened(panel.title, to: room, Self.panelTitle), at: Point(plot.x, baseline), Self.panelTitle)
  }

  /// Names of lines beside their ends, moved apart where they would overlap.
  private func drawEnds(
    _ ends: [EndLabel], in axes: Axes, to right: Double, on canvas: inout (some Canvas & ~Copyable)
  ) {
    var labels = ends.compactMap { end in
      axes.y.scale.fraction(end.y).map { (end, place: axes.plot.bottom - $0 * axes.plot.height) }
    }
    labels.sort { $0.place < $1.place }
    for i in labels.indices.dropFirst() {
      labels[i].place = max(labels[i].place, labels[i - 1].place + Self.endSpacing)
    }
    var limit = axes.plot.bottom
    for i in labels.indices.reversed() {
      labels[i].place = min(labels[i].place, limit)
      limit = labels[i].place - Self.endSpacing
    }
    for (end, place) in labels {
      let style = Self.endLabel.with(color: end.color)
      let text = canvas.shortened(end.text, to: right - axes.plot.right - 8, style)
      canvas.centeredText(text, at: Point(axes.plot.right + 7, place), style)
    }
  }

  private func draw(_ mark: Mark, in axes: Axes, on canvas: inout (some Canvas & ~Copyable)) {
    switch mark {
    case .line(let points, let stroke): drawCurve(points, stroke, in: axes, on: &canvas)
    case .path(let points, let stroke):
      drawCurve(points, stroke, in: axes, marksPoints: false, on: &canvas)
    case .band(let edges, let color):
      let shown = edges.compactMap { edge -> (Point, Point)? in
        // What a logarithmic axis has no place for goes down to its end.
        let least = max(edge.lower, axes.y.scale.domain.lowerBound)
        guard let lower = axes.point(edge.x, least), let upper = axes.point(edge.x, edge.upper) else {
          return nil
        }
        return (lower, upper)
      }
      canvas.polygon(shown.map(\.1) + shown.map(\.0).reversed(), color)
    case .points(let points, let color, let radius):
      for point in points {
        if let place = axes.point(point.x, point.y) { canvas.disc(at: place, radius: radius, color) }
      }
    case .bars(let bars, let color):
      for bar in bars {
        guard let foot = axes.point(bar.from, 0), let head = axes.point(bar.to, bar.height), bar.height != 0
        else { continue }
        let area = Rect(foot, head)
        // A hairline between neighbours, which would show as a seam otherwise.
        canvas.fill(area.width > 4 ? area.inset(left: 0.4, right: 0.4) : area, color)
      }
    case .rule(let from, let to, let stroke):
      if let from = axes.point(from.x, from.y), let to = axes.point(to.x, to.y) {
        canvas.line([from, to], stroke)
      }
    case .picture(let picture, let x, let y):
      if let low = axes.point(x.lowerBound, y.lowerBound), let high = axes.point(x.upperBound, y.upperBound) {
        canvas.image(picture, in: Rect(low, high))
      }
    }
  }
}
