/// Places nodes from side to side: long lines straight, nodes in line with what they hang on.
///
/// Brandes and Köpf, "Fast and simple horizontal coordinate assignment" (2001), compacted by longest ways, so that boxes
/// of different widths never overlap. A box hangs on boxes rather than on bends, which keeps the spine of a residual
/// net straight.
extension LayeredGraph {
  private static let boxGap = 26.0
  private static let lineGap = 14.0

  /// The middle of each node, the leftmost edge at 0.
  func alignedMiddles() -> [Double] {
    guard !nodes.isEmpty else { return [] }
    let places = places
    let conflicts = conflicts(places)
    var all: [[Double]] = []
    for up in [false, true] {
      for right in [false, true] {
        all.append(Pass(graph: self, places: places, conflicts: conflicts, up: up, right: right).middles())
      }
    }
    let sides = all.map(bounds)
    let target = sides.min { $0.upper - $0.lower < $1.upper - $1.lower } ?? (0, 0)
    for (i, bound) in sides.enumerated() {
      // Those pushed to the left agree on the left side, the others on the right.
      let shift = i.isMultiple(of: 2) ? target.lower - bound.lower : target.upper - bound.upper
      for node in nodes.indices { all[i][node] += shift }
    }
    let middles = nodes.indices.map { node in
      let sorted = all.map { $0[node] }.sorted()
      return (sorted[1] + sorted[2]) / 2
    }
    let left = self.bounds(middles).lower
    return middles.map { $0 - left }
  }

  private func bounds(_ middles: [Double]) -> (lower: Double, upper: Double) {
    let sides = nodes.indices.map {
      (middles[$0] - nodes[$0].size.width / 2, middles[$0] + nodes[$0].size.width / 2)
    }
    return (sides.map(\.0).min() ?? 0, sides.map(\.1).max() ?? 0)
  }

  /// The least distance of the middles of two neighbours.
  private func distance(_ left: Int, _ right: Int) -> Double {
    let gap = nodes[left].kind == .box && nodes[right].kind == .box ? Self.boxGap : Self.lineGap
    return (nodes[left].size.width + nodes[right].size.width) / 2 + gap
  }

  /// Links that cross a piece of a long line, which has to stay straight.
  private func conflicts(_ places: [Int]) -> Set<Int> {
    var found: Set<Int> = []
    func isInner(_ link: Int) -> Bool {
      nodes[links[link].from].kind == .bend && nodes[links[link].to].kind == .bend
    }
    for l in layers.indices.dropLast() {
      let all = layers[l].flatMap { below[$0] }
      let inner = all.filter(isInner)
      for link in all where !isInner(link) {
        let (from, to) = (places[links[link].from], places[links[link].to])
        let crosses = inner.contains {
          (places[links[$0].from] - from) * (places[links[$0].to] - to) < 0
        }
        if crosses { found.insert(link) }
      }
    }
    return found
  }

  /// One of the four ways to align: downwards or upwards, pushed to the left or to the right.
  private struct Pass {
    let graph: LayeredGraph
    let places: [Int]
    let conflicts: Set<Int>
    let up: Bool
    let right: Bool
    private var root: [Int] = []
    /// Where a node lies beside the root of its block.
    private var shift: [Double] = []

    init(graph: LayeredGraph, places: [Int], conflicts: Set<Int>, up: Bool, right: Bool) {
      self.graph = graph
      self.places = places
      self.conflicts = conflicts
      self.up = up
      self.right = right
      root = Array(graph.nodes.indices)
      shift = [Double](repeating: 0, count: root.count)
      align()
    }

    /// The layers as this pass goes through them.
    private var layers: [[Int]] {
      let layers = right ? graph.layers.map { Array($0.reversed()) } : graph.layers
      return up ? layers.reversed() : layers
    }

    private func place(_ node: Int) -> Int { right ? -places[node] : places[node] }

    /// What a node may hang on, from left to right: boxes if there are any.
    private func neighbours(of node: Int) -> [(node: Int, link: Int)] {
      let all = (up ? graph.below[node] : graph.above[node]).map { link in
        (node: up ? graph.links[link].to : graph.links[link].from, link: link)
      }
      let isBox = graph.nodes[node].kind == .box
      let boxes = all.filter { graph.nodes[$0.node].kind == .box }
      // A bend leaves a box to the boxes on its side.
      let chosen = isBox ? (boxes.isEmpty ? all : boxes) : all.filter { !isTaken($0.node) }
      return chosen.sorted { (place($0.node), $0.link) < (place($1.node), $1.link) }
    }

    /// Whether a box has a box next to it on the side of this pass.
    private func isTaken(_ node: Int) -> Bool {
      graph.nodes[node].kind == .box
        && (up ? graph.above[node] : graph.below[node]).contains { link in
          graph.nodes[up ? graph.links[link].from : graph.links[link].to].kind == .box
        }
    }

    private mutating func align() {
      for layer in layers {
        var last = Int.min
        for node in layer {
          let near = neighbours(of: node)
          guard !near.isEmpty else { continue }
          let middle = (near.count - 1) / 2
          for m in near.count.isMultiple(of: 2) ? [middle, middle + 1] : [middle] where root[node] == node {
            let (other, link) = near[m]
            guard !conflicts.contains(link), last < place(other) else { continue }
            let ends = graph.links[link]
            let (own, its) = up ? (ends.fromOffset, ends.toOffset) : (ends.toOffset, ends.fromOffset)
            root[node] = root[other]
            shift[node] = shift[other] + (right ? own - its : its - own)
            last = place(other)
          }
        }
      }
    }

    /// The middles: blocks as far left as they can be, then those that others are to the right of close to these.
    func middles() -> [Double] {
      var after = [[(block: Int, distance: Double)]](repeating: [], count: root.count)
      var before = after
      var waiting = [Int](repeating: 0, count: root.count)
      for layer in layers {
        for (a, b) in zip(layer, layer.dropFirst()) {
          let distance = right ? graph.distance(b, a) : graph.distance(a, b)
          let between = distance + shift[a] - shift[b]
          after[root[a]].append((root[b], between))
          before[root[b]].append((root[a], between))
          waiting[root[b]] += 1
        }
      }
      var order = root.indices.filter { root[$0] == $0 && waiting[$0] == 0 }
      var next = 0
      while next < order.count {
        for (block, _) in after[order[next]] {
          waiting[block] -= 1
          if waiting[block] == 0 { order.append(block) }
        }
        next += 1
      }
      var x = [Double](repeating: 0, count: root.count)
      for block in order { x[block] = before[block].map { x[$0.block] + $0.distance }.max() ?? 0 }
      for block in order.reversed() {
        if let room = after[block].map({ x[$0.block] - $0.distance }).min() { x[block] = max(x[block], room) }
      }
      let placed = root.indices.map { x[root[$0]] + shift[$0] }
      return right ? placed.map { -$0 } : placed
    }
  }
}
