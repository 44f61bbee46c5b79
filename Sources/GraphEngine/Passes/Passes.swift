/// Rewrites of a graph before it is compiled, in the order they run.
///
/// A pass changes nodes in place and leaves dead ones behind; it never changes a result by a bit.
struct Passes {
  static let all: [@Sendable (inout [Graph.Node], _ kept: [Int]) -> Void] = [
    mergeCommonSubexpressions,
    fuseEpilogues,
    fusePointwise,
  ]

  /// How often each node is an operand or kept.
  static func uses(_ nodes: [Graph.Node], _ kept: [Int]) -> [Int] {
    var live = [Bool](repeating: false, count: nodes.count)
    var uses = [Int](repeating: 0, count: nodes.count)
    for id in kept {
      live[id] = true
      uses[id] += 1
    }
    for id in nodes.indices.reversed() where live[id] {
      for operand in nodes[id].operands {
        live[operand] = true
        uses[operand] += 1
      }
    }
    return uses
  }
}
