import Plotting
import Testing

@Suite struct BandTests {
  private func commands(band: [(lower: Double, upper: Double)]) -> [String] {
    var series = LineChart.Series("a", [(1, 1), (2, 2), (3, 3)])
    series.band = band
    return RecordingCanvas.commands(
      of: LineChart(title: "t", xLabel: "x", yLabel: "y", series: [series, .init("b", [(1, 2), (3, 2)])]))
  }

  @Test func `a band lies behind all lines`() {
    let drawn = commands(band: [(0, 2), (1, 3), (2, 4)])
    let band = drawn.lastIndex { $0.hasPrefix("polygon") }
    let line = drawn.lastIndex { $0.hasPrefix("line") && $0.contains("#0072b2") && $0.contains("1.8") }
    #expect(band != nil && line != nil && band ?? .max < line ?? 0)
  }

  @Test func `without a band there is none`() {
    #expect(!commands(band: []).contains { $0.hasPrefix("polygon") })
  }

  @Test func `an axis has room for the band`() {
    let wide = commands(band: [(-100, 100), (-100, 100), (-100, 100)])
    #expect(wide.contains { $0.contains("text") && $0.contains("100") })
  }
}
