/// A network as boxes and arrows, from its inputs at the top to its outputs.
///
/// Boxes are laid out in layers with few crossings; long chains are broken into columns; models used as layers have a
/// frame around their layers, or a double border. The same graph is always drawn the same.
public struct ModelGraph: Figure {
  /// What a box stands for, which decides how it looks.
  public enum Role: Sendable {
    case input, output
    /// A layer with weights.
    case trained
    /// A layer without.
    case plain
    /// A model used as a layer, closed.
    case model
    /// A step between layers.
    case step
    /// A weight of the model itself.
    case weight
    case condition
  }

  public struct Node: Sendable {
    public var role: Role
    public var name: String
    /// Below the name: the class, the settings.
    public var detail: String
    /// Beside the name: the shape of what it gives.
    public var shape: String
    /// Such as `frozen`, or `use 1 of 2`.
    public var mark: String
    /// Layers that share their weights have one number, and a stripe of one colour.
    public var sharing: Int?
    /// How many values leave it.
    public var outputCount: Int
    /// Which of the groups it is in.
    public var group: Int?

    public init(
      _ role: Role, _ name: String, detail: String = "", shape: String = "", mark: String = "",
      sharing: Int? = nil, outputCount: Int = 1, group: Int? = nil
    ) {
      self.role = role
      self.name = name
      self.detail = detail
      self.shape = shape
      self.mark = mark
      self.sharing = sharing
      self.outputCount = outputCount
      self.group = group
    }
  }

  public struct Edge: Sendable {
    public var from: Int
    public var to: Int
    public var output: Int
    public var label: String
    /// For ways that are not always taken.
    public var isDashed: Bool
    public init(_ from: Int, _ to: Int, output: Int = 0, label: String = "", isDashed: Bool = false) {
      self.from = from
      self.to = to
      self.output = output
      self.label = label
      self.isDashed = isDashed
    }
  }

  /// The frame of an opened model.
  public struct Group: Sendable {
    public var name: String
    public var detail: String
    public var parent: Int?
    public init(_ name: String, detail: String = "", parent: Int? = nil) {
      self.name = name
      self.detail = detail
      self.parent = parent
    }
  }

  public var title: String
  public var subtitle: String
  public let nodes: [Node]
  public let edges: [Edge]
  public let groups: [Group]
  public let size: Size
  /// Where everything is, before it is shrunk to the size.
  let layout: CompoundLayout
  private let scale: Double

  /// A picture has room for sides of 16,383 points; this is as much as anybody looks at.
  private static let largestSide = 7000.0
  private static let columnHeight = 1060.0

  /// - Parameters:
  ///   - edges: without circles, between nodes that there are; others are left out.
  ///   - groups: parents come before what is in them.
  public init(title: String, subtitle: String = "", nodes: [Node], edges: [Edge], groups: [Group] = []) {
    self.title = title
    self.subtitle = subtitle
    self.nodes = nodes
    self.groups = groups
    self.edges = edges.filter {
      nodes.indices.contains($0.from) && nodes.indices.contains($0.to) && $0.from != $0.to
    }
    let boxWidth = nodes.map(ModelGraphBox.neededWidth).max() ?? 0
    let sizes = nodes.map { ModelGraphBox.size(of: $0, boxWidth: boxWidth) }
    let items = zip(nodes, sizes).map { node, size in
      let isKnown = node.group.map(groups.indices.contains) ?? false
      return CompoundLayout.Item(size: size, group: isKnown ? node.group : nil, isLate: node.role == .weight)
    }
    let lines = self.edges.map { edge in
      let (count, width) = (nodes[edge.from].outputCount, sizes[edge.from].width)
      let gap = min(nodes[edge.from].role == .condition ? width / 2 : 28, 0.8 * width / Double(max(1, count)))
      let offset = count > 1 ? (Double(edge.output) - Double(count - 1) / 2) * gap : 0
      return CompoundLayout.Edge(from: edge.from, to: edge.to, output: edge.output, offset: offset)
    }
    let parents = groups.enumerated().map { i, group in group.parent.flatMap { $0 < i && $0 >= 0 ? $0 : nil }
    }
    layout = CompoundLayout(items, parents: parents, lines, columnHeight: Self.columnHeight)
    scale = min(1, Self.largestSide / max(1, layout.size.width, layout.size.height))
    let heading =
      Layout.margin + (title.isEmpty ? 0 : Layout.titleHeight)
      + (subtitle.isEmpty ? 0 : Layout.subtitleHeight)
    let headingWidth = max(
      TextEstimate.width(of: title, Layout.title), TextEstimate.width(of: subtitle, Layout.subtitle))
    size = Size(
      width: max(layout.size.width * scale, min(720, headingWidth)) + 2 * Layout.margin,
      height: heading + layout.size.height * scale + 4 + Layout.margin)
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    let rest = drawHeading(subtitle: subtitle, on: &canvas)
    let left = rest.x + max(0, (rest.width - layout.size.width * scale) / 2)
    let pen = ModelGraphPen(origin: Point(left, rest.y + 4), scale: scale)
    for (group, frame) in zip(groups, layout.frames) {
      pen.frame(frame, depth: depth(of: group), on: &canvas)
    }
    drawArrows(with: pen, on: &canvas)
    for (group, frame) in zip(groups, layout.frames) {
      pen.name(group, frame, besides: entries(of: frame), depth: depth(of: group), on: &canvas)
    }
    for (node, box) in zip(nodes, layout.boxes) {
      ModelGraphBox(node: node, box: box).draw(with: pen, on: &canvas)
    }
    drawLabels(with: pen, on: &canvas)
  }

  /// Lines of one origin share their way as far as it is the same, and are drawn once there.
  private func drawArrows(with pen: ModelGraphPen, on canvas: inout (some Canvas & ~Copyable)) {
    var drawn: [Origin: [Int]] = [:]
    for (i, edge) in edges.enumerated() {
      let origin = Origin(node: edge.from, output: edge.output, isDashed: edge.isDashed)
      let route = layout.routes[i]
      let shared =
        (drawn[origin] ?? []).map { other in
          zip(route, layout.routes[other]).prefix { $0 == $1 }.count
        }.max() ?? 0
      // The last point is in front of the arrow head, and not that of a line passing there.
      let start = max(0, min(shared - 2, route.count - 2))
      pen.arrow(along: Array(route[min(start, route.count)...]), isDashed: edge.isDashed, on: &canvas)
      drawn[origin, default: []].append(i)
    }
  }

  /// What a condition leads to is said where its lines begin, the rest where they end.
  private func drawLabels(with pen: ModelGraphPen, on canvas: inout (some Canvas & ~Copyable)) {
    var said: Set<Origin> = []
    for (edge, route) in zip(edges, layout.routes) where !edge.label.isEmpty {
      let isBranch = nodes[edge.from].role == .condition
      if isBranch, !said.insert(Origin(node: edge.from, output: edge.output, isDashed: true)).inserted {
        continue
      }
      guard let place = isBranch ? route.first : route.last else { continue }
      let isLeft = isBranch && edge.output == 0
      pen.label(
        edge.label, at: Point(place.x + (isLeft ? -5 : 5), place.y + (isBranch ? 11 : -9)),
        isLeft ? .end : .start, on: &canvas)
    }
  }

  private struct Origin: Hashable {
    var node: Int
    var output: Int
    var isDashed: Bool
  }

  /// Where lines come into a frame.
  private func entries(of frame: Rect) -> [Double] {
    layout.routes.flatMap { route in
      route.filter { abs($0.y - frame.y) < 0.01 && $0.x > frame.x && $0.x < frame.right }.map(\.x)
    }
  }

  private func depth(of group: Group) -> Int {
    var depth = 0
    var around = group.parent
    while let next = around, groups.indices.contains(next), depth <= groups.count {
      depth += 1
      around = groups[next].parent
    }
    return depth
  }
}
