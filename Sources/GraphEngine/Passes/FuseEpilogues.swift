import KernelABI

/// What can be done to a result while it is still in registers.
enum Epilogue: Hashable, Sendable { case none, bias, biasRelu }

/// A product that can add a bias, its last operand then, and apply a relu on its way out.
protocol TakesEpilogue: Op {
  var epilogue: Epilogue { get }
  var canTakeEpilogue: Bool { get }
  func with(_ epilogue: Epilogue) -> Self
}

/// Lets a product add its bias and apply its relu while the result is still in registers.
///
/// `relu(a · b + bias)` and `a · b + bias` become one node where nothing else reads what lies between.
func fuseEpilogues(_ nodes: inout [Graph.Node], _ kept: [Int]) {
  let uses = Passes.uses(nodes, kept)
  for id in nodes.indices where uses[id] > 0 {
    guard case .op(let op, let operands) = nodes[id].kind, let first = operands.first, uses[first] == 1,
      case .op(let inner, let factors) = nodes[first].kind, let product = inner as? any TakesEpilogue
    else { continue }
    if op is AddBias, product.epilogue == .none, product.canTakeEpilogue {
      nodes[id].kind = .op(product.with(.bias), factors + [operands[1]])
    }
    if let activation = op as? Unary, activation.function == .relu, product.epilogue == .bias {
      nodes[id].kind = .op(product.with(.biasRelu), factors)
      nodes[id].purpose = nodes[first].purpose
    }
  }
}
