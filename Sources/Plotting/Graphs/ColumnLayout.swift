/// A layered graph on the paper: in one column, or in several side by side where one would be too high.
struct ColumnLayout {
  /// The middle of each node.
  private(set) var centers: [Point] = []
  /// The way of each edge.
  private(set) var routes: [[Point]] = []
  private(set) var size = Size(width: 0, height: 0)

  private let graph: LayeredGraph
  private var middles: [Double]
  /// Where each layer begins and ends.
  private var bands: [(top: Double, bottom: Double)] = []
  /// The first layer of each column.
  private var starts: [Int] = [0]
  private var column: [Int] = []
  /// Lines that pass from a column into the next, by what they leave, from the right.
  private var lanes: [[Int: Int]] = []
  /// The left and right edge of each column.
  private var sides: [(left: Double, right: Double)] = []

  private static let laneGap = 8.0
  private static let laneStart = 14.0
  private static let mostLanes = 4

  /// - Parameter height: columns get not much higher than that.
  init(_ graph: LayeredGraph, height: Double) {
    self.graph = graph
    middles = graph.alignedMiddles()
    let gaps = graph.layers.indices.dropLast().map(gap)
    cut(gaps, height)
    placeColumns()
    placeBands(gaps)
    centers = graph.nodes.indices.map { node in
      let band = bands[graph.layer[node]]
      return Point(middles[node], (band.top + band.bottom) / 2)
    }
    size = Size(width: sides.last?.right ?? 0, height: bands.map(\.bottom).max() ?? 0)
    if starts.count > 1 {
      size.height += Self.laneStart + Self.laneGap * Double(lanes.map(\.count).max() ?? 0)
    }
    let ends = spreadEnds()
    routes = graph.edges.indices.map { route(of: $0, ends) }
  }

  private func height(of layer: Int) -> Double {
    graph.layers[layer].map { graph.nodes[$0].size.height }.max() ?? 0
  }

  /// More room where lines go far sideways.
  private func gap(below layer: Int) -> Double {
    let widest =
      graph.layers[layer].flatMap { graph.below[$0] }.map { link in
        abs(middles[graph.links[link].from] - middles[graph.links[link].to])
      }.max() ?? 0
    // Beside ports there is a frame, and nothing to look at.
    let isEdge = [layer, layer + 1].contains { l in
      graph.layers[l].allSatisfy { graph.nodes[$0].kind == .port }
    }
    return (isEdge ? 10 : 26) + min(56, max(0, widest - 20) * 0.13)
  }

  // MARK: Columns

  /// Cuts where few lines pass, near to equal heights.
  private mutating func cut(_ gaps: [Double], _ limit: Double) {
    let heights = graph.layers.indices.map { height(of: $0) + ($0 < gaps.count ? gaps[$0] : 0) }
    let total = heights.reduce(0, +)
    guard total > 1.4 * limit else { return }
    let count = Int((total / max(1, limit)).rounded(.up))
    let target = total / Double(count)
    var (filled, best) = (0.0, (layer: 0, cost: Double.infinity))
    var rest = total
    for layer in heights.indices.dropLast() {
      filled += heights[layer]
      rest -= heights[layer]
      if filled >= 0.7 * target {
        let passing = Set(graph.layers[layer].filter { !graph.below[$0].isEmpty }).count
        let cost = abs(filled - target) / target + 0.35 * Double(passing)
        // More lines than that nobody follows from one column to the next.
        if cost < best.cost && passing <= Self.mostLanes { best = (layer, cost) }
      }
      if filled + heights[layer + 1] > 1.2 * target, best.layer >= (starts.last ?? 0), best.cost.isFinite {
        if rest < 0.4 * target { break }
        starts.append(best.layer + 1)
        filled = heights[(best.layer + 1)..<(layer + 1)].reduce(0, +)
        best = (layer, .infinity)
      }
    }
  }

  /// Puts the columns side by side, with room for the lines between them.
  private mutating func placeColumns() {
    column = graph.layers.indices.map { layer in (starts.lastIndex { $0 <= layer } ?? 0) }
    for (i, start) in starts.enumerated() {
      let end = i + 1 < starts.count ? starts[i + 1] : graph.layers.count
      let inside = graph.layers[start..<end].joined()
      let left = inside.map { middles[$0] - graph.nodes[$0].size.width / 2 }.min() ?? 0
      let right = inside.map { middles[$0] + graph.nodes[$0].size.width / 2 }.max() ?? 0
      let shift = i == 0 ? -left : (sides[i - 1].right + gutter(after: i - 1) - left)
      for node in inside { middles[node] += shift }
      sides.append((left + shift, right + shift))
      if end < graph.layers.count {
        let leaving = graph.layers[end - 1].filter { !graph.below[$0].isEmpty }
        lanes.append(
          Dictionary(uniqueKeysWithValues: leaving.reversed().enumerated().map { ($1, $0) }))
      }
    }
  }

  private func gutter(after column: Int) -> Double {
    2 * 18 + Self.laneGap * Double(max(0, lanes[column].count - 1))
  }

  private mutating func placeBands(_ gaps: [Double]) {
    var y = 0.0
    let rise = starts.count > 1 ? Self.laneStart + Self.laneGap * Double(lanes.map(\.count).max() ?? 0) : 0
    for layer in graph.layers.indices {
      if starts.contains(layer) { y = rise }
      bands.append((y, y + height(of: layer)))
      y = (bands.last?.bottom ?? 0) + (layer < gaps.count ? gaps[layer] : 0)
    }
  }

  // MARK: Lines

  /// Where each link ends beside the middle of its node: side by side, the one from straight above in the middle.
  private func spreadEnds() -> [Double] {
    var offsets = graph.links.map(\.toOffset)
    for node in graph.nodes.indices where graph.nodes[node].kind == .box && graph.above[node].count > 1 {
      let from = { (link: Int) in middles[graph.links[link].from] + graph.links[link].fromOffset }
      let byPlace = graph.above[node].filter { graph.links[$0].toOffset == 0 }.sorted {
        (from($0), $0) < (from($1), $1)
      }
      guard byPlace.count > 1 else { continue }
      let count = Double(byPlace.count)
      let gap = min(14, 0.8 * graph.nodes[node].size.width / count)
      let straight = byPlace.firstIndex { abs(from($0) - middles[node]) < 0.5 }
      let middle = straight.map(Double.init) ?? (count - 1) / 2
      for (i, link) in byPlace.enumerated() { offsets[link] = (Double(i) - middle) * gap }
    }
    return offsets
  }

  private func route(of edge: Int, _ ends: [Double]) -> [Point] {
    let ways = graph.ways[edge]
    guard let first = ways.first else { return [] }
    let start = graph.links[first].from
    let x = middles[start] + graph.links[first].fromOffset
    var route = Route(from: Point(x, centers[start].y + graph.nodes[start].size.height / 2))
    for link in ways {
      let (from, to) = (graph.links[link].from, graph.links[link].to)
      let (above, below) = (graph.layer[from], graph.layer[to])
      let leave = Point(middles[from] + graph.links[link].fromOffset, bands[above].bottom)
      let arrive = Point(middles[to] + ends[link], bands[below].top)
      route.line(to: leave)
      if column[above] == column[below] {
        // The last bit goes straight, for the arrow.
        let isLast = graph.nodes[to].kind == .box
        route.swing(to: isLast ? Point(arrive.x, arrive.y - 9) : arrive)
        route.line(to: arrive)
      } else {
        let all = lanes[column[above]]
        let (lane, count) = (Double(all[from] ?? 0), Double(all.count))
        let down = leave.y + Self.laneStart + lane * Self.laneGap - 4
        let across = sides[column[above]].right + 18 + lane * Self.laneGap
        let up = bands[below].top - Self.laneStart - (count - 1 - lane) * Self.laneGap + 2
        route.bend(along: [
          Point(leave.x, down), Point(across, down), Point(across, up), Point(arrive.x, up), arrive,
        ])
      }
      route.line(to: Point(arrive.x, centers[to].y - graph.nodes[to].size.height / 2))
    }
    return route.points
  }
}
