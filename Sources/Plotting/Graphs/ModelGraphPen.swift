/// Draws the parts of a model's graph: everything at one scale, from one corner.
struct ModelGraphPen {
  let origin: Point
  let scale: Double

  static let line = Color(0x6B7480)
  private static let frameFill = Color(0xF6F7F9)
  private static let deeperFill = Color(0xECEEF2)
  private static let headLength = 7.0
  private static let headWidth = 6.4

  func point(_ point: Point) -> Point { Point(origin.x + point.x * scale, origin.y + point.y * scale) }

  func rect(_ rect: Rect) -> Rect {
    let corner = point(Point(rect.x, rect.y))
    return Rect(x: corner.x, y: corner.y, width: rect.width * scale, height: rect.height * scale)
  }

  func style(_ style: TextStyle) -> TextStyle {
    TextStyle(
      style.size * scale, style.color, bold: style.bold, anchor: style.anchor, rotation: style.rotation)
  }

  func stroke(_ color: Color, width: Double = 1, dash: [Double] = []) -> Stroke {
    Stroke(color, width: width * scale, dash: dash.map { $0 * scale })
  }

  // MARK: Arrows

  func arrow(along route: [Point], isDashed: Bool, on canvas: inout (some Canvas & ~Copyable)) {
    guard let end = route.last, route.count > 1 else { return }
    var shaft = route
    shaft[shaft.count - 1].y -= Self.headLength - 1
    canvas.line(shaft.map(point), stroke(Self.line, width: 1.3, dash: isDashed ? [5, 3.5] : []))
    let top = end.y - Self.headLength
    let head = [end, Point(end.x - Self.headWidth / 2, top), Point(end.x + Self.headWidth / 2, top)]
    canvas.polygon(head.map(point), Self.line)
  }

  /// A word beside an arrow.
  func label(
    _ text: String, at place: Point, _ anchor: TextStyle.Anchor, on canvas: inout (some Canvas & ~Copyable)
  ) {
    canvas.text(text, at: point(place), style(TextStyle(9.5, Palette.quiet, anchor: anchor)))
  }

  // MARK: Frames

  private func fill(_ depth: Int) -> Color { depth.isMultiple(of: 2) ? Self.frameFill : Self.deeperFill }

  func frame(_ frame: Rect, depth: Int, on canvas: inout (some Canvas & ~Copyable)) {
    let outline = Self.rounded(frame, radius: 8)
    canvas.polygon(outline.map(point), fill(depth))
    canvas.line((outline + [outline[0]]).map(point), stroke(Palette.frame, width: 1.2))
  }

  /// - Parameter lines: where lines pass below the upper edge.
  func name(
    _ group: ModelGraph.Group, _ frame: Rect, besides lines: [Double], depth: Int,
    on canvas: inout (some Canvas & ~Copyable)
  ) {
    let bold = style(TextStyle(10.5, Palette.ink, bold: true))
    let room = (frame.width - 24) * scale
    let name = canvas.shortened(group.name, to: room, bold)
    let width = canvas.width(of: name, bold)
    let quiet = style(TextStyle(9.5, Palette.quiet))
    // What is said of the model is cut down rather than written over a line.
    let details = [group.detail, String(group.detail.prefix { $0 != "," }), ""]
    func taken(_ detail: String) -> Double {
      width + (detail.isEmpty ? 0 : canvas.width(of: detail, quiet) + 8 * scale)
    }
    var (detail, start) = ("", frame.x + 10)
    search: for candidate in details where taken(candidate) <= room {
      let length = taken(candidate) / scale
      for place in [frame.x + 10, frame.right - 10 - length]
      where !lines.contains(where: { $0 > place - 5 && $0 < place + length + 5 }) {
        detail = candidate
        start = place
        break search
      }
    }
    let taken = taken(detail)
    let place = point(Point(start, frame.y + 16))
    canvas.fill(
      Rect(x: place.x - 2 * scale, y: place.y - 10 * scale, width: taken + 4 * scale, height: 13 * scale),
      fill(depth))
    canvas.text(name, at: place, bold)
    canvas.text(detail, at: Point(place.x + width + 8 * scale, place.y), quiet)
  }

  // MARK: Outlines

  /// A rectangle with round corners, clockwise.
  static func rounded(_ rect: Rect, radius: Double) -> [Point] {
    let r = min(radius, rect.width / 2, rect.height / 2)
    let corners = [
      (Point(rect.x, rect.y), Point(0, 1), Point(1, 0)),
      (Point(rect.right, rect.y), Point(-1, 0), Point(0, 1)),
      (Point(rect.right, rect.bottom), Point(0, -1), Point(-1, 0)),
      (Point(rect.x, rect.bottom), Point(1, 0), Point(0, -1)),
    ]
    return corners.flatMap { corner, before, after in
      (0...8).map { step in
        // A quarter of a circle, near enough, without a sine: a cubic curve with handles of 0.5523.
        let t = Double(step) / 8
        let (a, b, c, d) = (
          (1 - t) * (1 - t) * (1 - t), 3 * t * (1 - t) * (1 - t), 3 * t * t * (1 - t), t * t * t
        )
        let near = a + b * (1 - 0.5523)
        let far = d + c * (1 - 0.5523)
        return Point(
          corner.x + r * (near * before.x + far * after.x), corner.y + r * (near * before.y + far * after.y))
      }
    }
  }

  /// A box with pointed sides.
  static func pointed(_ rect: Rect) -> [Point] {
    let tip = rect.height / 2
    return [
      Point(rect.x, rect.center.y), Point(rect.x + tip, rect.y), Point(rect.right - tip, rect.y),
      Point(rect.right, rect.center.y), Point(rect.right - tip, rect.bottom),
      Point(rect.x + tip, rect.bottom),
    ]
  }
}
