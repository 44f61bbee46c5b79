import KernelABI
/// Lets a matrix product add its bias and apply its relu while the result is still in registers.
///
/// `relu(a · b + bias)` and `a · b + bias` become one node where nothing else reads what lies between.
func fuseEpilogues(_ nodes: inout [Graph.Node], _ kept: [Int]) {
  let uses = Passes.uses(nodes, kept)
  for id in nodes.indices where uses[id] > 0 {
    guard case .op(let op, let operands) = nodes[id].kind else { continue }
    if op is AddBias, uses[operands[0]] == 1, case .op(let inner, let factors) = nodes[operands[0]].kind,
      let product = inner as? MatMul, product.epilogue == .none, !product.transposesLeft
    {
      nodes[id].kind = .op(product.with(.bias), factors + [operands[1]])
    }
    if let activation = op as? Unary, activation.function == .relu, uses[operands[0]] == 1,
      case .op(let inner, let factors) = nodes[operands[0]].kind, let product = inner as? MatMul,
      product.epilogue == .bias
    {
      nodes[id].kind = .op(product.with(.biasRelu), factors)
    }
  }
}
