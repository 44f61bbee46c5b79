import Analysis
import Running
import Plots
import Diagnostics
import Experiments
import Exports
import Files
import Foundation

extension [ExportFile] {
  /// Writes all of them, shared ones only where there are none.
  /// - Parameter run: the folder of the run they are of.
  /// - Throws: E0905 if a file cannot be written.
  package func write(below folder: String, from run: String) throws {
    for file in self {
      let path = "\(folder)/\(file.path)"
      if file.isShared && FileManager.default.fileExists(atPath: path) { continue }
      switch file.content {
      case .bytes(let bytes): try writeFile(bytes, to: path)
      case .copy(let source):
        // What was deleted since is not exported.
        guard let data = FileManager.default.contents(atPath: "\(run)/\(source)") else { continue }
        try writeFile([UInt8](data), to: path)
      }
    }
  }
}
