/// A reader of what others wrote, to be tried on damaged inputs.
///
/// Nothing it is given may end the program, take long, or throw anything but a diagnostic.
public protocol Fuzzer {
  /// As it is asked for: `exp`, `call`, `files`.
  static var name: String { get }
  /// The name of the file that a case is read from, for its ending.
  static var fileName: String { get }
  /// One damaged input, always the same for a seed.
  func bytes(_ seed: UInt64) -> [UInt8]
  /// Reads it.
  /// - Returns: whether there was nothing to complain of.
  /// - Throws: what is no diagnostic.
  func read(_ path: String) throws -> Bool
}
