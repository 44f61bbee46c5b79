public import ArgumentParser
import Foundation
import RunService

/// The `runexp` command.
public struct Runexp: ParsableCommand {
  public static let version = runexpVersion

  public static let configuration = CommandConfiguration(
    commandName: "runexp",
    abstract: "Runs deep-learning experiments from readable files.",
    usage: """
      runexp FILE.exp …
      runexp <command> [options]
      """,
    discussion: """
      'runexp FILE.exp' is 'runexp run FILE.exp'. Results go to stdout, everything else to stderr.

      Exit status: 0 done, 1 a run failed, 2 a check failed, 3 the experiment file is wrong, \
      4 'reproduce' says different, 64 wrong usage, 75 interrupted.
      """,
    version: version,
    subcommands: [
      Run.self, Resume.self, Check.self, List.self, Show.self, Compare.self, Diff.self, Plot.self,
      ReportCommand.self, Tag.self, Note.self, Remove.self, Predict.self, Convert.self, Export.self,
      ArchiveCommand.self, Verify.self, Reproduce.self,
      Init.self, Doctor.self, Explain.self, Describe.self, SchemaCommand.self, IndexCommand.self,
      CompleteCommand.self, ManualCommand.self,
    ],
    defaultSubcommand: Run.self)

  public init() {}

  /// Runs the command line, and ends the process.
  public static func start() -> Never {
    // Nothing asked for is most often a first look: the help, but not the exit status of something done.
    if CommandLine.arguments.count == 1 {
      Terminal().say(helpMessage())
      exit(withError: Status.usage)
    }
    // A file as large as it may be is an error of one `write`, with its message, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    Places.useOwnFonts()
    main()
    do { try Output.finish() } catch { exit(withError: error) }
    exit()
  }
}

/// How a command ended, for the shell.
enum Status {
  static let failed = ExitCode(1)
  static let checkFailed = ExitCode(2)
  static let wrongFile = ExitCode(3)
  static let different = ExitCode(4)
  static let usage = ExitCode(64)
  static let interrupted = ExitCode(75)
}
