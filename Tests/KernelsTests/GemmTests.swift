import KernelABI
import Kernels
import Testing

/// Small whole numbers and fractions without structure; the same for every test run.
func noise(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Float(state >> 40) / 8_388_608 - 1) * scale
  }
}

struct Shape: CustomTestStringConvertible {
  var m: Int
  var n: Int
  var k: Int
  init(_ m: Int, _ n: Int, _ k: Int) {
    self.m = m
    self.n = n
    self.k = k
  }
  var testDescription: String { "\(m)×\(n)×\(k)" }
}

let shapes = [
  Shape(1, 1, 1), Shape(1, 16, 3), Shape(3, 17, 5), Shape(12, 32, 16), Shape(13, 33, 31), Shape(32, 300, 784),
  Shape(32, 10, 100), Shape(65, 48, 20), Shape(100, 100, 400), Shape(7, 513, 9), Shape(130, 65, 129),
  Shape(5, 5, 0),
]

/// The definition: one chain of fused multiply-adds per element, in increasing k.
func product(_ a: [Float], _ b: [Float], _ s: Shape) -> [Float] {
  var c = [Float](repeating: 0, count: s.m * s.n)
  for i in 0..<s.m {
    for j in 0..<s.n {
      var total: Float = 0
      for k in 0..<s.k { total = total.addingProduct(a[i * s.k + k], b[k * s.n + j]) }
      c[i * s.n + j] = total
    }
  }
  return c
}

func transposed(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
  (0..<columns).flatMap { j in (0..<rows).map { x[$0 * columns + j] } }
}

func panels(_ x: [Float], _ rows: Int, _ columns: Int, with table: KernelTable) -> [Float] {
  var out = [Float](repeating: .nan, count: (columns + 15) / 16 * 16 * rows)
  table.toPanels(x, &out, rows, columns)
  return out
}

/// How the operands and the result of a product lie in memory.
enum Layout: String, CaseIterable {
  case plain, leftTransposed, rightTransposed, rightPanels, rightTransposedPanels, resultPanels
}

func gemm(_ table: KernelTable, _ s: Shape, _ layout: Layout, change: (inout GemmTask) -> Void = { _ in })
  -> [Float]
{
  let a = noise(s.m * s.k, seed: 1)
  let b = noise(s.k * s.n, seed: 2)
  let left = layout == .leftTransposed ? transposed(a, s.m, s.k) : a
  let right =
    switch layout {
    case .rightTransposed: transposed(b, s.k, s.n)
    case .rightPanels: panels(b, s.k, s.n, with: table)
    case .rightTransposedPanels: panels(transposed(b, s.k, s.n), s.n, s.k, with: table)
    default: b
    }
  var c = [Float](repeating: .nan, count: s.m * ((s.n + 15) / 16 * 16))
  // A guard vector behind the matrices: packing may read a little past a row, never past its matrix.
  var workspace = [Float](repeating: .nan, count: GemmTask.workspace)
  (left + [0]).withUnsafeBufferPointer { l in
    (right + [Float](repeating: 0, count: 16)).withUnsafeBufferPointer { r in
      c.withUnsafeMutableBufferPointer { out in
        guard let lp = l.baseAddress, let rp = r.baseAddress, let cp = out.baseAddress else { return }
        var task = GemmTask(
          m: s.m, n: s.n, k: s.k, a: lp, aRow: layout == .leftTransposed ? 1 : s.k,
          aColumn: layout == .leftTransposed ? s.m : 1, b: rp, c: cp, cRow: s.n)
        switch layout {
        case .rightTransposed:
          task.bRow = 1
          task.bColumn = s.k
        case .rightPanels:
          task.bLayout = .panels
          task.bPanel = s.k * 16
        case .rightTransposedPanels:
          task.bLayout = .transposedPanels
          task.bPanel = s.n * 16
        default: task.bRow = s.n
        }
        if layout == .resultPanels { task.cPanel = s.m * 16 }
        change(&task)
        table.gemm(&task, &workspace)
      }
    }
  }
  guard layout == .resultPanels else { return Array(c[..<(s.m * s.n)]) }
  var plain = [Float](repeating: 0, count: s.m * s.n)
  table.fromPanels(c, &plain, s.m, s.n)
  return plain
}

@Suite struct GemmTests {
  @Test(arguments: InstructionSet.supported, Layout.allCases)
  func `every element is one chain of fused multiply-adds`(isa: InstructionSet, layout: Layout) {
    for s in shapes {
      let expected = product(noise(s.m * s.k, seed: 1), noise(s.k * s.n, seed: 2), s)
      let found = gemm(isa.table, s, layout)
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(isa) \(layout) \(s.m)×\(s.n)×\(s.k)")
    }
  }

  @Test(arguments: InstructionSet.supported)
  func `bias and relu are applied on the way out`(isa: InstructionSet) {
    for s in shapes {
      let bias = noise((s.n + 15) / 16 * 16, seed: 3)
      let plain = product(noise(s.m * s.k, seed: 1), noise(s.k * s.n, seed: 2), s)
      let expected = plain.indices.map { max(plain[$0] + bias[$0 % s.n], 0) }
      let found = bias.withUnsafeBufferPointer { b in
        gemm(isa.table, s, .plain) {
          $0.bias = b.baseAddress
          $0.finish = .relu
        }
      }
      #expect(found == expected)
    }
  }

  @Test(arguments: InstructionSet.supported, [GemmTask.Finish.add, .keepWherePositive])
  func `a second matrix is added, or says where to keep the sum, on the way out`(
    isa: InstructionSet, finish: GemmTask.Finish
  ) {
    for s in shapes {
      let second = noise(s.m * s.n, seed: 5)
      let plain = product(noise(s.m * s.k, seed: 1), noise(s.k * s.n, seed: 2), s)
      let expected = zip(plain, second).map { finish == .add ? $0 + $1 : $1 > 0 ? $0 : 0 }
      let found = second.withUnsafeBufferPointer { other in
        gemm(isa.table, s, .plain) {
          $0.finish = finish
          if let base = other.baseAddress { $0.beside = base - UnsafePointer($0.c) }
        }
      }
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(s.m)×\(s.n)×\(s.k)")
    }
  }

  @Test(arguments: InstructionSet.supported)
  func `relu keeps NaN`(isa: InstructionSet) {
    let bias: [Float] = [.nan, -.nan, .infinity, -.infinity] + [Float](repeating: -1, count: 12)
    let found = bias.withUnsafeBufferPointer { b in
      gemm(isa.table, Shape(2, 16, 3), .plain) {
        $0.bias = b.baseAddress
        $0.finish = .relu
      }
    }
    #expect(found[0].isNaN && found[1].isNaN)
    #expect(found[2] == .infinity && found[3] == 0)
  }

  @Test(arguments: InstructionSet.supported)
  func `a fused update equals the product added afterwards`(isa: InstructionSet) {
    let s = Shape(37, 45, 32)
    let table = isa.table
    let start = noise(s.m * s.n, seed: 4)
    var fused = panels(start, s.m, s.n, with: table)
    let gradient = product(noise(s.m * s.k, seed: 1), noise(s.k * s.n, seed: 2), s)
    _ = fused.withUnsafeMutableBufferPointer { w in
      gemm(table, s, .plain) {
        if let base = w.baseAddress { $0.c = base }
        $0.cPanel = s.m * 16
        $0.alpha = -0.25
      }
    }
    var plain = [Float](repeating: 0, count: s.m * s.n)
    table.fromPanels(fused, &plain, s.m, s.n)
    let expected = zip(start, gradient).map { $0.addingProduct(-0.25, $1) }
    #expect(plain == expected)
  }
}
