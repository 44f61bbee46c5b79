import KernelABI
import TensorCore

/// Results that longer ones are not made for when a program is compiled.
private let mostNumbers = 4096

/// Lets what follows from constants alone be a constant: the gradient of a mean, a scale of a scale.
///
/// The op itself is asked, so that the number has the bits that it would have had. Only results that are one number
/// everywhere are replaced. Unlike other passes this is for one batch size, which means depend on.
func foldConstants(_ nodes: inout [Graph.Node], batch: Int, _ kernels: KernelTable) {
  var workspace: AlignedBuffer?
  for id in nodes.indices {
    guard case .op(let op, let operands) = nodes[id].kind, !operands.isEmpty else { continue }
    let constants = operands.compactMap { nodes[$0].constant }
    let shapes = (operands + [id]).map { nodes[$0].type.shape(batch: batch) }
    guard constants.count == operands.count, shapes.allSatisfy({ $0.reduce(1, *) <= mostNumbers }) else {
      continue
    }
    if op.isAlias {
      nodes[id].kind = .leaf(.constant(constants[0]))
      continue
    }
    let own = workspace ?? AlignedBuffer(GemmTask.workspace)
    workspace = own
    let numbers = run(op, on: constants, of: shapes, kernels, own)
    guard let first = numbers.first, numbers.allSatisfy({ $0.bitPattern == first.bitPattern }) else {
      continue
    }
    nodes[id].kind = .leaf(.constant(first))
  }
}

/// The result of an op on operands that are one number everywhere; the last shape is that of the result.
private func run(
  _ op: any Op, on constants: [Float], of shapes: [[Int]], _ kernels: KernelTable, _ workspace: AlignedBuffer
) -> [Float] {
  let buffers = shapes.map { AlignedBuffer(Layout.rowMajor.footprint(of: $0)) }
  return withExtendedLifetime((buffers, workspace)) {
    let places = zip(buffers, shapes).map { Place($0.pointer, $1) }
    for (place, constant) in zip(places, constants) {
      place.pointer.update(repeating: constant, count: place.count)
    }
    let result = places[constants.count]
    let step = op.bind(
      BindSite(kernels: kernels, inputs: Array(places.dropLast()), output: result, update: nil))
    step(Worker(part: 0, parts: 1, workspace: workspace.pointer))
    return Array(UnsafeBufferPointer(start: result.input, count: result.count))
  }
}

extension Graph.Node {
  fileprivate var constant: Float? { if case .leaf(.constant(let number)) = kind { number } else { nil } }
}
