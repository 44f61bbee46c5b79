import Diagnostics
import KernelABI
public import TensorCore

/// `softmax(scale · q · kᵀ) · v` for each head, without a matrix of all queries and keys in memory.
///
/// Operands: queries (batch, tokens, heads, size), keys (batch, keys, heads, size), values (batch, keys, heads, size of
/// a value), and a mask if there is one: (batch or 1, tokens or 1, keys), where 0 hides a key. The result is
/// (batch, tokens, heads, size of a value).
///
/// Vaswani et al., "Attention is all you need" (2017); Dao et al., "FlashAttention" (2022).
public struct FusedAttention: Op {
  public static let name = "attention"
  let scale: Float
  let isCausal: Bool
  let hasMask: Bool

  public init(scale: Float, isCausal: Bool, hasMask: Bool) {
    self.scale = scale
    self.isCausal = isCausal
    self.hasMask = hasMask
  }

  /// Whether queries, keys and values of these types can be taken.
  public static func takes(_ query: TensorType, _ key: TensorType, _ value: TensorType) -> Bool {
    guard query.rank == 4, case .size(let keys) = key.dims[1], keys <= AttentionTask.mostKeys else {
      return false
    }
    let all = query.dims.dropFirst() + key.dims.dropFirst() + value.dims.dropFirst()
    return all.allSatisfy { $0 != .batch }
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (q, k, v) = (operands[0], operands[1], operands[2])
    guard q.rank == 4, k.rank == 4, v.rank == 4, k.dims.prefix(3) == v.dims.prefix(3), q.dims[0] == k.dims[0],
      q.dims[2...] == k.dims[2...]
    else {
      throw ShapeError("attention needs (batch, tokens, heads, size), found \(q), \(k) and \(v)")
    }
    for (operand, type) in operands.enumerated() {
      try type.require(.float32, for: name, operand: operand)
    }
    let isFitting = { (mask: TensorType) in
      mask.rank == 3 && mask.dims[2] == k.dims[1] && [.size(1), q.dims[0]].contains(mask.dims[0])
        && [.size(1), q.dims[1]].contains(mask.dims[1])
    }
    guard operands.count == (hasMask ? 4 : 3), operands.dropFirst(3).allSatisfy(isFitting) else {
      throw ShapeError("a mask for \(q) and \(k) must be (batch, tokens, keys)", operand: 3)
    }
    return TensorType([q.dims[0], q.dims[1], q.dims[2], v.dims[3]])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let all = try c.gradient.graph.apply(FusedAttentionGradient(attention: self), [c.gradient] + c.operands)
    var (pieces, first): ([Value?], Int) = ([], 0)
    for operand in c.operands.prefix(3) {
      let count = operand.type.sampleCount
      let own = try all.sliced(.range(from: first, to: first + count))
      pieces.append(try c.gradient.graph.apply(Reshape(operand.type.dims), own))
      first += count
    }
    return pieces + (hasMask ? [nil] : [])
  }

  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    2 * weights(operands) * (operands[0][3] + operands[2][3])
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int {
    flops(operands, result) + 16 * weights(operands)
  }

  /// How many weights are not 0 for want of time.
  private func weights(_ operands: [[Int]]) -> Int {
    operands[0].dropLast().reduce(1, *) * operands[1][1] / (isCausal ? 2 : 1)
  }

  public func bind(_ site: BindSite) -> Step {
    var task = task(site.inputs)
    task.y = site.output.pointer
    let (kernels, units) = (site.kernels, site.output.shape[0] * task.heads * task.blocks)
    return { [task] worker in
      let share = worker.share(of: units)
      withUnsafePointer(to: task) {
        kernels.attention($0, share.lowerBound, share.upperBound, worker.workspace)
      }
    }
  }

  /// - Parameter inputs: queries, keys, values, mask.
  func task(_ inputs: [Place]) -> AttentionTask {
    let (q, k, v) = (inputs[0], inputs[1], inputs[2])
    var task = AttentionTask(
      heads: q.shape[2], queries: q.shape[1], keys: k.shape[1], size: q.shape[3], valueSize: v.shape[3],
      scale: scale,
      q: q.input, k: k.input, v: v.input)
    task.isCausal = isCausal
    if hasMask {
      let mask = inputs[3]
      task.mask = mask.input
      task.maskQuery = mask.shape[1] == 1 ? 0 : task.keys
      task.maskSample = mask.shape[0] == 1 ? 0 : mask.shape[1] * task.keys
    }
    return task
  }
}

/// The gradients of queries, keys and values, one behind the other.
///
/// Operands: the gradient of the result, and those of ``FusedAttention``.
struct FusedAttentionGradient: Op {
  static let name = "attention_gradient"
  let attention: FusedAttention

  /// As many rows as a sample has numbers, so that each of the three is some of them.
  func infer(_ operands: [TensorType]) -> TensorType {
    let count = operands[1...3].reduce(0) { $0 + $1.sampleCount }
    return TensorType([.size(count), operands[1].dims[0]])
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  /// The weights once more, then four products.
  func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    5 * attention.flops(Array(operands.dropFirst()), operands[0]) / 2
  }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int {
    5 * attention.cost(Array(operands.dropFirst()), operands[0]) / 2
  }

  func bind(_ site: BindSite) -> Step {
    var task = attention.task(Array(site.inputs.dropFirst()))
    let (dq, q, k) = (site.output.pointer, site.inputs[1], site.inputs[2])
    task.dy = site.inputs[0].input
    task.dq = dq
    task.dk = dq + q.count
    task.dv = dq + q.count + k.count
    let (kernels, heads) = (site.kernels, q.shape[0] * q.shape[2])
    return { [task] worker in
      let share = worker.share(of: heads)
      withUnsafePointer(to: task) {
        kernels.attentionGradient($0, share.lowerBound, share.upperBound, worker.workspace)
      }
    }
  }
}
