import ArgumentParser

/// A command.
struct Hello: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Say hello.")

  func run() { print("hello") }
}
