import ArgumentParser
import Analysis
import Config
import Descriptions
import Experiments
import Plots
import Running

/// `runexp schema`: the JSON Schema that editors use, made from the descriptions that decode the file.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of experiment files, for editors.")

  func run() throws { print(ExperimentSchema.text) }
}
