public import GraphEngine
import TensorCore

/// When the memory behind a value is needed, worked out anew from the nodes of a program.
public struct Lifetimes {
  public struct Life {
    public var root: Int
    public var first: Int
    public var last: Int
    public var memory: Range<Int>
  }
  public private(set) var lives: [Life] = []

  public init(_ program: Program) {
    let (nodes, plan) = (program.nodes, program.plan)
    var last: [Int: Int] = [:]
    func root(_ id: Int) -> Int { nodes[id].op?.isAlias == true ? root(nodes[id].operands[0]) : id }
    for (id, node) in nodes.enumerated() where plan.isLive[id] {
      last[root(id)] = max(last[root(id)] ?? id, id)
      if node.op?.isAlias == true { continue }
      for operand in node.operands { last[root(operand)] = id }
    }
    for id in plan.kept { last[root(id)] = .max }
    for (id, end) in last where root(id) == id {
      guard let offset = plan.offsets[id], !plan.pinned.contains(id) else { continue }
      let size = Layout.rowMajor.footprint(of: nodes[id].type.shape(batch: program.batch))
      // What enters from outside is there before the first step, and must be there again at the next run.
      let isLeaf = nodes[id].op == nil
      lives.append(
        Life(root: id, first: isLeaf ? -1 : id, last: isLeaf ? .max : end, memory: offset..<offset + size))
    }
    lives.sort { $0.root < $1.root }
  }

  /// The most floats that are needed at one time: no plan can do with less.
  public var peak: Int {
    let times = Set(lives.map(\.first))
    return times.map { time in
      // A result written over its operand counts once.
      Set(lives.filter { $0.first <= time && time <= $0.last }.map(\.memory)).map(\.count).reduce(0, +)
    }.max() ?? 0
  }
}
