/// Lets equal ops on equal operands be one node: the softmax of a model's output and that of its loss.
///
/// Only operands are redirected, so that nodes asked for by number keep their place.
func mergeCommonSubexpressions(_ nodes: inout [Graph.Node], _ kept: [Int]) {
  struct Key: Hashable {
    var op: AnyHashable
    var operands: [Int]
  }
  var first: [Key: Int] = [:]
  var canonical = Array(nodes.indices)
  for id in nodes.indices {
    guard case .op(let op, let operands) = nodes[id].kind else { continue }
    let merged = operands.map { canonical[$0] }
    nodes[id].kind = .op(op, merged)
    let key = Key(op: AnyHashable(op), operands: merged)
    if let earlier = first[key] { canonical[id] = earlier } else { first[key] = id }
  }
}

extension Graph {
  /// For each pair of values whether they are computed alike: by equal ops from the same leaves.
  public func areAlike(_ pairs: [(Value, Value)]) -> [Bool] {
    if pairs.isEmpty { return [] }
    var nodes = nodes
    mergeCommonSubexpressions(&nodes, [])
    return pairs.map { a, b in
      guard a.id != b.id, case .op(let first, let operands) = nodes[a.id].kind,
        case .op(let second, operands) = nodes[b.id].kind
      else { return a.id == b.id }
      return AnyHashable(first) == AnyHashable(second)
    }
  }
}
