import KernelABI
import TensorCore

/// Elementwise ops one after another, block by block: what lies between them never leaves the first-level cache.
///
/// Made by `fusePointwise` only, of ops whose results all have the shape of the last one.
struct Chain: Op {
  /// One op of the chain and where each of its operands is.
  struct Link: Hashable, Sendable {
    enum Source: Hashable, Sendable { case operand(Int), link(Int) }

    let op: any Pointwise
    var sources: [Source]

    /// The same for operands in another order.
    func swapping(_ a: Int, _ b: Int) -> Link {
      Link(
        op: op,
        sources: sources.map { $0 == .operand(a) ? .operand(b) : $0 == .operand(b) ? .operand(a) : $0 })
    }

    static func == (a: Link, b: Link) -> Bool {
      AnyHashable(a.op) == AnyHashable(b.op) && a.sources == b.sources
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(AnyHashable(op))
      hasher.combine(sources)
    }
  }

  static let name = "chain"
  /// In order; the last one gives the result.
  let links: [Link]
  /// Operands of the whole chain that are read as a whole; see ``Pointwise/walks(_:)``.
  let wholeOperands: Set<Int>
  let type: TensorType

  var name: String {
    let names = links.map(\.op.name)
    return (names.count <= 3 ? names : [names[0], "…", names[names.count - 1]]).joined(separator: "+")
  }

  func infer(_ operands: [TensorType]) -> TensorType { type }

  func pullback(_ context: PullbackContext) throws -> [Value?] {
    preconditionFailure("chains are made after differentiation")
  }

  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    preconditionFailure("graphs are evaluated as they were before passes")
  }

  var canReuseFirstOperand: Bool { true }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int {
    links.map { $0.op.cost($0.sources.map { _ in result }, result) }.reduce(0, +)
  }

  /// Numbers of a block: a few of them fit the first-level cache.
  static let blockCount = 1024

  func bind(_ site: BindSite) -> Step {
    let walk = BlockWalk(
      site.inputs.indices.map { wholeOperands.contains($0) ? [] : site.inputs[$0].shape },
      to: site.output.shape)
    let (kernels, inputs, output) = (site.kernels, site.inputs.map(\.input), site.output.pointer)
    let (ops, slots) = (links.map(\.op), slots)
    // Where links' operands are among those of the chain and the results of links, one list behind the other.
    let sources = links.flatMap { link in
      link.sources.map { source in
        switch source {
        case .operand(let i): i
        case .link(let i): inputs.count + i
        }
      }
    }
    let counts = links.map(\.sources.count)
    return { worker in
      let all = worker.blockInputs
      let own = all + inputs.count + ops.count
      walk.forEach(worker, most: Self.blockCount) { place in
        for i in inputs.indices { all[i] = walk.input(i, inputs[i], at: place) }
        let first = place.row * walk.columns + place.column
        var next = 0
        for i in ops.indices {
          for j in 0..<counts[i] { own[j] = all[sources[next + j]] }
          next += counts[i]
          let isLast = i == ops.count - 1
          let target = isLast ? output + first : worker.numbers + slots[i] * Self.blockCount
          ops[i].compute(
            Block(inputs: own, output: target, rows: place.rows, columns: place.columns, first: first),
            kernels)
          all[inputs.count + i] = BlockInput(pointer: target, row: place.columns, column: 1)
        }
      }
    }
  }

  /// Which piece of working memory each link writes: one is free again after the last link that reads it.
  private var slots: [Int] {
    var lastUse = [Int](repeating: -1, count: links.count)
    for (i, link) in links.enumerated() {
      for case .link(let source) in link.sources { lastUse[source] = i }
    }
    var users: [Int?] = []
    return links.indices.map { i in
      // Not over an operand of its own, which another link's place in the block may still need.
      let slot = users.firstIndex { user in user.map { lastUse[$0] < i } ?? true } ?? users.count
      if slot == users.count { users.append(i) } else { users[slot] = i }
      return slot
    }
  }
}
