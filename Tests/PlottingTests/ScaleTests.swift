import Plotting
import Testing

@Suite struct ScaleTests {
  @Test func `values that are not finite take no part`() {
    let scale = Scale(covering: [.nan, 1, .infinity, 3, -.infinity], padding: 0)
    #expect(scale.domain == 1...3)
  }

  @Test(arguments: [0, 1, -2.5, 1e-12, 1e300, -1e300, .greatestFiniteMagnitude])
  func `a single value lies in the middle`(value: Double) throws {
    let fraction = try #require(Scale(covering: [value, value]).fraction(value))
    // The largest double is beyond the end of an axis that must itself have finite ends.
    #expect(value == .greatestFiniteMagnitude || abs(fraction - 0.5) < 1e-6)
  }

  @Test func `without a finite value the axis goes from 0 to 1`() {
    #expect(Scale(covering: [.nan]).domain == 0...1)
  }

  @Test func `values that differ by rounding only count as one`() {
    #expect(Scale(covering: [0.3, 0.1 + 0.2]).domain.upperBound > 0.32)
  }

  @Test func `the whole range of doubles can be shown`() {
    let scale = Scale(covering: [-.greatestFiniteMagnitude, .greatestFiniteMagnitude])
    #expect(scale.fraction(0) == 0.5)
  }

  @Test func `a logarithmic scale has equal steps for equal factors`() throws {
    let scale = Scale(.log10, covering: [1, 10_000], padding: 0)
    #expect(abs(try #require(scale.fraction(100)) - 0.5) < 1e-12)
    #expect(scale.fraction(0) == nil)
  }
}
