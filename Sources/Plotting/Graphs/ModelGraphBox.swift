/// One node of a model's graph: how large it is and how it looks.
struct ModelGraphBox {
  let node: ModelGraph.Node
  let box: Rect

  private static let name = TextStyle(11, Palette.ink, bold: true)
  private static let quiet = TextStyle(9.5, Palette.quiet)
  private static let small = TextStyle(9.5, Palette.ink)
  private static let padding = 10.0
  private static let widest = 270.0

  // MARK: Sizes

  private static func isBox(_ role: ModelGraph.Role) -> Bool {
    switch role {
    case .trained, .plain, .model: true
    case .input, .output, .step, .weight, .condition: false
    }
  }

  /// What the text of a box needs; 0 for what is no box.
  static func neededWidth(_ node: ModelGraph.Node) -> Double {
    guard isBox(node.role) else { return 0 }
    func line(_ left: String, _ style: TextStyle, _ right: String) -> Double {
      TextEstimate.width(of: left, style) + (right.isEmpty ? 0 : 12 + TextEstimate.width(of: right, quiet))
    }
    let stripe = node.sharing == nil ? 0.0 : 5
    let text = max(line(node.name, name, node.shape), line(node.detail, quiet, node.mark))
    return min(widest, max(112, text + 2 * padding + stripe))
  }

  /// - Parameter boxWidth: that of all boxes, so that chains look like one.
  static func size(of node: ModelGraph.Node, boxWidth: Double) -> Size {
    let plain = TextEstimate.width(of: node.name, small)
    switch node.role {
    case .trained, .plain: return Size(width: boxWidth, height: 38)
    case .model: return Size(width: boxWidth, height: 44)
    case .input, .output, .weight:
      let shape = node.shape.isEmpty ? 0 : 8 + TextEstimate.width(of: node.shape, quiet)
      let bold = TextEstimate.width(of: node.name, TextStyle(10, Palette.ink, bold: true))
      return Size(width: min(widest, max(58, bold + shape + 30)), height: 24)
    case .step: return Size(width: min(widest, max(34, plain + 20)), height: 20)
    case .condition: return Size(width: min(widest, max(90, plain + 48)), height: 32)
    }
  }

  // MARK: Looks

  private var tint: Color {
    switch node.role {
    case .input: Color(0x009E73)
    case .output: Color(0xD55E00)
    case .trained: Color(0x0072B2)
    case .plain, .step: Color(0x7A828C)
    case .model: Color(0xA8558A)
    case .weight, .condition: Color(0xC98A00)
    }
  }

  func draw(with pen: ModelGraphPen, on canvas: inout (some Canvas & ~Copyable)) {
    let outline: [Point]
    switch node.role {
    case .trained, .plain, .model: outline = ModelGraphPen.rounded(box, radius: 5)
    case .input, .output, .step, .weight: outline = ModelGraphPen.rounded(box, radius: box.height / 2)
    case .condition: outline = ModelGraphPen.pointed(box)
    }
    let paper = tint.mixed(with: Palette.paper, node.role == .step ? 0.95 : 0.9)
    canvas.polygon(outline.map(pen.point), paper)
    if Self.isBox(node.role) { drawBox(with: pen, on: &canvas) } else { drawPill(with: pen, on: &canvas) }
    let edge = tint.mixed(with: Palette.paper, 0.35)
    canvas.line(
      (outline + [outline[0]]).map(pen.point), pen.stroke(edge, width: node.role == .output ? 1.6 : 1.1))
    if node.role == .model {
      let inner = ModelGraphPen.rounded(box.inset(left: 3, top: 3, right: 3, bottom: 3), radius: 3)
      canvas.line((inner + [inner[0]]).map(pen.point), pen.stroke(edge, width: 0.9))
    }
  }

  private func drawBox(with pen: ModelGraphPen, on canvas: inout (some Canvas & ~Copyable)) {
    var inside = box.inset(left: Self.padding, right: Self.padding)
    if let sharing = node.sharing {
      let left = box.x + (node.role == .model ? 5.5 : 2.5)
      canvas.fill(
        pen.rect(Rect(x: left, y: box.y + 5, width: 4, height: box.height - 10)),
        Palette.category(sharing))
      inside = inside.inset(left: 3)
    }
    drawLine(
      node.name, Self.name, end: node.shape, in: inside, at: box.center.y - 7.5, with: pen, on: &canvas)
    drawLine(
      node.detail, Self.quiet, end: node.mark, in: inside, at: box.center.y + 8, with: pen, on: &canvas)
  }

  /// Text at the left, and what is more important and shorter at the right.
  private func drawLine(
    _ left: String, _ style: TextStyle, end right: String, in bounds: Rect, at y: Double,
    with pen: ModelGraphPen, on canvas: inout (some Canvas & ~Copyable)
  ) {
    let (style, quiet) = (pen.style(style), pen.style(Self.quiet.with(anchor: .end)))
    let room = bounds.width * pen.scale
    let end = canvas.shortened(right, to: room * 0.6, quiet)
    let taken = end.isEmpty ? 0 : canvas.width(of: end, quiet) + 8 * pen.scale
    canvas.centeredText(
      canvas.shortened(left, to: room - taken, style), at: pen.point(Point(bounds.x, y)), style)
    if !end.isEmpty { canvas.centeredText(end, at: pen.point(Point(bounds.right, y)), quiet) }
  }

  private func drawPill(with pen: ModelGraphPen, on canvas: inout (some Canvas & ~Copyable)) {
    let isQuiet = node.role == .step || node.role == .condition
    let style = pen.style(isQuiet ? Self.small : TextStyle(10, Palette.ink, bold: true))
    let quiet = pen.style(Self.quiet)
    let room = (box.width - (node.role == .condition ? 30 : 16)) * pen.scale
    let rest = max(room * 0.5, room - canvas.width(of: node.name, style) - 7 * pen.scale)
    let shape = node.shape.isEmpty ? "" : canvas.shortened(node.shape, to: rest, quiet)
    let shapeWidth = shape.isEmpty ? 0 : canvas.width(of: shape, quiet) + 7 * pen.scale
    let name = canvas.shortened(node.name, to: room - shapeWidth, style)
    let width = canvas.width(of: name, style)
    let middle = pen.point(box.center)
    let start = middle.x - (width + shapeWidth) / 2
    canvas.centeredText(name, at: Point(start, middle.y), style)
    if !shape.isEmpty {
      canvas.centeredText(shape, at: Point(start + width + 7 * pen.scale, middle.y), quiet)
    }
  }
}
