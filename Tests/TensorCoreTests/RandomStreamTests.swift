import Testing

@testable import TensorCore

/// The known answers are those published with Random123 (`kat_vectors`).
@Suite struct RandomStreamTests {
  @Test(arguments: [
    (
      SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
      SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func `Philox gives the published answers`(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>, answer: SIMD4<UInt32>
  ) {
    #expect(Philox4x32.block(counter: counter, key: key) == answer)
  }

  @Test func `a number does not depend on those asked for before`() {
    let stream = RandomStream(seed: 42, "mlp/dense/kernel")
    let forwards = (0..<100).map { stream[$0] }
    let backwards = (0..<100).reversed().map { stream[$0] }
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards).count == 100)
  }

  @Test func `numbers never change between versions`() {
    let stream = RandomStream(seed: 42, "mlp/dense/kernel")
    #expect((0..<5).map { stream[$0] } == RandomStreamTests.frozenBits)
    #expect((0..<5).map { stream.normal($0).bitPattern } == RandomStreamTests.frozenNormals)
    #expect(stream.permutation(8) == RandomStreamTests.frozenOrder)
  }

  @Test func `names and seeds are different streams`() {
    let first = RandomStream(seed: 1, "a")
    #expect(first[0] != RandomStream(seed: 1, "b")[0])
    #expect(first[0] != RandomStream(seed: 2, "a")[0])
    #expect(first[0] != RandomStream(seed: 1 | 1 << 40, "a")[0])
  }

  @Test func `uniform numbers stay below one and fill the interval`() {
    let stream = RandomStream(seed: 7, "uniform")
    let numbers = (0..<20_000).map { stream.uniform($0) }
    #expect(numbers.allSatisfy { (0..<1).contains($0) })
    #expect(abs(numbers.reduce(0, +) / 20_000 - 0.5) < 0.01)
  }

  @Test func `normal numbers have mean 0 and deviation 1`() {
    let stream = RandomStream(seed: 7, "normal")
    let numbers = (0..<20_000).map { Double(stream.normal($0)) }
    let mean = numbers.reduce(0, +) / 20_000
    let variance = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_000
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.03)
    #expect(numbers.filter { abs($0) < 1.96 }.count > 18_900)
  }

  @Test func `truncated normal numbers stay within two deviations`() {
    let stream = RandomStream(seed: 7, "truncated")
    let numbers = (0..<20_000).map { Double(stream.truncatedNormal($0)) }
    #expect(numbers.allSatisfy { abs($0) <= 2 })
    let variance = numbers.map { $0 * $0 }.reduce(0, +) / 20_000
    #expect(abs(variance.squareRoot() - 0.8796) < 0.01)
  }

  @Test(arguments: [
    (0.5, 0.0), (0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-20, -9.262340089798408),
    (0.975, 1.959963984540054),
  ])
  func `the normal quantile agrees with tables`(p: Double, z: Double) {
    #expect(abs(normalQuantile(p) - z) < 1e-14 * max(1, abs(z)))
  }

  @Test(arguments: [
    (1.0, 0.0), (2, 0.6931471805599453), (10, 2.302585092994046), (1e-10, -23.025850929940457),
  ])
  func `the logarithm agrees with tables`(x: Double, log: Double) {
    #expect(abs(deterministicLog(x) - log) <= 2e-16 * max(1, abs(log)) * 2)
  }

  @Test func `a permutation has each number once`() {
    let order = RandomStream(seed: 3, "order").permutation(1000)
    #expect(order.sorted() == Array(0..<1000))
    #expect(order != Array(0..<1000))
    #expect(RandomStream(seed: 3, "order").permutation(0).isEmpty)
    #expect(RandomStream(seed: 3, "order").permutation(1) == [0])
  }

  @Test func `every order of three is as likely as any other`() {
    var counts: [[Int32]: Int] = [:]
    for seed in 0..<6000 { counts[RandomStream(seed: UInt64(seed), "three").permutation(3), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 130 })
  }

  private static let frozenBits: [UInt32] = [
    350_632_856, 4_200_702_003, 4_211_897_779, 2_458_367_611, 2_111_791_487,
  ]
  private static let frozenNormals: [UInt32] = [
    3_216_143_127, 1_073_805_097, 1_074_025_154, 1_044_042_473, 3_165_300_789,
  ]
  private static let frozenOrder: [Int32] = [7, 4, 3, 1, 2, 5, 6, 0]
}
