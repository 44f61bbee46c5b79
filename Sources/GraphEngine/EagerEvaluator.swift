public import KernelABI
public import Kernels
public import TensorCore

/// Runs a graph op by op as it is asked for: the other driver of the same ops, for inspection and as an
/// oracle in tests.
///
/// It allocates, fuses nothing and uses one thread.
public final class EagerEvaluator {
  public let graph: Graph
  private let batch: Int
  private let kernels: KernelTable
  private var memory: [AlignedBuffer] = []
  private var places: [Int: Place] = [:]
  private let leaves: [Leaf: Tensor]
  private let workspace = AlignedBuffer(GemmTask.workspace)

  /// - Parameter leaves: the numbers of inputs and parameters; whole numbers are given as their bit patterns.
  public init(_ graph: Graph, batch: Int, leaves: [Leaf: Tensor], kernels: KernelTable = Kernels.kernels) {
    self.graph = graph
    self.batch = batch
    self.leaves = leaves
    self.kernels = kernels
  }

  /// The numbers behind a value.
  public subscript(value: Value) -> Tensor {
    let place = evaluate(value.id)
    return Tensor(place.shape, Array(UnsafeBufferPointer(start: place.pointer, count: place.count)))
  }

  private func evaluate(_ id: Int) -> Place {
    let node = graph.nodes[id]
    let shape = node.type.shape(batch: batch)
    if let known = places[id] { return known }
    if let op = node.op, op.isAlias {
      let place = evaluate(node.operands[0]).part(of: op, shape)
      places[id] = place
      return place
    }
    let buffer = AlignedBuffer(Layout.rowMajor.footprint(of: shape))
    memory.append(buffer)
    let place = Place(buffer.pointer, shape)
    places[id] = place
    switch node.kind {
    case .leaf(.constant(let value)): buffer.pointer.update(repeating: value, count: place.count)
    case .leaf(.table(let table)): table.write(to: buffer.pointer)
    case .leaf(let leaf):
      guard let tensor = leaves[leaf] else { preconditionFailure("no numbers for \(leaf)") }
      for (i, x) in tensor.elements.enumerated() { buffer.pointer[i] = x }
    case .op(let op, let operands):
      let step = op.bind(
        BindSite(kernels: kernels, inputs: operands.map(evaluate), output: place, update: nil))
      step(Worker(part: 0, parts: 1, workspace: workspace.pointer))
    }
    return place
  }
}
