public import TensorCore

/// Evaluates a graph in double precision by ``Op/reference(_:_:)``: a second, exact opinion on what the engine
/// computes in single precision.
///
/// It is slow and holds every value it was asked to compute. Graphs are evaluated as they were recorded, before passes.
public final class ReferenceEvaluator {
  public let graph: Graph
  private let batch: Int
  private let leaves: [Leaf: ReferenceTensor]
  private var values: [Int: ReferenceTensor] = [:]

  /// - Parameter leaves: the numbers of inputs and parameters.
  public init(_ graph: Graph, batch: Int, leaves: [Leaf: ReferenceTensor]) {
    self.graph = graph
    self.batch = batch
    self.leaves = leaves
  }

  /// With numbers in single precision, which are taken exactly; whole numbers are given as their bit patterns.
  public convenience init(_ graph: Graph, batch: Int, leaves: [Leaf: Tensor]) {
    var exact: [Leaf: ReferenceTensor] = [:]
    for node in graph.nodes {
      guard case .leaf(let leaf) = node.kind, let tensor = leaves[leaf] else { continue }
      exact[leaf] = ReferenceTensor(tensor, node.type.element)
    }
    self.init(graph, batch: batch, leaves: exact)
  }

  /// The same with other numbers for some leaves; what does not depend on them is not computed again.
  ///
  /// What ``StopGradient`` holds stays as it was, since a derivative does not see it change either.
  public func moving(_ moved: [Leaf: ReferenceTensor]) -> ReferenceEvaluator {
    let other = ReferenceEvaluator(graph, batch: batch, leaves: leaves.merging(moved) { $1 })
    let isMoved = graph.moved { moved[$0] != nil }
    other.values = values.filter { !isMoved[$0.key] }
    return other
  }

  /// The numbers behind a value.
  /// - Precondition: all leaves it depends on have numbers.
  public subscript(value: Value) -> ReferenceTensor {
    for id in graph.needed(for: value.id, known: { values[$0] != nil }) { values[id] = evaluate(id) }
    guard let found = values[value.id] else { preconditionFailure("a value that was not needed") }
    return found
  }

  private func evaluate(_ id: Int) -> ReferenceTensor {
    let node = graph.nodes[id]
    let shape = node.type.shape(batch: batch)
    switch node.kind {
    case .leaf(.constant(let number)):
      return ReferenceTensor(Tensor([], [number]), node.type.element).broadcast(to: shape)
    case .leaf(.table(let table)):
      return ReferenceTensor(Tensor(shape, table.bits.map { Float(bitPattern: $0) }), node.type.element)
    case .leaf(let leaf):
      guard let numbers = leaves[leaf] else { preconditionFailure("no numbers for \(leaf)") }
      return numbers
    case .op(let op, let operands):
      return op.reference(
        operands.map { id in
          guard let operand = values[id] else { preconditionFailure("an operand comes before its result") }
          return operand
        }, shape)
    }
  }
}

extension Graph {
  /// The nodes that a value is made of, itself included, operands before results; without those that are known.
  package func needed(for id: Int, known: (Int) -> Bool) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: id + 1)
    isNeeded[id] = !known(id)
    for node in stride(from: id, through: 0, by: -1) where isNeeded[node] {
      for operand in nodes[node].operands where !known(operand) { isNeeded[operand] = true }
    }
    return isNeeded.indices.filter { isNeeded[$0] }
  }

  /// Which nodes change with some leaves; what ``StopGradient`` holds does not.
  func moved(by isMoved: (Leaf) -> Bool) -> [Bool] {
    var moved = [Bool](repeating: false, count: nodes.count)
    for (id, node) in nodes.enumerated() {
      switch node.kind {
      case .leaf(let leaf): moved[id] = isMoved(leaf)
      case .op(let op, let operands): moved[id] = !(op is StopGradient) && operands.contains { moved[$0] }
      }
    }
    return moved
  }

  /// About how many operations of a product take as long as it takes to evaluate a value for a batch.
  /// - Parameter leaf: if given, only what changes with it is counted.
  public func cost(of value: Value, batch: Int, changingWith leaf: Leaf? = nil) -> Double {
    let isCounted = leaf.map { leaf in moved { $0 == leaf } }
    return needed(for: value.id) { _ in false }.reduce(0) { total, id in
      guard isCounted?[id] ?? true, case .op(let op, let operands) = nodes[id].kind else { return total }
      let shapes = operands.map { nodes[$0].type.shape(batch: batch) }
      let shape = nodes[id].type.shape(batch: batch)
      // Going from place to place takes longer than a term of a sum.
      let places = (shapes + [shape]).reduce(0) { $0 + Double($1.product) }
      return total + Double(op.cost(shapes, shape)) + 16 * places
    }
  }
}
