import Testing

@testable import Plotting

/// How graphs are laid out, whatever is in their boxes.
@Suite struct GraphLayoutTests {
  typealias Edge = CompoundLayout.Edge

  private func layout(
    _ count: Int, _ edges: [(Int, Int)], groups: [Int: Int] = [:], parents: [Int?] = [],
    columnHeight: Double = 1e9
  ) -> CompoundLayout {
    let items = (0..<count).map {
      CompoundLayout.Item(size: Size(width: 60 + Double($0 * 37 % 90), height: 30), group: groups[$0])
    }
    return CompoundLayout(
      items, parents: parents, edges.map { Edge(from: $0.0, to: $0.1) }, columnHeight: columnHeight)
  }

  private func layered(_ count: Int, _ edges: [(Int, Int)]) -> LayeredGraph {
    LayeredGraph(
      (0..<count).map { _ in .init(kind: .box, size: Size(width: 60, height: 30)) },
      edges.map { .init(from: $0.0, to: $0.1, origin: $0.0) })
  }

  /// A graph without circles, made of a number.
  private func random(_ seed: UInt64, _ count: Int) -> [(Int, Int)] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    return (1..<count).flatMap { to in (0...next(3)).map { _ in (next(to), to) } }
  }

  private func overlap(_ a: Rect, _ b: Rect) -> Bool {
    a.x < b.right - 0.01 && b.x < a.right - 0.01 && a.y < b.bottom - 0.01 && b.y < a.bottom - 0.01
  }

  @Test(arguments: 1...40) func `boxes never overlap`(seed: Int) {
    let count = 5 + seed
    let boxes = layout(count, random(UInt64(seed), count)).boxes
    for i in boxes.indices { for j in 0..<i { #expect(!overlap(boxes[i], boxes[j]), "\(i) and \(j)") } }
  }

  @Test(arguments: 1...40) func `boxes in columns never overlap`(seed: Int) {
    let count = 10 + seed
    let edges = random(UInt64(seed), count) + (1..<count).map { ($0 - 1, $0) }
    let boxes = layout(count, edges, columnHeight: 300).boxes
    for i in boxes.indices { for j in 0..<i { #expect(!overlap(boxes[i], boxes[j]), "\(i) and \(j)") } }
  }

  @Test(arguments: 1...20) func `lines only go down, from the bottom of a box to the top of another`(
    seed: Int
  ) {
    let edges = random(UInt64(seed), 24)
    let layout = layout(24, edges)
    for (edge, route) in zip(edges, layout.routes) {
      #expect(zip(route, route.dropFirst()).allSatisfy { $0.y <= $1.y + 1e-9 })
      #expect(abs((route.first?.y ?? 0) - layout.boxes[edge.0].bottom) < 1e-6)
      #expect(abs((route.last?.y ?? 0) - layout.boxes[edge.1].y) < 1e-6)
    }
  }

  @Test(arguments: 1...20) func `everything lies on the paper`(seed: Int) {
    let layout = layout(30, random(UInt64(seed), 30))
    for box in layout.boxes {
      #expect(box.x >= -1e-6 && box.right <= layout.size.width + 1e-6)
      #expect(box.y >= -1e-6 && box.bottom <= layout.size.height + 1e-6)
    }
  }

  @Test func `a tree has no crossings`() {
    let tree = (1..<31).map { (($0 - 1) / 2, $0) }
    #expect(layered(31, tree).crossings == 0)
  }

  @Test func `a planar graph that is written crossed is untangled`() {
    // Two ladders whose rungs are given in reverse.
    #expect(layered(8, [(0, 7), (1, 6), (2, 5), (3, 4), (0, 6), (1, 5), (2, 4)]).crossings == 0)
  }

  @Test(arguments: [2, 3, 4]) func `complete pairs of layers have as few crossings as there can be`(n: Int) {
    let edges = (0..<n).flatMap { a in (0..<n).map { (a, n + $0) } }
    let least = (n * (n - 1) / 2) * (n * (n - 1) / 2)
    #expect(layered(2 * n, edges).crossings == least)
  }

  @Test func `the spine of a residual net is straight`() {
    // 0 → 1 → 2 → 3 with 0 → 3, five times.
    let edges = (0..<5).flatMap { block in
      let i = 3 * block
      return [(i, i + 1), (i + 1, i + 2), (i + 2, i + 3), (i, i + 3)]
    }
    let middles = Set(layout(16, edges).boxes.map { ($0.center.x * 100).rounded() })
    #expect(middles.count == 1)
  }

  @Test func `a box stands over the middle of two like it`() {
    let items = (0..<3).map { _ in CompoundLayout.Item(size: Size(width: 80, height: 30)) }
    let layout = CompoundLayout(
      items, parents: [], [Edge(from: 0, to: 1), Edge(from: 0, to: 2)], columnHeight: 1e9)
    let x = layout.boxes.map(\.center.x)
    #expect(abs(x[0] - (x[1] + x[2]) / 2) < 1e-6)
  }

  @Test func `lines of one box share their way`() {
    let graph = layered(5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 3), (0, 4)])
    #expect(graph.nodes.filter { $0.kind == .bend }.count == 3)
  }

  @Test func `a frame holds its boxes, and nothing else`() {
    let groups = [1: 0, 2: 0, 3: 1]
    let layout = layout(
      6, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 4), (0, 3)], groups: groups, parents: [nil, nil])
    for (box, i) in zip(layout.boxes, 0...) {
      for (group, frame) in layout.frames.enumerated() {
        let isInside =
          box.x > frame.x && box.right < frame.right && box.y > frame.y && box.bottom < frame.bottom
        #expect(isInside == (groups[i] == group))
        #expect(isInside || !overlap(box, frame))
      }
    }
    #expect(!overlap(layout.frames[0], layout.frames[1]))
  }

  @Test func `a line into a frame within a frame is in one piece`() {
    let layout = layout(3, [(0, 1), (1, 2), (0, 2)], groups: [1: 1], parents: [nil, 0])
    for route in layout.routes {
      let jumps = zip(route, route.dropFirst()).filter { abs($0.x - $1.x) + abs($0.y - $1.y) > 60 }
      #expect(jumps.allSatisfy { abs($0.x - $1.x) < 0.01 })
    }
    #expect(abs((layout.routes[0].last?.y ?? 0) - layout.boxes[1].y) < 1e-6)
  }

  @Test func `a long chain is broken into columns of about one height`() {
    let boxes = layout(100, (1..<100).map { ($0 - 1, $0) }, columnHeight: 800).boxes
    let tops = boxes.map(\.y)
    let columns = 1 + zip(tops, tops.dropFirst()).filter { $0 > $1 }.count
    #expect((6...9).contains(columns))
    #expect((boxes.map(\.bottom).max() ?? 0) < 1000)
  }

  @Test func `no nodes are no drawing`() {
    #expect(layout(0, []).size == Size(width: 0, height: 0))
  }
}
