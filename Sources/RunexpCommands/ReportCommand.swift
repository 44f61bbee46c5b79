import Analysis
import ArgumentParser
import Diagnostics
import Experiments
import Files
import Plots
import Running
import Foundation
import Reporting
import RunEvents
import RunLog
import RunService

/// `runexp report`: makes a run's report again, from what the run kept of it.
struct ReportCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case html, md, ipynb

    var writer: any ReportWriter {
      switch self {
      case .html: HTMLWriter()
      case .md: MarkdownWriter()
      case .ipynb: NotebookWriter()
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Make the report of a run again, as a page, Markdown or a notebook.",
    discussion: """
      The report is written into the run's folder, beside the figures that Markdown links to; '-o -' prints it.
      """)

  @Argument(help: ArgumentHelp("A run (mlp-1, latest).", valueName: "run"))
  var what: String
  @Option(help: "html, md or ipynb.")
  var format = Format.html
  @Option(name: .shortAndLong, help: ArgumentHelp("Another file to write; - for stdout.", valueName: "file"))
  var output: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    do {
      let saved = try SavedModels(what, reports: common.reports)
      let text = format.writer.render(try ReportFile.read("\(saved.folder)/\(RunFile.report)"))
      if output == "-" { return printFile(text) }
      let path = output ?? "\(saved.folder)/\(RunFile.report(format.rawValue))"
      try writeFile(Array(text.utf8), to: path)
      print("wrote \(path)")
    } catch let diagnostic as Diagnostic {
      common.terminal.report(diagnostic)
      throw Status.failed
    }
  }
}
