import ArgumentParser
import Config
import Foundation
import RunService

/// `runexp explain`: the long text of an error code.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "explain", abstract: "Explain an error code.")

  @Argument(help: ArgumentHelp("Such as E0301.", valueName: "code"))
  var code: String

  func run() throws {
    let code = code.uppercased()
    guard let text = Places.explanation(code) else {
      throw ValidationError(
        "there is no explanation of '\(code)'; codes look like E0301 and stand in every message")
    }
    print(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
