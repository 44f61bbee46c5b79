/// The names an expression may use.
public struct ScriptScope: Sendable {
  /// What a name stands for, in messages: "parameter", "result".
  public var what: String
  /// Every name there is, for suggestions and help.
  public var names: [String]
  /// What to say of an unknown name when there are no names.
  public var absence = "there are none here"
  public var lookup: @Sendable (String) -> ScriptValue?

  public init(_ what: String, names: [String], lookup: @escaping @Sendable (String) -> ScriptValue?) {
    self.what = what
    self.names = names
    self.lookup = lookup
  }

  /// No names at all.
  public static let empty = ScriptScope("name", names: []) { _ in nil }
}
