import KernelABI
import Kernels

/// A product with its operands in memory, ready to be run again and again.
final class GemmCase {
  private let task: GemmTask
  private let table: KernelTable
  private let pool: WorkerPool
  private let memory: UnsafeMutableRawPointer
  private let workspaces: UnsafeMutablePointer<Float>

  init(_ shape: GemmShape, _ table: KernelTable, _ pool: WorkerPool) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    self.table = table
    self.pool = pool
    let sizes = [m * k, k * n, m * n, pool.count * GemmTask.workspace].map { ($0 + 63) / 64 * 64 }
    let count = sizes.reduce(0, +)
    memory = .allocate(byteCount: 4 * count, alignment: 4096)
    let a = memory.initializeMemory(as: Float.self, repeating: 0, count: count)
    let b = a + sizes[0]
    let c = b + sizes[1]
    workspaces = c + sizes[2]
    Self.fill(a, sizes[0] + sizes[1])
    var task = GemmTask(m: m, n: n, k: k, a: a, aRow: k, aColumn: 1, b: b, c: c, cRow: n)
    task.bRow = n
    switch shape.kind {
    case .nn: break
    case .tn:
      task.aRow = 1
      task.aColumn = m
    case .nt:
      task.bRow = 1
      task.bColumn = k
    }
    self.task = task
  }

  deinit { memory.deallocate() }

  /// Numbers of both signs and no structure: zeros or denormals could be faster or slower than real ones.
  private static func fill(_ p: UnsafeMutablePointer<Float>, _ count: Int) {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for i in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      p[i] = Float(state >> 40) / 8_388_608 - 1
    }
  }

  /// One product, split over the workers as a training step splits it.
  func run() {
    if pool.count == 1 {
      withUnsafePointer(to: task) { table.gemm($0, workspaces) }
      return
    }
    pool.run { [self] part in
      var block = task.block(part, of: pool.count)
      table.gemm(&block, workspaces + part * GemmTask.workspace)
    }
  }
}

extension GemmTask {
  /// The part of one worker.
  ///
  /// Few rows are not worth splitting: each worker would read all of `b`.
  fileprivate func block(_ part: Int, of parts: Int) -> GemmTask {
    var block = self
    if (aRow == 1 ? k : m) <= 64 {
      let panels = (n + 15) / 16
      let first = panels * part / parts * 16
      block.n = min(n, panels * (part + 1) / parts * 16) - first
      block.b += first * bColumn
      block.c += first
    } else {
      let first = m * part / parts
      block.m = m * (part + 1) / parts - first
      block.a += first * aRow
      block.c += first * cRow
    }
    return block
  }
}
