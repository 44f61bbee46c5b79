public import Diagnostics
import Glibc

/// Whether this machine has the memory that something needs: sizes come from files, and asking the system for too much
/// would end the program.
public enum MemoryNeed {
  /// - Parameters:
  ///   - floats: how many, each of 4 bytes.
  ///   - what: as it is called in the message, such as "the parameters of 'mlp'".
  /// - Throws: E0315.
  public static func check(_ floats: Int, for what: String, at span: SourceSpan? = nil) throws(Diagnostic) {
    let bytes = Double(floats) * 4
    let machine = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    if bytes > machine { throw .tooLarge(what, bytes, machine, at: span) }
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
  static func tooLarge(_ what: String, _ bytes: Double, _ machine: Double, at span: SourceSpan?) -> Diagnostic
  {
    func gibibytes(_ bytes: Double) -> String { "\(Int((bytes / 1_073_741_824).rounded(.up))) GiB" }
    return Diagnostic(
      "E0315", "\(what) would take \(gibibytes(bytes)), this machine has \(gibibytes(machine))",
      at: span.map { Label($0, "too large") }, help: "a smaller batch_size or smaller layers need less")
  }
}
