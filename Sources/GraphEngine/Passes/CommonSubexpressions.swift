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
