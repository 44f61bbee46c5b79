import ArgumentParser

/// Times the parts of the engine that decide how fast a training is, and what must stay quick with ten thousand runs.
@main
struct RunexpBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runexp-bench",
    abstract: "Times what decides how fast a training is, and the log of very many runs.",
    subcommands: [
      GemmBench.self, StepBench.self, FilesBench.self, TraceBench.self, LogBench.self,
      AnalysisBench.self,
    ])
}
