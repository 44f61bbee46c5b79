public import Diagnostics

/// Whether there is the memory that something needs: sizes come from files, and asking the system for too much would end
/// the program.
public enum MemoryNeed {
  /// - Parameters:
  ///   - floats: how many, each of 4 bytes, that were not taken yet.
  ///   - what: as it is called in the message, such as "the parameters of 'mlp'".
  /// - Throws: E0315.
  public static func check(_ floats: Int, for what: String, at span: SourceSpan? = nil) throws(Diagnostic) {
    let bytes = Double(floats) * 4
    // Everybody may have so little, and asking for the limits is work.
    guard bytes > 1_048_576 else { return }
    let room = MemoryRoom.now()
    if bytes > room.bytes { throw .tooLarge(what, bytes, room, at: span) }
  }
}

extension Diagnostic {
  /// E0314: more elements than can be counted safely.
  public static func uncountable(_ what: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0314", "\(what) has more elements than any machine holds",
      at: span.map { Label($0, "gets too large here") },
      help: "is a size one digit too long?")
  }

  /// E0315: more memory than there is.
  fileprivate static func tooLarge(
    _ what: String, _ bytes: Double, _ room: MemoryRoom, at span: SourceSpan?
  ) -> Diagnostic {
    let (mebi, gibi) = (1_048_576.0, 1_073_741_824.0)
    let isSmall = bytes < 4 * gibi
    func text(_ bytes: Double, _ rule: FloatingPointRoundingRule) -> String {
      "\(Int((bytes / (isSmall ? mebi : gibi)).rounded(rule))) \(isSmall ? "MiB" : "GiB")"
    }
    return Diagnostic(
      "E0315", "\(what) would take \(text(bytes, .up)), \(room.words) \(text(room.bytes, .down))",
      at: span.map { Label($0, "too large") }, help: "a smaller batch_size or smaller layers need less")
  }
}
