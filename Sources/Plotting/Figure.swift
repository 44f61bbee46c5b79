/// A plot as a value: made from numbers, drawn by any canvas, always the same.
public protocol Figure: Sendable {
  var title: String { get }
  /// In points; a canvas may have any number of pixels to a point.
  var size: Size { get }
  func draw(on canvas: inout (some Canvas & ~Copyable))
}

/// Sizes that all figures share, in points.
enum Layout {
  static let margin = 18.0
  static let title = TextStyle(15, Palette.ink, bold: true)
  static let subtitle = TextStyle(11.5, Palette.quiet)
  static let label = TextStyle(11, Palette.quiet)
  static let tick = TextStyle(10.5, Palette.quiet)

  /// The height of the title line, and of the line below it.
  static let titleHeight = 26.0
  static let subtitleHeight = 20.0
}

extension Figure {
  /// Paints the paper, the title and, if there is one, a line below it; returns what is left inside the
  /// margins.
  func drawHeading(subtitle: String = "", on canvas: inout (some Canvas & ~Copyable)) -> Rect {
    canvas.fill(Rect(x: 0, y: 0, width: size.width, height: size.height), Palette.paper)
    var rest = Rect(x: 0, y: 0, width: size.width, height: size.height)
      .inset(left: Layout.margin, top: Layout.margin, right: Layout.margin, bottom: Layout.margin)
    for (text, style, height) in [
      (title, Layout.title, Layout.titleHeight), (subtitle, Layout.subtitle, Layout.subtitleHeight),
    ] where !text.isEmpty {
      canvas.text(
        canvas.shortened(text, to: rest.width, style), at: Point(rest.x, rest.y + style.size * 0.8), style)
      rest = rest.inset(top: height)
    }
    return rest
  }

  /// The height that `drawHeading` uses up, the upper margin included.
  func headingHeight(subtitle: Bool) -> Double {
    Layout.margin + (title.isEmpty ? 0 : Layout.titleHeight) + (subtitle ? Layout.subtitleHeight : 0)
  }
}
