/// A graph with frames around parts of it: every frame is laid out by itself and stands as one box in what is around it.
///
/// Lines enter a frame at its top and leave it at its bottom, each at a place of its own, so that nothing foreign ever
/// lies inside.
struct CompoundLayout {
  struct Item {
    var size: Size
    /// The frame it is in.
    var group: Int?
    var isLate = false
  }

  struct Edge: Hashable {
    var from: Int
    var to: Int
    /// Which of the places below its node the line leaves from.
    var output = 0
    /// How far from the middle that is.
    var offset = 0.0
  }

  /// One rectangle for each item.
  private(set) var boxes: [Rect]
  private(set) var frames: [Rect]
  /// The way of each edge.
  private(set) var routes: [[Point]]
  private(set) var size = Size(width: 0, height: 0)

  private let items: [Item]
  private let parents: [Int?]
  private let edges: [Edge]
  private let columnHeight: Double
  private var scopes: [Int?: Scope] = [:]

  /// Room inside of a frame, more at the top for its name.
  static let padding = 16.0
  static let header = 24.0

  /// What a line comes from; lines of one origin share their way.
  private struct Origin: Hashable { var node, output: Int }

  /// A part of a scope that stands for itself.
  private enum Part: Hashable {
    case item(Int)
    case group(Int)
    case entry(Origin)
    case exit(Origin)
  }

  /// A frame's inside, or the whole drawing: its own origin in the upper left corner.
  private struct Scope {
    var size: Size
    var centers: [Part: Point]
    /// The way of each edge as far as it lies in the scope.
    var pieces: [Int: [Point]]
  }

  /// - Parameters:
  ///   - parents: the frame that each frame is in.
  ///   - columnHeight: what is higher is broken into columns.
  init(_ items: [Item], parents: [Int?], _ edges: [Edge], columnHeight: Double) {
    self.items = items
    self.parents = parents
    self.edges = edges
    self.columnHeight = columnHeight
    boxes = items.map { Rect(x: 0, y: 0, width: $0.size.width, height: $0.size.height) }
    frames = parents.map { _ in Rect(x: 0, y: 0, width: 0, height: 0) }
    routes = edges.map { _ in [] }
    arrange(nil)
    size = scopes[nil]?.size ?? size
    settle(nil, at: Point(0, 0))
    for i in edges.indices { routes[i] = joined(i) }
  }

  /// What stands for a node in a scope; `nil` outside of it.
  private func part(of node: Int, in scope: Int?) -> Part? {
    var part = Part.item(node)
    var around = items[node].group
    while around != scope {
      guard let group = around else { return nil }
      part = .group(group)
      around = parents[group]
    }
    return part
  }

  private mutating func arrange(_ scope: Int?) {
    for group in parents.indices where parents[group] == scope { arrange(group) }
    var numbers: [Part: Int] = [:]
    var parts: [Part] = []
    func number(_ part: Part) -> Int {
      if let known = numbers[part] { return known }
      numbers[part] = parts.count
      parts.append(part)
      return parts.count - 1
    }
    for node in items.indices { if let part = part(of: node, in: scope) { _ = number(part) } }
    for group in parents.indices where parents[group] == scope { _ = number(.group(group)) }

    struct Line: Hashable {
      var from, to: Part
      var origin: Origin
    }
    var lines: [Line: Int] = [:]
    var lineOf: [Int: Int] = [:]
    var origins: [Origin: Int] = [:]
    var drawn: [LayeredGraph.Edge] = []
    for (i, edge) in edges.enumerated() {
      let (from, to) = (part(of: edge.from, in: scope), part(of: edge.to, in: scope))
      if from == to { continue }
      let origin = Origin(node: edge.from, output: edge.output)
      let line = Line(from: from ?? .entry(origin), to: to ?? .exit(origin), origin: origin)
      if lines[line] == nil {
        lines[line] = drawn.count
        origins[origin] = origins[origin] ?? origins.count
        drawn.append(
          .init(
            from: number(line.from), to: number(line.to), origin: origins[origin] ?? 0,
            fromOffset: offset(line.from, edge, .exit(origin)),
            toOffset: offset(line.to, edge, .entry(origin))))
      }
      lineOf[i] = lines[line]
    }
    let nodes = parts.map(node)
    let layout = ColumnLayout(LayeredGraph(nodes, drawn), height: columnHeight)
    let inset = scope == nil ? Point(0, 0) : Point(Self.padding, Self.header)
    finish(scope, layout, of: parts, lines: lineOf, inset: inset)
  }

  private func node(_ part: Part) -> LayeredGraph.Node {
    switch part {
    case .item(let item): .init(kind: .box, size: items[item].size, isLate: items[item].isLate)
    case .group(let group): .init(kind: .box, size: scopes[group]?.size ?? Size(width: 0, height: 0))
    case .entry, .exit: .init(kind: .port, size: Size(width: 0, height: 0))
    }
  }

  /// Where beside the middle of a part a line touches it.
  private func offset(_ part: Part, _ edge: Edge, _ port: Part) -> Double {
    switch part {
    case .item(let item): return item == edge.from ? edge.offset : 0
    case .group(let group):
      guard let inside = scopes[group], let place = inside.centers[port] else { return 0 }
      return place.x - inside.size.width / 2
    case .entry, .exit: return 0
    }
  }

  private mutating func finish(
    _ scope: Int?, _ layout: ColumnLayout, of parts: [Part], lines lineOf: [Int: Int], inset: Point
  ) {
    func moved(_ point: Point) -> Point { Point(point.x + inset.x, point.y + inset.y) }
    let frame = Size(
      width: layout.size.width + 2 * inset.x,
      height: layout.size.height + inset.y + (scope == nil ? 0 : Self.padding))
    var centers: [Part: Point] = [:]
    for (part, center) in zip(parts, layout.centers) {
      centers[part] = moved(center)
      // Lines come in at the very top and leave at the very bottom.
      if case .entry = part { centers[part]?.y = 0 }
      if case .exit = part { centers[part]?.y = frame.height }
    }
    var pieces: [Int: [Point]] = [:]
    for (edge, line) in lineOf { pieces[edge] = layout.routes[line].map(moved) }
    scopes[scope] = Scope(size: frame, centers: centers, pieces: pieces)
  }

  /// Gives everything in a scope its place on the paper.
  private mutating func settle(_ scope: Int?, at corner: Point) {
    guard var own = scopes[scope] else { return }
    for (edge, points) in own.pieces {
      own.pieces[edge] = points.map { Point($0.x + corner.x, $0.y + corner.y) }
    }
    scopes[scope] = own
    for (part, center) in own.centers {
      let middle = Point(center.x + corner.x, center.y + corner.y)
      switch part {
      case .item(let item):
        boxes[item].x = middle.x - boxes[item].width / 2
        boxes[item].y = middle.y - boxes[item].height / 2
      case .group(let group):
        let inside = scopes[group]?.size ?? Size(width: 0, height: 0)
        frames[group] = Rect(
          x: middle.x - inside.width / 2, y: middle.y - inside.height / 2, width: inside.width,
          height: inside.height)
        settle(group, at: Point(frames[group].x, frames[group].y))
      case .entry, .exit: continue
      }
    }
  }

  /// An edge's pieces from its node out of frames and into others, one after another.
  private func joined(_ edge: Int) -> [Point] {
    func around(_ node: Int) -> [Int?] {
      var scopes: [Int?] = [items[node].group]
      while let group = scopes[scopes.count - 1] { scopes.append(parents[group]) }
      return scopes
    }
    let (out, into) = (around(edges[edge].from), around(edges[edge].to))
    let shared = out.first { into.contains($0) } ?? nil
    let path = out.prefix { $0 != shared } + [shared] + into.prefix { $0 != shared }.reversed()
    return path.flatMap { scopes[$0]?.pieces[edge] ?? [] }
  }
}
