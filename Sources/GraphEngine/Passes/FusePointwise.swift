import TensorCore

/// Lets elementwise ops that follow one another be one ``Chain``, forward and backward.
///
/// An op joins the one that reads its result if nothing else does and the shapes are the same. It is computed later
/// then, so that what it reads may be needed longer: it joins only where that costs no memory worth speaking of.
func fusePointwise(_ nodes: inout [Graph.Node], _ kept: [Int]) {
  let uses = Passes.uses(nodes, kept)
  var readers = [[Int]](repeating: [], count: nodes.count)
  for id in nodes.indices where uses[id] > 0 {
    for operand in nodes[id].operands { readers[operand].append(id) }
  }
  // Ops that may need much memory, before each node.
  var others = [Int](repeating: 0, count: nodes.count + 1)
  for id in nodes.indices {
    let isOther = uses[id] > 0 && nodes[id].op.map { !($0 is any Pointwise) && !$0.isAlias } ?? false
    others[id + 1] = others[id] + (isOther ? 1 : 0)
  }
  /// The last op of the chain that each node belongs to, and the length of that chain.
  var last = Array(nodes.indices)
  var lengths = [Int](repeating: 1, count: nodes.count)
  for id in nodes.indices.reversed() where uses[id] > 0 && nodes[id].op is any Pointwise {
    guard let end = readers[id].first.map({ last[$0] }), nodes[end].op is any Pointwise,
      uses[id] == readers[id].count, nodes[id].type.dims == nodes[end].type.dims, lengths[end] < mostLinks,
      readers[id].allSatisfy({ last[$0] == end && walks($0, id, nodes) })
    else { continue }
    let prolonged = Set(nodes[id].operands).filter { operand in
      nodes[operand].op != nil && nodes[operand].type.dims == nodes[id].type.dims
        && readers[operand].allSatisfy { $0 <= id }
    }
    guard others[id] == others[end] || prolonged.count <= 1 else { continue }
    last[id] = end
    lengths[end] += 1
  }
  let members = Dictionary(
    grouping: nodes.indices.filter { uses[$0] > 0 && last[$0] != $0 }, by: { last[$0] })
  for (end, earlier) in members { nodes[end].kind = chain(earlier + [end], nodes, readers) }
}

/// Longer chains gain nothing.
private let mostLinks = 32

/// Whether a node reads another number by number.
private func walks(_ reader: Int, _ id: Int, _ nodes: [Graph.Node]) -> Bool {
  guard let op = nodes[reader].op as? any Pointwise else { return false }
  return nodes[reader].operands.indices.allSatisfy { nodes[reader].operands[$0] != id || op.walks($0) }
}

/// One op for some that belong together, the last one at the end.
private func chain(_ members: [Int], _ nodes: [Graph.Node], _ readers: [[Int]]) -> Graph.Node.Kind {
  let end = members[members.count - 1]
  let places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
  struct Operand: Hashable {
    var id: Int
    var isWhole: Bool
  }
  var operands: [Operand] = []
  let links = members.map { id in
    guard let op = nodes[id].op as? any Pointwise else { preconditionFailure("members are pointwise") }
    return Chain.Link(
      op: op,
      sources: nodes[id].operands.enumerated().map { i, source in
        if let place = places[source] { return .link(place) }
        let operand = Operand(id: source, isWhole: !op.walks(i))
        if let known = operands.firstIndex(of: operand) { return .operand(known) }
        operands.append(operand)
        return .operand(operands.count - 1)
      })
  }
  // What ends here comes first: the result may be written over it.
  let reusable = operands.firstIndex { operand in
    nodes[operand.id].op != nil && nodes[operand.id].type.dims == nodes[end].type.dims
      && readers[operand.id].allSatisfy { places[$0] != nil }
  }
  let first = reusable ?? 0
  operands.swapAt(0, first)
  let chain = Chain(
    links: links.map { $0.swapping(0, first) },
    wholeOperands: Set(operands.indices.filter { operands[$0].isWhole }),
    type: nodes[end].type)
  return .op(chain, operands.map(\.id))
}
