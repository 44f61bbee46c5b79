import TensorCore

/// Gives every live value an offset in the arena; values whose lifetimes do not overlap share memory.
package struct MemoryPlan {
  package private(set) var offsets: [Int: Int] = [:]
  package private(set) var arenaCount = 0
  /// Per node: whether anything that is kept depends on it.
  package let isLive: [Bool]
  /// What was asked for, for those who check the plan.
  package let kept: [Int]
  package let pinned: Set<Int>

  /// - Parameters:
  ///   - pinned: nodes with an address of their own.
  ///   - footprint: floats a node takes.
  init(_ nodes: [Graph.Node], keeping kept: [Int], pinned: Set<Int>, footprint: (Graph.Node) -> Int) {
    var live = [Bool](repeating: false, count: nodes.count)
    var lastUse = [Int](repeating: -1, count: nodes.count)
    for id in kept { (live[id], lastUse[id]) = (true, .max) }
    for id in nodes.indices.reversed() where live[id] {
      for operand in nodes[id].operands {
        live[operand] = true
        lastUse[operand] = max(lastUse[operand], id)
        // An alias keeps alive what it shows.
        if nodes[id].op?.isAlias == true { lastUse[operand] = max(lastUse[operand], lastUse[id]) }
      }
    }
    (isLive, self.kept, self.pinned) = (live, kept, pinned)
    // The node whose memory an alias shows.
    var root = Array(nodes.indices)
    for (id, node) in nodes.enumerated() where node.op?.isAlias == true { root[id] = root[node.operands[0]] }
    // Leaves are there from run to run. They come first, so that they do not stand between holes.
    for (id, node) in nodes.enumerated() where live[id] && node.op == nil && !node.isParameter {
      offsets[id] = arenaCount
      arenaCount += footprint(node)
    }
    var holes = FreeList()
    for (id, node) in nodes.enumerated() where live[id] {
      guard case .op(let op, let operands) = node.kind else { continue }
      if op.isAlias {
        offsets[id] = offsets[operands[0]]
        continue
      }
      let size = footprint(node)
      var dying = Set(operands.map { root[$0] }).filter { lastUse[$0] == id && nodes[$0].op != nil }
      if pinned.contains(id) {
        // It needs no memory here; what it was the last to read is free.
      } else if op.canReuseFirstOperand, let first = operands.first.map({ root[$0] }), dying.contains(first),
        let offset = offsets[first], nodes[operands[0]].type.dims == node.type.dims
      {
        offsets[id] = offset
        dying.remove(first)
      } else {
        let offset = holes.take(size) ?? holes.takeEnd(arenaCount) ?? arenaCount
        offsets[id] = offset
        arenaCount = max(arenaCount, offset + size)
      }
      release(dying, nodes, footprint, &holes)
    }
  }

  private func release(
    _ ids: Set<Int>, _ nodes: [Graph.Node], _ footprint: (Graph.Node) -> Int, _ holes: inout FreeList
  ) {
    for id in ids.sorted() { if let offset = offsets[id] { holes.give(offset, footprint(nodes[id])) } }
  }
}

/// Holes of the arena, merged with their neighbours; the smallest that fits is taken.
private struct FreeList {
  private var holes: [(offset: Int, count: Int)] = []

  mutating func take(_ count: Int) -> Int? {
    let fitting = holes.indices.filter { holes[$0].count >= count }
    guard let best = fitting.min(by: { holes[$0].count < holes[$1].count }) else { return nil }
    let offset = holes[best].offset
    holes[best] = (offset + count, holes[best].count - count)
    if holes[best].count == 0 { holes.remove(at: best) }
    return offset
  }

  /// The hole that ends where the arena does: it can grow.
  mutating func takeEnd(_ end: Int) -> Int? {
    guard let last = holes.last, last.offset + last.count == end else { return nil }
    return holes.removeLast().offset
  }

  mutating func give(_ offset: Int, _ count: Int) {
    let at = holes.firstIndex { $0.offset > offset } ?? holes.count
    holes.insert((offset, count), at: at)
    if at + 1 < holes.count, holes[at].offset + holes[at].count == holes[at + 1].offset {
      holes[at].count += holes.remove(at: at + 1).count
    }
    if at > 0, holes[at - 1].offset + holes[at - 1].count == holes[at].offset {
      holes[at - 1].count += holes.remove(at: at).count
    }
  }
}
