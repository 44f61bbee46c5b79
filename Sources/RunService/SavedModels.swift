import Diagnostics
import Foundation
import RunEvents
import RunLog

/// A run that was asked for on the command line, and the models it saved.
package struct SavedModels {
  package let run: String
  /// Its log.
  package let log: String

  /// - Parameter name: of the run, as ``NamedRuns`` reads it.
  /// - Throws: E0907 if there is no such run, E0912.
  package init(_ name: String, reports asked: String?) throws {
    let runs = try NamedRuns(asked)
    run = try runs.run(name)
    log = RunFolder.log(in: runs.folder(run))
  }

  /// Where it is.
  package var folder: String { URL(fileURLWithPath: log).deletingLastPathComponent().relativePath }

  /// The file of a model.
  /// - Parameter model: may be left out where there is one.
  /// - Throws: E0225 if there is no such model, or none.
  package func file(of model: String?) throws -> String {
    let files = try RunStore.read(log).artifacts(of: run).map(\.path)
    return try "\(folder)/\(ModelView.file(of: run, named: model, in: files))"
  }
}
