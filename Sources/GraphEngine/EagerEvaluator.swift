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
    for id in graph.needed(for: value.id, known: { places[$0] != nil }) { places[id] = evaluate(id) }
    let place = place(value.id)
    return Tensor(place.shape, Array(UnsafeBufferPointer(start: place.pointer, count: place.count)))
  }

  private func place(_ id: Int) -> Place {
    guard let place = places[id] else { preconditionFailure("an operand comes before its result") }
    return place
  }

  private func evaluate(_ id: Int) -> Place {
    let node = graph.nodes[id]
    let shape = node.type.shape(batch: batch)
    if let op = node.op, op.isAlias { return place(node.operands[0]).part(of: op, shape) }
    let buffer = AlignedBuffer(Layout.rowMajor.footprint(of: shape))
    memory.append(buffer)
    let result = Place(buffer.pointer, shape)
    switch node.kind {
    case .leaf(.constant(let value)): buffer.pointer.update(repeating: value, count: result.count)
    case .leaf(.table(let table)): table.write(to: buffer.pointer)
    case .leaf(let leaf):
      guard let tensor = leaves[leaf] else { preconditionFailure("no numbers for \(leaf)") }
      for (i, x) in tensor.elements.enumerated() { buffer.pointer[i] = x }
    case .op(let op, let operands):
      let step = op.bind(
        BindSite(kernels: kernels, inputs: operands.map(place), output: result, update: nil))
      step(Worker(part: 0, parts: 1, workspace: workspace.pointer))
    }
    return result
  }
}
