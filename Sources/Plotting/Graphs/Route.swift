/// The way of a line on the paper, as points close enough to look smooth.
struct Route {
  private(set) var points: [Point]

  init(from start: Point) { points = [start] }

  private var end: Point { points[points.count - 1] }

  /// Straight on.
  mutating func line(to point: Point) { if point != end { points.append(point) } }

  /// Over to another column: leaves and arrives upright.
  mutating func swing(to point: Point) {
    let start = end
    guard abs(start.x - point.x) > 0.01 else { return line(to: point) }
    let reach = (point.y - start.y) * 0.6
    let (a, b) = (Point(start.x, start.y + reach), Point(point.x, point.y - reach))
    for step in 1...32 {
      let t = Double(step) / 32
      let (p, q, r, s) = (
        (1 - t) * (1 - t) * (1 - t), 3 * t * (1 - t) * (1 - t), 3 * t * t * (1 - t), t * t * t
      )
      points.append(
        Point(p * start.x + q * a.x + r * b.x + s * point.x, p * start.y + q * a.y + r * b.y + s * point.y))
    }
  }

  /// Along the corners, rounded, to the last of them.
  mutating func bend(along corners: [Point], radius: Double = 7) {
    for (i, corner) in corners.enumerated() {
      guard i < corners.count - 1 else { return line(to: corner) }
      let (before, after) = (end, corners[i + 1])
      let near = Self.toward(before, from: corner, radius)
      let far = Self.toward(after, from: corner, radius)
      line(to: near)
      for step in 1...6 {
        let t = Double(step) / 6
        let (p, q, r) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
        points.append(
          Point(p * near.x + q * corner.x + r * far.x, p * near.y + q * corner.y + r * far.y))
      }
    }
  }

  /// The point at a distance from a corner along one of its sides, which is level or upright; at most half way.
  private static func toward(_ end: Point, from corner: Point, _ distance: Double) -> Point {
    let (dx, dy) = (end.x - corner.x, end.y - corner.y)
    let length = max(abs(dx), abs(dy))
    guard length > 0 else { return corner }
    let share = min(distance, length / 2) / length
    return Point(corner.x + dx * share, corner.y + dy * share)
  }
}
