import Config
import Foundation
import Reporting
import Testing

/// Reports as data: `report.json`.
@Suite struct ReportFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")
    .path

  private static let name = "report.json"

  /// Keeps a report in the folder, with its figures.
  private func keep(_ report: Report) throws {
    try write(Data(report.config.prettyJSON.utf8), to: Self.name)
    for case .figure(let figure) in report.cells.flatMap(\.blocks) where !figure.png.isEmpty {
      try write(Data(figure.png), to: figure.path)
    }
  }

  private func write(_ data: Data, to name: String) throws {
    let file = URL(filePath: folder + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  private func figure(_ path: String, original: String? = nil) -> Report {
    var figure = ReportFigure(path: path, caption: "Curves", png: tinyPNG, width: 90)
    figure.original = original
    return report(.figure(figure))
  }

  @Test func `a report comes back whole`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var whole = report(of: hostile)
    // Paths of figures are those of files.
    whole.cells[0].blocks.removeAll { if case .figure = $0 { true } else { false } }
    whole.cells[0].source = hostile
    whole.cells[0].blocks += [.prose(hostile), .metrics([.init("nan", 7, n: nil)])]
    try keep(whole)
    #expect(try ReportFile.read("\(folder)/\(Self.name)") == whole)
  }

  @Test func `a figure comes back from its file`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = figure("figures/a.png", original: "figures/a.svg")
    try keep(whole)
    #expect(try ReportFile.read("\(folder)/\(Self.name)") == whole)
  }

  @Test func `a figure that is gone is named`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(Data(figure("figures/a.png").config.json.utf8), to: Self.name)
    #expect { try ReportFile.read("\(folder)/\(Self.name)") } throws: { "\($0)".contains("E0514") }
  }

  @Test(arguments: ["/etc/hostname", "../../etc/hostname", "figures/../../a"])
  func `a figure from elsewhere is not taken in`(path: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(Data(figure(path).config.json.utf8), to: Self.name)
    #expect { try ReportFile.read("\(folder)/\(Self.name)") } throws: { "\($0)".contains("E0636") }
  }

  @Test(arguments: ["", "{", "[]", "{\"title\": 3}", "{\"title\": \"a\", \"run\": \"b\", \"status\": \"c\"}"])
  func `what is no report is told`(text: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(Data(text.utf8), to: Self.name)
    #expect { try ReportFile.read("\(folder)/\(Self.name)") } throws: { "\($0)".contains("E0636") }
  }

  @Test func `any part that is lost is noticed or does no harm`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = report(of: "word").config.json
    for cut in stride(from: 0, to: text.count, by: 7) {
      try write(Data(text.prefix(cut).utf8), to: Self.name)
      #expect(throws: (any Error).self) { try ReportFile.read("\(folder)/\(Self.name)") }
    }
  }

  @Test func `a run without a report is told`() {
    #expect { try ReportFile.read("\(folder)/\(Self.name)") } throws: { "\($0)".contains("E0637") }
  }
}
