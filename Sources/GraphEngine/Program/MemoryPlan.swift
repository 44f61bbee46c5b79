/// Gives every live value an offset in the arena; values whose lifetimes do not overlap share memory.
package struct MemoryPlan {
  package private(set) var offsets: [Int: Int] = [:]
  package let arenaCount: Int
  /// The most floats that are needed at one time: no plan of the same steps does with less.
  let leastCount: Int
  /// Per node: whether anything that is kept depends on it.
  package let isLive: [Bool]
  /// What was asked for, for those who check the plan.
  package let kept: [Int]
  package let pinned: Set<Int>

  /// Blocks up to which they are also placed by size, for which each is compared with every other.
  private static let mostBySize = 4096

  /// - Parameters:
  ///   - pinned: nodes with an address of their own.
  ///   - footprint: floats a node takes.
  init(_ nodes: [Graph.Node], keeping kept: [Int], pinned: Set<Int>, footprint: (Graph.Node) -> Int) {
    let memory = MemoryBlocks(nodes, keeping: kept, pinned: pinned, footprint: footprint)
    isLive = memory.isLive
    self.kept = kept
    self.pinned = pinned
    let placement = Self.best(memory.blocks)
    arenaCount = placement.count
    leastCount = memory.peak.count
    for (id, block) in memory.blockOf.enumerated() { offsets[id] = block.map { placement.offsets[$0] } }
  }

  /// The smallest of the arenas that come of placing blocks as they are made, the largest first, and the
  /// longest-lived first; the first of them if they are equal.
  private static func best(_ blocks: [MemoryBlocks.Block]) -> Placement {
    // Leaves are there from run to run. They come first, so that they do not stand between holes.
    let made = blocks.indices.sorted { (blocks[$0].first, $0) < (blocks[$1].first, $1) }
    var best = Placement(blocks, in: made, isByTime: true)
    guard blocks.count <= mostBySize else { return best }
    let isLeaf = { (block: Int) in blocks[block].first < 0 ? 0 : 1 }
    let bySize = made.sorted {
      (isLeaf($0), -blocks[$0].size, blocks[$0].first, $0) < (
        isLeaf($1), -blocks[$1].size, blocks[$1].first, $1
      )
    }
    let life = { (block: Int) in min(blocks[block].last, blocks.count) - blocks[block].first }
    let byLife = made.sorted {
      (isLeaf($0), -life($0), -blocks[$0].size, $0) < (isLeaf($1), -life($1), -blocks[$1].size, $1)
    }
    for order in [bySize, byLife] {
      let other = Placement(blocks, in: order, isByTime: false)
      if other.count < best.count { best = other }
    }
    return best
  }
}

/// Where blocks lie, each in the smallest gap that was left when its turn came.
private struct Placement {
  private(set) var offsets: [Int]
  private(set) var count = 0

  /// - Parameter isByTime: whether no block begins before one that is placed earlier, so that what has ended by then is
  ///   done with.
  init(_ blocks: [MemoryBlocks.Block], in order: [Int], isByTime: Bool) {
    offsets = [Int](repeating: 0, count: blocks.count)
    /// By offset.
    var placed: [Int] = []
    for block in order {
      let own = blocks[block]
      if isByTime { placed.removeAll { blocks[$0].last < own.first } }
      var (end, best, bestGap) = (0, Int?.none, Int.max)
      for other in placed where blocks[other].overlaps(own) {
        let gap = offsets[other] - end
        if gap >= own.size && gap < bestGap {
          best = end
          bestGap = gap
        }
        end = max(end, offsets[other] + blocks[other].size)
      }
      let offset = best ?? end
      offsets[block] = offset
      count = max(count, offset + own.size)
      placed.insert(block, at: placed.firstIndex { offsets[$0] > offset } ?? placed.count)
    }
  }
}
