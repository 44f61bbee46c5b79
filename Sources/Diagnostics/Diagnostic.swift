/// A half-open range of UTF-8 offsets in one source file.
public struct SourceSpan: Hashable, Sendable, Codable {
  public var file: Int32
  public var lower: Int32
  public var upper: Int32

  public init(file: Int32 = 0, _ lower: Int, _ upper: Int) {
    self.file = file
    self.lower = Int32(clamping: lower)
    self.upper = Int32(clamping: upper)
  }
}

/// Something to tell the author of an experiment: what is wrong, where, why, and what to do.
///
/// Messages are lower case, without a period, and state the fact; the label points; the help gives the next step.
public struct Diagnostic: Error, Sendable, Equatable, Codable {
  public enum Severity: String, Sendable, Codable { case error, warning, note }

  /// A place in a file with a few words about it.
  public struct Label: Sendable, Equatable, Codable {
    public var span: SourceSpan
    public var text: String
    public init(_ span: SourceSpan, _ text: String) {
      self.span = span
      self.text = text
    }
  }

  /// A replacement that mends the mistake.
  public struct Fix: Sendable, Equatable, Codable {
    public var span: SourceSpan
    public var replacement: String
    public init(_ span: SourceSpan, replacement: String) {
      self.span = span
      self.replacement = replacement
    }
  }

  /// What a diagnostic is about, for code that must know: words may be put better any day.
  public enum Cause: Hashable, Sendable, Codable {
    /// A name that nothing has, of the kind that was asked for if there was one; whether one much like it is known.
    case unknownName(String, kind: String?, isNearKnown: Bool)
  }

  /// Stable; documented in `docs/errors/<code>.md`, printed by `runexp explain <code>`.
  public var code: String
  public var severity: Severity
  public var message: String
  public var primary: Label?
  public var related: [Label]
  public var help: String?
  public var fix: Fix?
  public var cause: Cause?

  public init(
    _ code: String, _ message: String, severity: Severity = .error, at primary: Label? = nil,
    related: [Label] = [], help: String? = nil, fix: Fix? = nil, cause: Cause? = nil
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.primary = primary
    self.related = related
    self.help = help
    self.fix = fix
    self.cause = cause
  }

  /// The same diagnostic, pointing at `span` unless it already points somewhere.
  public func located(at span: SourceSpan?, _ text: String = "") -> Diagnostic {
    guard primary == nil, let span else { return self }
    var copy = self
    copy.primary = Label(span, text)
    return copy
  }
}

/// Collects diagnostics so that one pass reports everything it can see.
public struct DiagnosticBag: Sendable {
  public private(set) var all: [Diagnostic] = []
  public init() {}

  public var hasErrors: Bool { all.contains { $0.severity == .error } }

  public mutating func report(_ diagnostic: Diagnostic) {
    if !all.contains(diagnostic) { all.append(diagnostic) }
  }

  /// Runs `body`; a thrown diagnostic is collected and `nil` is returned.
  public mutating func collect<T>(_ body: () throws(Diagnostic) -> T) -> T? {
    do {
      return try body()
    } catch {
      report(error)
      return nil
    }
  }
}
