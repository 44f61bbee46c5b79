import PlottingCairo
import Testing

@testable import Plotting

@Suite struct ModelGraphTests {
  private let siamese = ModelGraph(
    title: "siamese", subtitle: "2 layers",
    nodes: [
      .init(.input, "a", shape: "(None, 5)"), .init(.input, "b", shape: "(None, 5)"),
      .init(.trained, "enc", detail: "Dense · units 6", shape: "(None, 6)", mark: "use 1 of 2", sharing: 0),
      .init(.trained, "enc", detail: "Dense · units 6", shape: "(None, 6)", mark: "use 2 of 2", sharing: 0),
      .init(.plain, "diff", detail: "Subtract", shape: "(None, 6)"), .init(.output, "output"),
    ], edges: [.init(0, 2), .init(1, 3), .init(2, 4), .init(3, 4), .init(4, 5)])

  private func texts(_ figure: some Figure) -> [String] {
    RecordingCanvas.commands(of: figure).filter { $0.hasPrefix("text") }
      .map { command in String(command.drop { $0 != ":" }.dropFirst(2)) }
  }

  @Test func `boxes say what they are`() {
    let texts = texts(siamese)
    for text in ["siamese", "2 layers", "diff", "Subtract", "(None, 5)", "use 2 of 2", "output"] {
      #expect(texts.contains(text), "\(text)")
    }
  }

  @Test func `every edge ends in an arrow`() {
    // An arrow head is a triangle in the colour of the lines.
    let heads = RecordingCanvas.commands(of: siamese).filter { $0.hasPrefix("polygon #6b7480") }
    #expect(heads.count == 5)
  }

  @Test func `a branch is dashed and says which`() {
    let figure = ModelGraph(
      title: "",
      nodes: [
        .init(.input, "x"), .init(.condition, "max(x) > 1", outputCount: 2), .init(.step, "divide"),
        .init(.output, "output"),
      ],
      edges: [
        .init(0, 1), .init(1, 2, output: 1, label: "yes", isDashed: true), .init(0, 2),
        .init(2, 3, isDashed: true), .init(0, 3, label: "no", isDashed: true),
      ])
    #expect(RecordingCanvas.commands(of: figure).filter { $0.contains(" dash 5.0,3.5") }.count == 3)
    #expect(texts(figure).filter { ["yes", "no"].contains($0) }.count == 2)
  }

  @Test func `what is too large for a picture is shrunk`() {
    let wide = ModelGraph(
      title: "wide", nodes: [.init(.input, "x")] + (0..<900).map { .init(.trained, "layer_\($0)") },
      edges: (1...900).map { .init(0, $0) })
    #expect(wide.size.width < 7100)
    #expect(texts(wide).contains { $0.hasPrefix("layer_") || $0 == "…" })
  }

  @Test func `names longer than a box are shortened`() {
    let long = String(repeating: "very_", count: 60)
    let figure = ModelGraph(title: "", nodes: [.init(.trained, long)], edges: [])
    #expect(figure.size.width < 400)
    #expect(texts(figure).contains { $0.hasSuffix("…") })
  }

  @Test func `edges and groups that cannot be are left out`() {
    let figure = ModelGraph(
      title: "", nodes: [.init(.input, "x", group: 7), .init(.output, "y", group: 0)],
      edges: [.init(0, 9), .init(-1, 1), .init(1, 1), .init(0, 1)], groups: [.init("g", parent: 3)])
    #expect(figure.edges.count == 1)
    #expect(!RecordingCanvas.commands(of: figure).isEmpty)
  }

  @Test func `the same graph is the same picture`() throws {
    #expect(try renderPNG(siamese) == renderPNG(siamese))
    #expect(RecordingCanvas.commands(of: siamese) == RecordingCanvas.commands(of: siamese))
  }

  @Test func `estimates of widths are close to what Cairo measures`() {
    // Ems of DejaVu Sans, measured with Cairo 1.18.
    for (text, ems) in [("dense_1", 4.156), ("(None, 28, 28)", 7.205), ("BatchNormalization", 9.843)] {
      let guess = TextEstimate.width(of: text, TextStyle(10, Palette.ink)) / 10
      #expect(guess >= ems && guess <= ems * 1.25, "\(text): \(guess) for \(ems)")
    }
  }
}
