public import Diagnostics
import Files

/// Writes a file that is either complete or not there: aside in the same folder, flushed to the disk, then renamed.
/// - Parameter body: writes the whole file under the path it is given.
/// - Throws: E0606 with the reason, or whatever `body` throws; the file aside is removed then.
public func writeAside(_ path: String, _ body: (String) throws(Diagnostic) -> Void) throws(Diagnostic) {
  try replaceFile(path, failing: { .cannotWrite("'\($0)'", $1) }, body)
}
