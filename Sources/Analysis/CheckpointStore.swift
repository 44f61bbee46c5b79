public import Diagnostics
import Files
import Foundation
import RunEvents
import Training

/// The checkpoints of a run in its folder: the last one, and the one before it.
public struct CheckpointStore {
  private let folder: String
  package var last: String { "\(folder)/\(RunFile.state)" }
  private var previous: String { last + ".previous" }

  /// - Parameter folder: the run's.
  public init(folder: String) { self.folder = folder }

  /// Writes a checkpoint; until it is on the disk the one before is there.
  /// - Throws: E0905 if it cannot be written.
  package func write(_ checkpoint: RunCheckpoint) throws(Diagnostic) {
    // A checkpoint that failed left no last one, and the one before stays what it is.
    rename(last, previous)
    let file = checkpoint.encoded()
    try writeFile(to: last) { file.write($0) }
  }

  /// Leaves what another run may start from: the last checkpoint, if there is a model in it.
  package func finish(with checkpoint: RunCheckpoint) throws(Diagnostic) {
    if checkpoint.models.contains(where: { $0.value.optimizer != nil }) {
      try write(checkpoint)
    } else {
      unlink(last)
    }
    unlink(previous)
    rmdir("\(folder)/\(RunFile.checkpoints)")
  }

  /// The last checkpoint that is whole.
  /// - Returns: it, and what is wrong with a later one.
  /// - Throws: E0515 if there is none, otherwise what is wrong with the last.
  public func read() throws(Diagnostic) -> (checkpoint: RunCheckpoint, warning: Diagnostic?) {
    var damage: Diagnostic?
    for path in [last, previous] where FileManager.default.fileExists(atPath: path) {
      do throws(Diagnostic) {
        guard let data = FileManager.default.contents(atPath: path) else { throw .noCheckpoint(folder) }
        let checkpoint = try RunCheckpoint(try CheckpointFile([UInt8](data), path: path), folder: folder)
        damage?.severity = .warning
        damage?.help = "the one before it is whole; the run goes on there"
        return (checkpoint, damage)
      } catch {
        damage = damage ?? error
      }
    }
    throw damage ?? .noCheckpoint(folder)
  }
}

extension Diagnostic {
  /// E0515: a run without a checkpoint.
  fileprivate static func noCheckpoint(_ folder: String) -> Diagnostic {
    Diagnostic(
      "E0515", "there is no checkpoint in '\(folder)'",
      help: "the run ended before it wrote one, or trained nothing; start it again")
  }
}
