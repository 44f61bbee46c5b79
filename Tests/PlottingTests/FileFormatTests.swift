import Foundation
import FoundationXML
import Plotting
import PlottingCairo
import Testing

@Suite struct FileFormatTests {
  private let chart = BarChart(
    title: "a < b & \"c\"", groups: ["one  two\u{0}", "ü"], series: [.init("x", [1, 2])], valueLabel: "values"
  )
  private let pictures = SampleGrid(
    title: "grid", images: [Picture(width: 2, height: 1, colors: [Color(0xFF8000), Color(0x0080FF)])],
    labels: ["label"])

  private func text(_ figure: some Figure, _ format: FigureFormat) throws -> String {
    String(decoding: try render(figure, as: format), as: UTF8.self)
  }

  @Test(arguments: PNGTests.figures.indices)
  func `every figure is well-formed SVG, the same each time`(index: Int) throws {
    let bytes = try render(PNGTests.figures[index], as: .svg)
    #expect(XMLParser(data: Data(bytes)).parse())
    // What was drawn in between leaves no trace.
    _ = try renderPNG(pictures)
    #expect(try render(PNGTests.figures[index], as: .svg) == bytes)
  }

  @Test(arguments: PNGTests.figures.indices)
  func `every figure is a PDF, the same each time`(index: Int) throws {
    let bytes = try render(PNGTests.figures[index], as: .pdf)
    #expect(bytes.starts(with: Array("%PDF-".utf8)))
    _ = try renderPNG(pictures)
    #expect(try render(PNGTests.figures[index], as: .pdf) == bytes)
  }

  @Test func `text of an SVG stays text, escaped`() throws {
    let svg = try text(chart, .svg)
    #expect(svg.contains("<title>a &lt; b &amp; &quot;c&quot;</title>"))
    #expect(svg.contains(">ü</text>"))
  }

  @Test func `text of an SVG has the width it has in the font it was measured in`() throws {
    #expect(try text(chart, .svg).contains(/textLength="[1-9][0-9.]*"/))
  }

  @Test func `an SVG keeps the sharp pixels of pictures`() throws {
    #expect(
      try text(pictures, .svg).contains(
        "image-rendering:pixelated\" href=\"data:image/png;base64,iVBORw0KGgo"))
  }

  @Test func `colours that let through have an opacity in an SVG`() throws {
    var chart = LineChart(title: "", xLabel: "x", yLabel: "y", series: [.init("a", [(1, 1), (2, 2)])])
    chart.series[0].band = [(0, 2), (1, 3)]
    #expect(try text(chart, .svg).contains("fill=\"#0072b2\" fill-opacity=\"0.18\""))
  }

  @Test func `a PDF says nothing of when it was made`() throws {
    #expect(try !text(chart, .pdf).contains("CreationDate"))
  }

  @Test(arguments: [("a.svg", FigureFormat.svg), ("b/c.PNG", .png), ("x.y.pdf", .pdf)])
  func `the format follows from the name`(path: String, format: FigureFormat) {
    #expect(FigureFormat(path: path) == format)
  }

  @Test(arguments: ["svg", "a.jpg", "", "a.svg/b"]) func `other names say no format`(path: String) {
    #expect(FigureFormat(path: path) == nil)
  }
}
