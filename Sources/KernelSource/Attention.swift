import KernelABI

// Attention block by block of queries: their weights are made, used and forgotten. The way back makes them again. No
// matrix of all queries and keys is ever in memory (as in Dao et al., "FlashAttention", 2022; rows are whole here).

/// One head of one sample.
private struct Head {
  let task: AttentionTask
  let sample: Int
  let head: Int

  init(_ task: AttentionTask, _ number: Int) {
    self.task = task
    (sample, head) = (number / task.heads, number % task.heads)
  }

  /// Floats from one token to the next.
  var step: Int { task.heads * task.size }
  var valueStep: Int { task.heads * task.valueSize }
  func query(_ token: Int) -> Int { ((sample * task.queries + token) * task.heads + head) * task.size }
  func result(_ token: Int) -> Int { ((sample * task.queries + token) * task.heads + head) * task.valueSize }
  var key: Int { (sample * task.keys * task.heads + head) * task.size }
  var value: Int { (sample * task.keys * task.heads + head) * task.valueSize }

  /// Queries of a block, and how many keys they see.
  func block(_ number: Int, of blocks: Int) -> (top: Int, rows: Int, seen: Int) {
    let top = task.queries * number / blocks
    let end = task.queries * (number + 1) / blocks
    return (top, end - top, task.isCausal && end < task.keys ? end : task.keys)
  }

  /// Keys that a query sees.
  func visible(_ query: Int) -> Int { task.isCausal && query + 1 < task.keys ? query + 1 : task.keys }

  /// The weights of some queries (rows, seen).
  func weights(_ top: Int, _ rows: Int, _ seen: Int, _ p: Out, _ workspace: Out) {
    var product = GemmTask(
      m: rows, n: seen, k: task.size, a: task.q + query(top), aRow: step, aColumn: 1, b: task.k + key, c: p,
      cRow: seen)
    (product.bRow, product.bColumn) = (1, step)
    Compiled.gemm(&product, workspace)
    for r in 0..<rows {
      let row = p + r * seen
      let count = visible(top + r)
      // Whole vectors: what is beyond the last key is far too little to show in the sum.
      let wide = min(seen, (count + 15) / 16 * 16)
      if let mask = task.mask {
        let allowed = mask + sample * task.maskSample + (top + r) * task.maskQuery
        for j in 0..<count { row[j] = allowed[j] != 0 ? row[j] * task.scale : -1e9 }
      } else {
        for j in 0..<count { row[j] *= task.scale }
      }
      for j in count..<wide { row[j] = -.greatestFiniteMagnitude }
      let most = largest(In(row), wide)
      for j in 0..<wide { row[j] = expOfNegative(row[j] - most) }
      let share = 1 / Compiled.sum(In(row), wide)
      for j in 0..<wide { row[j] *= share }
      clear(row + count, seen - count)
    }
  }

  /// From the weights and their gradient to that of the products of queries and keys.
  func slopes(_ top: Int, _ rows: Int, _ seen: Int, _ p: In, _ d: Out) {
    for r in 0..<rows {
      let (weights, row) = (p + r * seen, d + r * seen)
      let mean = dot(weights, In(row), seen)
      for j in 0..<seen { row[j] = weights[j] * (row[j] - mean) * task.scale }
      if let mask = task.mask {
        let allowed = mask + sample * task.maskSample + (top + r) * task.maskQuery
        for j in 0..<seen { row[j] = allowed[j] != 0 ? row[j] : 0 }
      }
    }
  }
}

extension Compiled {
  /// Blocks from and to, counted over the heads of all samples.
  static func attention(_ task: UnsafePointer<AttentionTask>, _ first: Int, _ last: Int, _ workspace: Out) {
    let t = task.pointee
    guard let y = t.y else { return }
    let (blocks, p) = (t.blocks, workspace + GemmTask.ownWorkspace)
    for unit in first..<last {
      let head = Head(t, unit / blocks)
      let (top, rows, seen) = head.block(unit % blocks, of: blocks)
      head.weights(top, rows, seen, p, workspace)
      var mix = GemmTask(
        m: rows, n: t.valueSize, k: seen, a: In(p), aRow: seen, aColumn: 1, b: t.v + head.value,
        c: y + head.result(top), cRow: head.valueStep)
      mix.bRow = head.valueStep
      gemm(&mix, workspace)
    }
  }

  /// Heads from and to, counted over all samples.
  static func attentionGradient(
    _ task: UnsafePointer<AttentionTask>, _ first: Int, _ last: Int, _ workspace: Out
  ) {
    let t = task.pointee
    guard let dy = t.dy, let dq = t.dq, let dk = t.dk, let dv = t.dv else { return }
    let (blocks, p) = (t.blocks, workspace + GemmTask.ownWorkspace)
    let d = p + AttentionTask.mostKeys
    for number in first..<last {
      let head = Head(t, number)
      for token in 0..<t.keys {
        clear(dk + head.key + token * head.step, t.size)
        clear(dv + head.value + token * head.valueStep, t.valueSize)
      }
      for block in 0..<blocks {
        let (top, rows, seen) = head.block(block, of: blocks)
        head.weights(top, rows, seen, p, workspace)
        let gradient = dy + head.result(top)
        var product = GemmTask(
          m: rows, n: seen, k: t.valueSize, a: gradient, aRow: head.valueStep, aColumn: 1,
          b: t.v + head.value,
          c: d,
          cRow: seen)
        (product.bRow, product.bColumn) = (1, head.valueStep)
        gemm(&product, workspace)
        product = GemmTask(
          m: seen, n: t.valueSize, k: rows, a: In(p), aRow: 1, aColumn: seen, b: gradient, c: dv + head.value,
          cRow: head.valueStep)
        product.bRow = head.valueStep
        product.accumulates = true
        gemm(&product, workspace)
        head.slopes(top, rows, seen, In(p), d)
        product = GemmTask(
          m: rows, n: t.size, k: seen, a: In(d), aRow: seen, aColumn: 1, b: t.k + head.key,
          c: dq + head.query(top),
          cRow: head.step)
        product.bRow = head.step
        gemm(&product, workspace)
        product = GemmTask(
          m: seen, n: t.size, k: rows, a: In(d), aRow: 1, aColumn: seen, b: t.q + head.query(top),
          c: dk + head.key,
          cRow: head.step)
        product.bRow = head.step
        product.accumulates = true
        gemm(&product, workspace)
      }
    }
  }
}
