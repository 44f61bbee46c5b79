import ArgumentParser

/// Times the parts of the engine that decide how fast a training is.
@main
struct RunexpBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runexp-bench",
    abstract: "Times the parts of the engine that decide how fast a training is.",
    subcommands: [GemmBench.self, FilesBench.self, TraceBench.self])
}
