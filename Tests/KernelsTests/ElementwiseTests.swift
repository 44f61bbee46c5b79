import Foundation
import KernelABI
import Kernels
import Testing

private func apply(_ f: UnaryFunction, _ x: [Float], _ table: KernelTable, parameter: Float = 0.2)
  -> [Float]
{
  var y = x
  table.unary(f.rawValue, x, &y, x.count, parameter)
  return y
}

private func combine(_ f: BinaryFunction, _ a: Float, _ b: Float) -> Float {
  var y: [Float] = [0]
  kernels.binaryRows(f.rawValue, [a], 0, 1, [b], 0, 1, &y, 1, 1)
  return y[0]
}

/// The distance of a float from the exact value, in units in the last place.
private func ulps(_ found: Float, _ exact: Double) -> Double {
  let unit = Double(max(Float(exact).ulp, .leastNormalMagnitude.ulp))
  return abs(Double(found) - exact) / unit
}

private struct Reference: CustomTestStringConvertible {
  var function: UnaryFunction
  var exact: @Sendable (Double) -> Double
  var range: ClosedRange<Float>
  var limit: Double
  var testDescription: String { "\(function)" }
}

private let references = [
  Reference(function: .exp, exact: { Foundation.exp($0) }, range: -87...88, limit: 1.1),
  Reference(function: .log, exact: { Foundation.log($0) }, range: 1e-30...1e30, limit: 1),
  Reference(function: .tanh, exact: { Foundation.tanh($0) }, range: -10...10, limit: 2.5),
  Reference(function: .sigmoid, exact: { 1 / (1 + Foundation.exp(-$0)) }, range: -80...20, limit: 2.5),
  Reference(function: .softplus, exact: { Foundation.log1p(Foundation.exp($0)) }, range: -80...80, limit: 3),
  Reference(function: .elu, exact: { $0 > 0 ? $0 : 0.2 * Foundation.expm1($0) }, range: -10...10, limit: 3),
  Reference(function: .log1p, exact: { Foundation.log1p($0) }, range: -0.99...2, limit: 0.51),
  Reference(function: .expm1, exact: { Foundation.expm1($0) }, range: -20...88, limit: 0.51),
  Reference(function: .sin, exact: { Foundation.sin($0) }, range: -1000...1000, limit: 1.6),
  Reference(function: .cos, exact: { Foundation.cos($0) }, range: -1e8...1e9, limit: 1.6),
  Reference(function: .sin, exact: { Foundation.sin($0) }, range: 1e10...1e38, limit: 1.6),
  Reference(function: .tan, exact: { Foundation.tan($0) }, range: -100...100, limit: 3.5),
  Reference(function: .asin, exact: { Foundation.asin($0) }, range: -1...1, limit: 0.51),
  Reference(function: .acos, exact: { Foundation.acos($0) }, range: -1...1, limit: 0.51),
  Reference(function: .atan, exact: { Foundation.atan($0) }, range: -20...20, limit: 0.51),
  Reference(function: .sinh, exact: { Foundation.sinh($0) }, range: -80...80, limit: 0.51),
  Reference(function: .cosh, exact: { Foundation.cosh($0) }, range: -80...80, limit: 0.51),
  Reference(function: .asinh, exact: { Foundation.asinh($0) }, range: -1000...1000, limit: 0.51),
  Reference(function: .acosh, exact: { Foundation.acosh($0) }, range: 1...1000, limit: 0.51),
  Reference(function: .atanh, exact: { Foundation.atanh($0) }, range: -0.999...0.999, limit: 0.51),
  Reference(function: .erf, exact: { Foundation.erf($0) }, range: -5...5, limit: 1.5),
  Reference(function: .rsqrt, exact: { 1 / $0.squareRoot() }, range: 1e-3...1e6, limit: 1.6),
  Reference(
    function: .logSigmoid, exact: { -Foundation.log1p(Foundation.exp(-$0)) }, range: -80...80, limit: 3),
  Reference(
    function: .mish, exact: { $0 * Foundation.tanh(Foundation.log1p(Foundation.exp($0))) }, range: -20...20,
    limit: 6),
  Reference(function: .silu, exact: { $0 / (1 + Foundation.exp(-$0)) }, range: -80...20, limit: 3.5),
]

@Suite struct ElementwiseTests {
  @Test(arguments: references)
  private func `functions are accurate`(reference: Reference) {
    var worst = 0.0
    for i in 0..<20_000 {
      let t = Float(i) / 19_999
      let x = reference.range.lowerBound + (reference.range.upperBound - reference.range.lowerBound) * t
      let y = apply(reference.function, [x], kernels)[0]
      worst = max(worst, ulps(y, reference.exact(Double(x))))
    }
    #expect(worst <= reference.limit, "worst error \(worst) ulp")
  }

  @Test func `functions of small numbers are accurate too`() {
    let pairs: [(UnaryFunction, @Sendable (Double) -> Double)] = [
      (.log1p, { Foundation.log1p($0) }), (.expm1, { Foundation.expm1($0) }), (.sin, { Foundation.sin($0) }),
      (.asin, { Foundation.asin($0) }), (.atan, { Foundation.atan($0) }), (.sinh, { Foundation.sinh($0) }),
      (.asinh, { Foundation.asinh($0) }), (.atanh, { Foundation.atanh($0) }),
    ]
    for (function, exact) in pairs {
      for exponent in -120...(-1) {
        let x = Float(sign: exponent % 2 == 0 ? .plus : .minus, exponent: exponent, significand: 1.37)
        let error = ulps(apply(function, [x], kernels)[0], exact(Double(x)))
        #expect(error <= 1.6, "\(function)(\(x)): \(error) ulp")
      }
    }
  }

  @Test(arguments: [(Float(-0.5), Float(0)), (0.5, 0), (1.5, 2), (2.5, 2), (-2.5, -2), (3.49, 3)])
  func `halves are rounded to the even number`(x: Float, expected: Float) {
    for set in InstructionSet.supported { #expect(apply(.round, [x], set.table)[0] == expected) }
  }

  @Test func `powers are accurate`() {
    var worst = 0.0
    for i in 0..<20_000 {
      let (a, b) = (Float(i + 1) / 500, Float(i % 61 - 30) / 4)
      let exact = Foundation.pow(Double(a), Double(b))
      if exact < 1e-37 || exact > 3e38 { continue }
      worst = max(worst, ulps(combine(.power, a, b), exact))
    }
    #expect(worst <= 0.51, "worst error \(worst) ulp")
  }

  @Test func `powers at the ends are those of C`() {
    let numbers: [Float] = [0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 16_777_216, .infinity, -.infinity, .nan]
    for a in numbers {
      for b in numbers {
        let (found, exact) = (combine(.power, a, b), Float(Foundation.pow(Double(a), Double(b))))
        // C gives 1 for -1 to the power of infinity as well.
        #expect(
          found == exact || (found.isNaN && exact.isNaN), "\(a) to the power of \(b): \(found), not \(exact)")
      }
    }
  }

  @Test func `a remainder has the sign of the divisor, as in Python`() {
    let cases: [(Float, Float, Float)] = [
      (7, 3, 1), (-7, 3, 2), (7, -3, -2), (-7, -3, -1), (6, 3, 0), (0.75, 0.5, 0.25),
      (-0.25, 1, 0.75), (3e38, 1e-3, Float(Foundation.fmod(Double(3e38 as Float), Double(1e-3 as Float)))),
    ]
    for (a, b, expected) in cases {
      #expect(combine(.modulo, a, b) == expected, "\(a) modulo \(b)")
    }
    #expect(combine(.modulo, 1, 0).isNaN && combine(.modulo, .infinity, 2).isNaN)
  }

  @Test func `angles of all quadrants are accurate`() {
    for i in -20...20 {
      for j in -20...20 {
        let (y, x) = (Float(i) / 7, Float(j) / 3)
        #expect(
          ulps(combine(.arctangent, y, x), Foundation.atan2(Double(y), Double(x))) <= 0.51, "\(y), \(x)")
      }
    }
  }

  @Test func `gelu agrees with the error function`() {
    for i in -600...600 {
      let x = Float(i) / 100
      let exact = 0.5 * Double(x) * (1 + Foundation.erf(Double(x) / 2.0.squareRoot()))
      #expect(abs(Double(apply(.gelu, [x], kernels)[0]) - exact) <= 2e-7 * max(1, Double(abs(x))))
    }
  }

  @Test(arguments: UnaryFunction.allCases)
  func `NaN stays NaN`(function: UnaryFunction) {
    #expect(apply(function, [.nan], kernels)[0].isNaN)
  }

  @Test(arguments: UnaryFunction.allCases)
  func `all instruction sets give the same bits`(function: UnaryFunction) {
    for count in [1, 15, 16, 17, 1009] {
      let x = noise(count, seed: 5, scale: 12)
      let g = noise(count, seed: 6)
      var results: Set<[UInt32]> = []
      for isa in InstructionSet.supported {
        let table = isa.table
        let y = apply(function, x, table)
        var d = [Float](repeating: 0, count: count)
        table.unaryGradient(function.rawValue, x, y, g, &d, count, 0.2)
        // The bits of a NaN are not a number's bits.
        results.insert((y + d).map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern })
      }
      #expect(results.count == 1)
    }
  }

  @Test func `relu of minus zero is zero, as in a fused product`() {
    for isa in InstructionSet.supported {
      #expect(apply(.relu, [Float](repeating: -0.0, count: 17), isa.table).allSatisfy { $0.bitPattern == 0 })
    }
  }

  @Test func `the emulated fused multiply-add is exact on hard cases`() {
    var x: [Float] = [
      1, -1, 0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .infinity,
    ]
    x += (0..<20_000).map { i in
      let bits = UInt32(truncatingIfNeeded: (UInt64(i) &* 0x9E37_79B9_7F4A_7C15) >> 29)
      return Float(bitPattern: bits)
    }
    x = x.filter { !$0.isNaN }
    let scales: [Float] = [1 + .ulpOfOne, 1 - .ulpOfOne / 2, 3, 1e-20, 1.5e-30, 1e20, .leastNormalMagnitude]
    let offsets: [Float] = [
      0, 1, -1, 1e-38, -2 * .leastNonzeroMagnitude, 700 * .leastNonzeroMagnitude, 16_777_216, -1e30,
    ]
    for scale in scales {
      for offset in offsets {
        var y = x
        InstructionSet.baseline.table.affine(x, &y, x.count, scale, offset)
        let expected = x.map { offset.addingProduct($0, scale) }
        #expect(
          zip(y, expected).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) },
          "scale \(scale) offset \(offset)")
      }
    }
  }

  @Test func `reductions give the same bits on all instruction sets`() {
    for count in [0, 1, 15, 16, 17, 63, 64, 65, 1000, 4099] {
      let x = noise(count + 1, seed: 7)
      #expect(Set(InstructionSet.supported.map { $0.table.sum(x, count).bitPattern }).count == 1)
    }
    for (rows, columns) in [(1, 1), (3, 10), (7, 16), (5, 33), (4, 100)] {
      let z = noise(rows * columns, seed: 8, scale: 9)
      let labels = (0..<rows).map { Int32($0 % columns) }
      var results: Set<[UInt32]> = []
      for isa in InstructionSet.supported {
        var p = z
        var losses = [Float](repeating: 0, count: rows)
        isa.table.softmax(z, &p, rows, columns)
        isa.table.sparseCrossEntropy(z, p, labels, &losses, rows, columns)
        results.insert((p + losses).map(\.bitPattern))
      }
      #expect(results.count == 1)
    }
  }
}
