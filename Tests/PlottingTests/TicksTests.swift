import Plotting
import Testing

/// A small generator, so that a failing range can be made again from its seed.
private struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct TicksTests {
  @Test(arguments: 0..<300 as Range<UInt64>)
  func `ticks of any range lie in it, are few, and are evenly spaced by 1, 2 or 5`(seed: UInt64) throws {
    var generator = Generator(state: seed)
    let size = Double("1e\(Int.random(in: -12...12, using: &generator))") ?? 1
    let lower = Double.random(in: -3...3, using: &generator) * size
    let range = lower...(lower + Double.random(in: 0.001...5, using: &generator) * size)
    let count = Int.random(in: 5...12, using: &generator)

    let ticks = Ticks.nice(range, atMost: count)

    #expect((2...count).contains(ticks.values.count))
    #expect(Set(ticks.labels).count == ticks.labels.count)
    let slack = 1e-8 * (range.upperBound - range.lowerBound)
    #expect(ticks.values.allSatisfy { $0 >= lower - slack && $0 <= range.upperBound + slack })
    let first = try #require(ticks.values.first)
    let step = ticks.values[1] - first
    for (index, value) in ticks.values.enumerated() {
      #expect(abs(value - first - Double(index) * step) < step * 1e-6)
    }
    let leading = NumberText.significant(step, digits: 6).first { "123456789".contains($0) }
    #expect(leading.map { "125".contains($0) } == true)
  }

  @Test func `labels carry as many decimals as the step needs`() {
    #expect(Ticks.nice(0...1, atMost: 6).labels == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
  }

  @Test func `thousands are separated`() {
    #expect(Ticks.nice(0...20_000, atMost: 5).labels == ["0", "5,000", "10,000", "15,000", "20,000"])
  }

  @Test func `negative labels have a minus sign, not a hyphen`() {
    #expect(Ticks.nice(-2...2, atMost: 5).labels == ["−2", "−1", "0", "1", "2"])
  }

  @Test func `very large values are written with a power of ten`() {
    #expect(Ticks.nice(0...4e7, atMost: 5).labels == ["0", "10⁷", "2×10⁷", "3×10⁷", "4×10⁷"])
  }

  @Test func `very small values are written with a power of ten`() {
    #expect(Ticks.nice(0...3e-5, atMost: 4).labels == ["0", "10⁻⁵", "2×10⁻⁵", "3×10⁻⁵"])
  }

  @Test(arguments: [1, 2, 3, 7, 30, 1_000])
  func `epochs are marked at whole numbers only`(epochs: Int) {
    let ticks = Scale(covering: [1, Double(epochs)], padding: 0.02).ticks(atMost: 8, wholeNumbers: true)
    #expect(!ticks.values.isEmpty)
    #expect(ticks.values.allSatisfy { $0 == $0.rounded() })
    #expect(ticks.labels.allSatisfy { !$0.contains(".") })
  }

  @Test func `a logarithmic axis over many decades marks powers of ten`() {
    #expect(
      Ticks.logarithmic(0.5...2_000_000, atMost: 8).labels == ["1", "10¹", "10²", "10³", "10⁴", "10⁵", "10⁶"])
  }

  @Test func `a logarithmic axis over few decades marks 2 and 5 as well`() {
    #expect(Ticks.logarithmic(0.01...0.1, atMost: 6).labels == ["0.01", "0.02", "0.05", "0.1"])
  }

  @Test(arguments: [
    0...0.0, -Double.infinity...0, 1e300...1e300, Double.leastNonzeroMagnitude...Double.leastNormalMagnitude,
    -1.7e308...1.7e308,
  ])
  func `ranges at the edge of doubles give few ticks and do not trap`(range: ClosedRange<Double>) {
    #expect(Ticks.nice(range, atMost: 6).values.count <= 6)
    #expect(Ticks.logarithmic(range, atMost: 6).values.count <= 6)
  }
}
