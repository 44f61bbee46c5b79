import TensorCore

/// When the memory behind each value is needed: a value that shows another one, or is written over it, is in one block
/// with it.
struct MemoryBlocks {
  /// A run of memory and the first and the last node that need it.
  struct Block {
    let size: Int
    /// -1 for what enters from outside: it is there before the first step.
    let first: Int
    /// `Int.max` for what is read after a run, or must be there at the next one.
    fileprivate(set) var last: Int

    func isLive(at node: Int) -> Bool { first <= node && node <= last }
    func overlaps(_ other: Block) -> Bool { first <= other.last && other.first <= last }
  }

  private(set) var blocks: [Block] = []
  /// The block of each node; `nil` for dead nodes and for those with an address of their own.
  private(set) var blockOf: [Int?]
  /// Per node: whether anything that is kept depends on it.
  let isLive: [Bool]
  /// The node whose memory an alias shows; of all others the node itself.
  let root: [Int]
  /// Per node: the last one that reads it, through aliases too; `Int.max` if it is kept.
  let lastUse: [Int]

  /// - Parameters:
  ///   - pinned: nodes with an address of their own.
  ///   - footprint: floats a node takes.
  init(_ nodes: [Graph.Node], keeping kept: [Int], pinned: Set<Int>, footprint: (Graph.Node) -> Int) {
    var live = [Bool](repeating: false, count: nodes.count)
    var lastUse = [Int](repeating: -1, count: nodes.count)
    for id in kept {
      live[id] = true
      lastUse[id] = .max
    }
    for id in nodes.indices.reversed() where live[id] {
      for operand in nodes[id].operands {
        live[operand] = true
        lastUse[operand] = max(lastUse[operand], id)
        // An alias keeps alive what it shows.
        if nodes[id].op?.isAlias == true { lastUse[operand] = max(lastUse[operand], lastUse[id]) }
      }
    }
    var root = Array(nodes.indices)
    for (id, node) in nodes.enumerated() where node.op?.isAlias == true { root[id] = root[node.operands[0]] }
    isLive = live
    self.root = root
    self.lastUse = lastUse
    blockOf = [Int?](repeating: nil, count: nodes.count)
    for (id, node) in nodes.enumerated() where live[id] {
      switch node.kind {
      case .leaf:
        if !node.isHeldByModel { add(Block(size: footprint(node), first: -1, last: .max), for: id) }
      case .op(let op, let operands):
        if op.isAlias {
          blockOf[id] = blockOf[root[id]]
        } else if pinned.contains(id) {
          continue
        } else if op.canReuseFirstOperand, let first = operands.first,
          nodes[first].type.dims == node.type.dims,
          // Over a part of something the result would not lie where its operand does.
          footprint(nodes[root[first]]) == footprint(node), lastUse[root[first]] == id,
          // Nor may another operand show a part of it, which would be read again after it was written over.
          operands.allSatisfy({ root[$0] != root[first] || nodes[$0].type.dims == node.type.dims }),
          nodes[root[first]].op != nil, let block = blockOf[root[first]]
        {
          blockOf[id] = block
          blocks[block].last = max(id, lastUse[id])
        } else {
          add(Block(size: footprint(node), first: id, last: max(id, lastUse[id])), for: id)
        }
      }
    }
  }

  private mutating func add(_ block: Block, for node: Int) {
    blockOf[node] = blocks.count
    blocks.append(block)
  }

  /// The most floats that are needed at one time, and the first node at which they are: no plan can do with less.
  var peak: (count: Int, node: Int) {
    var changes = [Int](repeating: 0, count: blockOf.count + 1)
    for block in blocks {
      changes[max(0, block.first)] += block.size
      if block.last < blockOf.count { changes[block.last + 1] -= block.size }
    }
    var (count, most, node) = (0, 0, 0)
    for (id, change) in changes.enumerated() {
      count += change
      if count > most {
        most = count
        node = id
      }
    }
    return (most, node)
  }
}
