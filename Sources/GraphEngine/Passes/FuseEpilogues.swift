import KernelABI
import TensorCore

/// What can be done to a result while it is still in registers: a bias is added, then each element is finished.
struct Epilogue: Hashable, Sendable {
  var addsBias = false
  var finish = GemmTask.Finish.store

  static let none = Epilogue()

  /// Whether finishing reads a second operand of the shape of the result, the last one then.
  var readsBeside: Bool { finish == .add || finish == .keepWherePositive }

  /// Finishes numbers that were stored without it; the second operand's are `beside` floats after them.
  func finish(_ y: UnsafeMutablePointer<Float>, count: Int, beside: Int, _ kernels: KernelTable) {
    let other = UnsafePointer(y + beside)
    switch finish {
    case .store: break
    case .relu: kernels.unary(UnaryFunction.relu.rawValue, y, y, count, 0)
    case .add: kernels.binaryRows(BinaryFunction.add.rawValue, y, 0, 1, other, 0, 1, y, 1, count)
    case .keepWherePositive:
      kernels.unaryGradient(UnaryFunction.relu.rawValue, other, other, y, y, count, 0)
    }
  }
}

/// A product of two operands that can do more on its way out; what that takes are its last operands.
protocol TakesEpilogue: Op {
  var epilogue: Epilogue { get }
  var takesBias: Bool { get }
  var takesFinish: Bool { get }
  func with(_ epilogue: Epilogue) -> Self
}

extension TakesEpilogue {
  /// The bias, and how far the second operand of ``Epilogue/finish`` is from the result.
  func operands(_ site: BindSite) -> (bias: UnsafePointer<Float>?, beside: Int) {
    let beside = epilogue.readsBeside ? site.inputs[site.inputs.count - 1].pointer - site.output.pointer : 0
    return (epilogue.addsBias ? site.inputs[2].input : nil, beside)
  }
}

/// Lets a product add its bias, apply a relu, add another value or be the gradient of a relu while the result is still
/// in registers.
///
/// Two become one where nothing else reads what lies between.
func fuseEpilogues(_ nodes: inout [Graph.Node], _ kept: [Int]) {
  struct Product {
    var id: Int
    var op: any TakesEpilogue
    var factors: [Int]

    /// The same with more to do at the end, and with one more operand for it.
    func with(_ operand: Int?, _ change: (inout Epilogue) -> Void) -> Graph.Node.Kind {
      var epilogue = op.epilogue
      change(&epilogue)
      return .op(op.with(epilogue), factors + (operand.map { [$0] } ?? []))
    }
  }
  var uses = Passes.uses(nodes, kept)
  let roots = Set(kept)
  /// What a node that was made part of an earlier one is now.
  var canonical = Array(nodes.indices)
  for id in nodes.indices where uses[id] > 0 {
    guard case .op(let op, let old) = nodes[id].kind else { continue }
    let operands = old.map { canonical[$0] }
    nodes[id].kind = .op(op, operands)
    /// The product that an operand is, if this is its only reader.
    func product(_ operand: Int) -> Product? {
      guard uses[operand] == 1, case .op(let inner, let factors) = nodes[operand].kind,
        let product = inner as? any TakesEpilogue, product.epilogue.finish == .store,
        nodes[operand].type.dims == nodes[id].type.dims
      else { return nil }
      return Product(id: operand, op: product, factors: factors)
    }
    /// Makes this node the product, at its own place: the bias may have been made after the product.
    func fuse(_ product: Product, _ operand: Int?, _ change: (inout Epilogue) -> Void) {
      nodes[id].kind = product.with(operand, change)
      nodes[id].purpose = nodes[product.id].purpose
    }
    /// Makes the product this node, at the product's place: what it reads need not live longer.
    func join(_ product: Product, _ operand: Int, _ finish: GemmTask.Finish) {
      nodes[product.id].kind = product.with(operand) { $0.finish = finish }
      canonical[id] = product.id
      uses[product.id] = uses[id]
    }
    if op is AddBias, let found = product(operands[0]), found.op.takesBias, !found.op.epilogue.addsBias {
      fuse(found, operands[1]) { $0.addsBias = true }
    } else if let unary = op as? Unary, unary.function == .relu, let found = product(operands[0]),
      found.op.takesFinish
    {
      fuse(found, nil) { $0.finish = .relu }
    } else if roots.contains(id) {
      continue
    } else if let sum = op as? Binary, sum.function == .add, let early = operands.min(),
      let late = operands.max(), early < late, nodes[early].type.dims == nodes[id].type.dims,
      let found = product(late), found.op.takesFinish
    {
      join(found, early, .add)
    } else if let slope = op as? UnaryGradient, slope.function == .relu, operands[1] < operands[2],
      let found = product(operands[2]), found.op.takesFinish
    {
      join(found, operands[1], .keepWherePositive)
    }
  }
}
