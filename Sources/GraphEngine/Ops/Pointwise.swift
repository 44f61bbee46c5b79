import KernelABI

/// An op each of whose numbers follows from those at the same place of its operands.
///
/// Operands may be repeated to the shape of the result. An op that conforms says how a block is computed; ``bind(_:)``
/// follows from it, and so does being part of a ``Chain``.
protocol Pointwise: Op {
  /// Computes a block of the result.
  func compute(_ block: Block, _ kernels: KernelTable)

  /// Whether the operand has a number for each place; otherwise it is read as a whole.
  func walks(_ operand: Int) -> Bool
}

/// A block of an elementwise result, its rows without gaps.
struct Block {
  let inputs: UnsafePointer<BlockInput>
  let output: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  /// The number of the first element in the whole result.
  let first: Int

  var count: Int { rows * columns }
  /// Where an operand that is not repeated begins.
  subscript(operand: Int) -> UnsafePointer<Float> { inputs[operand].pointer }
}

extension Pointwise {
  public var canReuseFirstOperand: Bool { true }
  func walks(_ operand: Int) -> Bool { true }

  public func bind(_ site: BindSite) -> Step {
    let walk = BlockWalk(
      site.inputs.indices.map { walks($0) ? site.inputs[$0].shape : [] }, to: site.output.shape)
    let (kernels, inputs, output) = (site.kernels, site.inputs.map(\.input), site.output.pointer)
    return { worker in
      let operands = worker.blockInputs
      walk.forEach(worker) { place in
        for i in inputs.indices { operands[i] = walk.input(i, inputs[i], at: place) }
        let first = place.row * walk.columns + place.column
        compute(
          Block(
            inputs: operands, output: output + first, rows: place.rows, columns: place.columns, first: first),
          kernels)
      }
    }
  }
}
