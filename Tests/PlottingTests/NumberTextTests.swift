import Plotting
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0, "0"), (0.89123, "0.8912"), (12_345.6, "12,346"), (0.5, "0.5"), (-1.25, "−1.25"),
    (9_999_999, "9,999,999"),
    (0.99996, "1"), (1e-5, "10⁻⁵"), (0.0001, "0.0001"), (2.5e9, "2.5×10⁹"),
    (.leastNonzeroMagnitude, "4.941×10⁻³²⁴"),
    (.greatestFiniteMagnitude, "1.798×10³⁰⁸"), (.nan, "NaN"), (-.infinity, "−∞"),
  ])
  func `numbers are written to four significant digits`(value: Double, text: String) {
    #expect(NumberText.significant(value) == text)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "−1,234,567"),
    (.min, "−9,223,372,036,854,775,808"),
  ])
  func `whole numbers have thousands separators`(value: Int, text: String) {
    #expect(NumberText.grouped(value) == text)
  }

  @Test(arguments: [(0.88914, "88.91%"), (1, "100.00%"), (0, "0.00%"), (.nan, "NaN")])
  func `shares are percentages`(share: Double, text: String) {
    #expect(NumberText.percent(share) == text)
  }

  @Test(arguments: [(1.0, 1, "1.0"), (-0.04, 1, "0.0"), (2.345, 2, "2.35"), (1e300, 2, "10³⁰⁰")])
  func `fixed decimals are kept`(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }
}
