/// Draws a line through the values that can be shown: gaps where they cannot, a dot where one stands alone.
func drawCurve(
  _ points: [(x: Double, y: Double)], _ stroke: Stroke, in axes: Axes, marksPoints: Bool = true,
  on canvas: inout (some Canvas & ~Copyable)
) {
  var pieces: [[Point]] = [[]]
  for point in points {
    if let place = axes.point(point.x, point.y) {
      pieces[pieces.count - 1].append(place)
    } else {
      pieces.append([])
    }
  }
  for piece in pieces {
    canvas.line(piece, stroke)
    // Few values are marked each; many would turn the line into a string of beads.
    guard piece.count == 1 || (marksPoints && points.count <= 12) else { continue }
    for place in piece { canvas.disc(at: place, radius: stroke.width * 1.6, stroke.color) }
  }
}
