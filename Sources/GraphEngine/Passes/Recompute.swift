import TensorCore

/// Trades time for memory: a value that is read again only much later is given up, and computed again just before.
///
/// Step by step, what the fullest moment of a run is made of is looked through for the value that is cheapest to have
/// again, for each float it frees. Ops are functions of their operands, random ones too, so that the bits of all
/// results stay as they are. This runs after common subexpressions were merged, which would undo it.
///
/// Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost" (2016), for the idea.
struct Recompute {
  /// What is computed again costs at most this part of all there was to compute.
  private static let mostCost = 0.5
  private static let mostRounds = 512
  /// Values that are given up together, each computed from the next.
  private static let longestChain = 12

  private var nodes: [Graph.Node]
  private var kept: [Int]
  private var pinned: Set<Int>
  /// Where each node of the graph is by now.
  private(set) var numbers: [Int]
  private let footprint: (Graph.Node) -> Int
  private let shape: (Graph.Node) -> [Int]

  /// - Parameters:
  ///   - kept: values that are read after a run.
  ///   - pinned: nodes with an address of their own.
  ///   - batch: samples in a run.
  private init(_ nodes: [Graph.Node], _ kept: [Int], _ pinned: Set<Int>, batch: Int) {
    self.nodes = nodes
    self.kept = kept
    self.pinned = pinned
    numbers = Array(nodes.indices)
    shape = { $0.type.shape(batch: batch) }
    footprint = { Layout.rowMajor.footprint(of: $0.type.shape(batch: batch)) }
  }

  /// Rewrites nodes so that fewer floats are needed at one time.
  /// - Returns: where each node is now.
  static func apply(
    to nodes: inout [Graph.Node], keeping kept: [Int], pinned: Set<Int>, batch: Int
  ) -> [Int] {
    var work = Recompute(nodes, kept, pinned, batch: batch)
    work.run()
    nodes = work.nodes
    return work.numbers
  }

  private mutating func run() {
    let live = MemoryBlocks(nodes, keeping: kept, pinned: pinned, footprint: footprint).isLive
    var budget = Self.mostCost * Double(nodes.indices.filter { live[$0] }.map(cost).reduce(0, +))
    /// Values, as the graph numbers them, that were tried to no avail.
    var refused: Set<Int> = []
    for _ in 0..<Self.mostRounds {
      let memory = MemoryBlocks(nodes, keeping: kept, pinned: pinned, footprint: footprint)
      let peak = memory.peak
      let readers = nextReaders(memory, after: peak.node)
      let choices = peakValues(memory, at: peak.node).filter { !refused.contains($0) }
        .compactMap { choice(for: $0, readers, memory, at: peak.node, within: budget) }
        .filter { $0.gain >= max(16, peak.count / 512) }
      guard let choice = choices.min(by: { ($0.price, $0.value) < ($1.price, $1.value) }) else { return }
      let before = self
      insert(choice)
      let now = MemoryBlocks(nodes, keeping: kept, pinned: pinned, footprint: footprint).peak
      // The fullest moment may be as full at another place; it must not become fuller.
      if now.count > peak.count {
        self = before
        refused.insert(choice.value)
      } else {
        budget -= choice.cost
        // Numbers behind the place have moved.
        refused = Set(refused.map { $0 >= choice.place ? $0 + choice.chain.count : $0 })
      }
    }
  }

  /// A value to be given up between its last use before the fullest moment and its next one.
  private struct Choice {
    var value: Int
    /// What has to be computed again, in order; the value and views of it are the last.
    var chain: [Int]
    /// The first node behind the moment that reads the value.
    var place: Int
    /// Floats that are free at the fullest moment.
    var gain: Int
    var cost: Double
    var price: Double { cost / Double(gain) }
  }

  private func cost(_ id: Int) -> Double {
    guard case .op(let op, let operands) = nodes[id].kind, !op.isAlias else { return 0 }
    // A float that is read and written costs something, too.
    return Double(op.cost(operands.map { shape(nodes[$0]) }, shape(nodes[id])) + 4 * footprint(nodes[id]))
  }

  /// The values whose memory is taken at a moment in which nothing reads or makes them.
  private func peakValues(_ memory: MemoryBlocks, at moment: Int) -> [Int] {
    let used = Set(nodes[moment].operands.map { memory.root[$0] } + [moment])
    let keptRoots = Set(kept.map { memory.root[$0] })
    return nodes.indices.filter { id in
      guard id < moment, memory.isLive[id], memory.root[id] == id, nodes[id].op != nil,
        !pinned.contains(id), memory.blockOf[id] != nil
      else { return false }
      return memory.lastUse[id] > moment && !used.contains(id) && !keptRoots.contains(id)
    }
  }

  /// The first node behind a moment that reads each value, itself or a view of it.
  private func nextReaders(_ memory: MemoryBlocks, after moment: Int) -> [Int: Int] {
    var readers: [Int: Int] = [:]
    for id in nodes.indices.dropFirst(moment + 1) where memory.isLive[id] && nodes[id].op?.isAlias != true {
      for operand in nodes[id].operands where readers[memory.root[operand]] == nil {
        readers[memory.root[operand]] = id
      }
    }
    return readers
  }

  private func choice(
    for value: Int, _ readers: [Int: Int], _ memory: MemoryBlocks, at moment: Int, within budget: Double
  ) -> Choice? {
    guard let place = readers[value] else { return nil }
    var choice = Choice(value: value, chain: [], place: place, gain: footprint(nodes[value]), cost: 0)
    guard follow(value, memory, at: moment, into: &choice), choice.gain > 0, choice.cost <= budget else {
      return nil
    }
    // Whoever reads a view of the value will read one of the copy.
    choice.chain += (value + 1..<place).filter { memory.root[$0] == value }
    return choice
  }

  /// Adds what a value is computed from to a choice, as far as it is not there any more at its place.
  private func follow(_ value: Int, _ memory: MemoryBlocks, at moment: Int, into choice: inout Choice) -> Bool
  {
    if choice.chain.contains(value) { return true }
    guard choice.chain.count < Self.longestChain, case .op(_, let operands) = nodes[value].kind else {
      return false
    }
    for operand in operands {
      let root = memory.root[operand]
      if nodes[root].op == nil || memory.lastUse[root] >= choice.place && root != choice.value { continue }
      let size = footprint(nodes[root])
      if size * 8 <= footprint(nodes[choice.value]) && !pinned.contains(root) {
        // Small ones are rather held longer than computed again.
        if memory.lastUse[root] <= moment { choice.gain -= size }
        continue
      }
      guard !pinned.contains(root), follow(operand, memory, at: moment, into: &choice) else { return false }
    }
    choice.chain.append(value)
    choice.cost += cost(value)
    return true
  }

  /// Copies the chain to its place and lets everything behind it read the copies.
  private mutating func insert(_ choice: Choice) {
    let (place, count) = (choice.place, choice.chain.count)
    func moved(_ id: Int) -> Int { id < place ? id : id + count }
    var copies: [Int: Int] = [:]
    var added: [Graph.Node] = []
    for id in choice.chain {
      var copy = nodes[id]
      if case .op(let op, let operands) = copy.kind { copy.kind = .op(op, operands.map { copies[$0] ?? $0 }) }
      copies[id] = place + added.count
      added.append(copy)
    }
    for id in place..<nodes.count {
      guard case .op(let op, let operands) = nodes[id].kind else { continue }
      nodes[id].kind = .op(op, operands.map { copies[$0] ?? moved($0) })
    }
    nodes.insert(contentsOf: added, at: place)
    kept = kept.map(moved)
    pinned = Set(pinned.map(moved))
    numbers = numbers.map(moved)
  }
}
