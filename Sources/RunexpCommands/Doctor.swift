import Reporting
import ArgumentParser
import Config
import Datasets
import Diagnostics
import Foundation
import Kernels
import Plotting
import PlottingCairo
import RunService

/// `runexp doctor`: what of the machine matters to runs, and what is missing.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check this machine: processor, fonts, data, folders.")

  @OptionGroup var common: CommonOptions

  func run() throws {
    var findings: [Finding] = [
      Finding(
        "processor",
        "\(InstructionSet.supported.map(\.title).joined(separator: ", ")), \(Machine.processors) usable"),
      Finding(
        "instructions", InstructionSet.current.title,
        isGood: InstructionSet.current != .baseline, help: "without AVX2 runs give the same numbers, slowly"),
    ]
    findings.append(figures)
    findings.append(contentsOf: ["fashion-mnist", "mnist", "digits", "iris"].map(data))
    findings.append(folder)
    for finding in findings {
      let mark = finding.isGood ? "✓" : finding.isNeeded ? "✗" : "–"
      print("\(mark) \(finding.name.padded(to: 16))\(finding.text)")
      if !finding.isGood, let help = finding.help { print("\(String(repeating: " ", count: 18))\(help)") }
    }
    if findings.contains(where: { !$0.isGood && $0.isNeeded }) { throw Status.failed }
  }

  private struct Finding {
    var name: String
    var text: String
    var isGood = true
    /// Whether runs fail without it.
    var isNeeded = false
    var help: String?

    init(_ name: String, _ text: String, isGood: Bool = true, isNeeded: Bool = false, help: String? = nil) {
      self.name = name
      self.text = text
      self.isGood = isGood
      self.isNeeded = isNeeded
      self.help = help
    }
  }

  /// Draws a small figure, and looks for the font its bytes depend on.
  private var figures: Finding {
    let figure = LineChart(title: "x", xLabel: "x", yLabel: "y", series: [])
    guard (try? renderPNG(figure)) != nil else {
      return Finding(
        "figures", "Cairo cannot draw", isGood: false, isNeeded: true,
        help: "apt-get install libcairo2 fonts-dejavu-core")
    }
    let system = ["/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu", "/usr/share/fonts/TTF"]
    let folders = [Places.fonts].compactMap(\.self) + system
    let hasFont = folders.contains { FileManager.default.fileExists(atPath: $0 + "/DejaVuSans.ttf") }
    return Finding(
      "figures", hasFont ? "Cairo, DejaVu Sans" : "Cairo, but no DejaVu Sans", isGood: hasFont,
      help: "figures take another font; apt-get install fonts-dejavu-core")
  }

  private func data(_ name: String) -> Finding {
    var settings = DataSettings()
    settings[format: "source"] = .init(.string(name))
    let environment = DataEnvironment(
      FileAccess(searchFolders: Places.dataFolders, dataFolder: Places.environment("RUNEXP_DATA")))
    do {
      let shape = try Dataset(name, settings, in: environment).inspect()
      let count = shape.trainCount + (shape.testCount ?? 0)
      return Finding(name, "\(NumberText.grouped(count)) samples")
    } catch {
      return Finding(name, "not here", isGood: false, help: error.help)
    }
  }

  private var folder: Finding {
    let reports = Places.reports(common.reports)
    var existing = reports
    while !FileManager.default.fileExists(atPath: existing) {
      existing =
        existing.contains("/") ? URL(fileURLWithPath: existing).deletingLastPathComponent().path : "."
    }
    let isWritable = access(existing, W_OK) == 0
    return Finding(
      "reports", reports + (isWritable ? "" : " cannot be written"), isGood: isWritable, isNeeded: true,
      help: "choose another folder with --reports or RUNEXP_REPORTS")
  }
}
