/// Boxes in layers and lines between them, from top to bottom: the working state of a drawing of a graph.
///
/// Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981). Lines that
/// leave one place together stay together as long as they can: they share one chain of bends.
struct LayeredGraph {
  enum Kind { case box, port, bend }

  struct Node {
    var kind: Kind
    var size: Size
    /// A source that stands just above what uses it rather than at the top.
    var isLate = false
  }

  /// A line between two nodes that the caller knows.
  struct Edge {
    var from: Int
    var to: Int
    /// Lines with one origin share their way.
    var origin: Int
    /// How far beside the middle of a node the line begins and ends.
    var fromOffset = 0.0
    var toOffset = 0.0
  }

  /// A piece of a line, from one layer to the next.
  struct Link {
    var from: Int
    var to: Int
    var fromOffset: Double
    var toOffset: Double
  }

  private(set) var nodes: [Node]
  let edges: [Edge]
  private(set) var layer: [Int]
  /// The nodes of each layer from left to right.
  private(set) var layers: [[Int]] = []
  private(set) var links: [Link] = []
  /// The links that each edge consists of.
  private(set) var ways: [[Int]] = []
  private(set) var above: [[Int]] = []
  private(set) var below: [[Int]] = []

  /// - Parameter edges: without circles.
  init(_ nodes: [Node], _ edges: [Edge]) {
    self.nodes = nodes
    self.edges = edges
    layer = []
    assignLayers()
    cutEdges()
    orderFirst()
    reduceCrossings()
  }

  /// The longest way from the top; ports at the end stand last.
  private mutating func assignLayers() {
    layer = [Int](repeating: 0, count: nodes.count)
    var waiting = [Int](repeating: 0, count: nodes.count)
    var outgoing = [[Int]](repeating: [], count: nodes.count)
    for edge in edges {
      waiting[edge.to] += 1
      outgoing[edge.from].append(edge.to)
    }
    let isSource = waiting.map { $0 == 0 }
    var ready = nodes.indices.filter { isSource[$0] }
    var next = 0
    while next < ready.count {
      let node = ready[next]
      next += 1
      for target in outgoing[node] {
        layer[target] = max(layer[target], layer[node] + 1)
        waiting[target] -= 1
        if waiting[target] == 0 { ready.append(target) }
      }
    }
    for node in nodes.indices where nodes[node].isLate && isSource[node] {
      if let first = outgoing[node].map({ layer[$0] }).min() { layer[node] = max(0, first - 1) }
    }
    let ends = nodes.indices.filter { nodes[$0].kind == .port && outgoing[$0].isEmpty && !isSource[$0] }
    let others = nodes.indices.filter { !ends.contains($0) }
    let last = (others.map { layer[$0] }.max() ?? -1) + 1
    for node in ends { layer[node] = last }
  }

  /// Puts bends into the lines that pass layers, shared by lines of one origin.
  private mutating func cutEdges() {
    struct Bend: Hashable { var from, origin, layer: Int }
    struct Step: Hashable { var from, to, origin: Int }
    var bends: [Bend: Int] = [:]
    var steps: [Step: Int] = [:]
    for edge in edges {
      var way: [Int] = []
      var at = edge.from
      for l in stride(from: layer[edge.from] + 1, through: layer[edge.to], by: 1) {
        var next = edge.to
        if l < layer[edge.to] {
          let key = Bend(from: edge.from, origin: edge.origin, layer: l)
          next = bends[key] ?? nodes.count
          if next == nodes.count {
            bends[key] = next
            nodes.append(Node(kind: .bend, size: Size(width: 0, height: 0)))
            layer.append(l)
          }
        }
        let step = Step(from: at, to: next, origin: edge.origin)
        if let known = steps[step] {
          way.append(known)
        } else {
          steps[step] = links.count
          way.append(links.count)
          links.append(
            Link(
              from: at, to: next, fromOffset: at == edge.from ? edge.fromOffset : 0,
              toOffset: next == edge.to ? edge.toOffset : 0))
        }
        at = next
      }
      ways.append(way)
    }
    above = [[Int]](repeating: [], count: nodes.count)
    below = above
    for (i, link) in links.enumerated() {
      below[link.from].append(i)
      above[link.to].append(i)
    }
  }

  /// As a walk from the sources meets them: right for trees already.
  private mutating func orderFirst() {
    layers = [[Int]](repeating: [], count: (layer.max() ?? -1) + 1)
    var seen = [Bool](repeating: false, count: nodes.count)
    for start in nodes.indices where above[start].isEmpty {
      var stack = [start]
      while let node = stack.popLast() {
        if seen[node] { continue }
        seen[node] = true
        layers[layer[node]].append(node)
        stack += below[node].reversed().map { links[$0].to }
      }
    }
  }

  /// Gives the layers other orders of the same nodes.
  mutating func setOrder(_ order: [[Int]]) { layers = order }

  /// The place of each node in its layer.
  var places: [Int] {
    var places = [Int](repeating: 0, count: nodes.count)
    for layer in layers { for (i, node) in layer.enumerated() { places[node] = i } }
    return places
  }
}
