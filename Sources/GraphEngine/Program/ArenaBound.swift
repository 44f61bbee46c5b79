import TensorCore

extension Program {
  /// The most floats that are needed at one time: no plan of this list of steps does with a smaller arena.
  ///
  /// A result that is written over its operand counts once.
  public var leastArena: Int {
    var last: [Int: Int] = [:]
    for (id, node) in nodes.enumerated() where plan.isLive[id] {
      for operand in node.operands { last[memory(of: operand)] = id }
    }
    for id in plan.kept { last[memory(of: id)] = .max }
    var held = 0
    var most = 0
    func size(_ id: Int) -> Int {
      plan.offsets[id] == nil || plan.pinned.contains(id)
        ? 0 : Layout.rowMajor.footprint(of: nodes[id].type.shape(batch: batch))
    }
    // What enters from outside is there before the first step, and again at the next run.
    for id in nodes.indices where plan.isLive[id] && nodes[id].op == nil { held += size(id) }
    for (id, node) in nodes.enumerated() where plan.isLive[id] && node.op != nil && node.op?.isAlias != true {
      let ending = Set(node.operands.map(memory)).filter { nodes[$0].op != nil && last[$0] == id }
      let overwritten = ending.first { plan.offsets[$0] == plan.offsets[id] && size($0) > 0 && size(id) > 0 }
      held += size(id) - (overwritten.map(size) ?? 0)
      most = max(most, held)
      for operand in ending where operand != overwritten { held -= size(operand) }
      if last[id] == nil { held -= size(id) }
    }
    return max(most, held)
  }

  /// The node whose memory an alias shows.
  private func memory(of id: Int) -> Int {
    nodes[id].op?.isAlias == true ? memory(of: nodes[id].operands[0]) : id
  }
}
