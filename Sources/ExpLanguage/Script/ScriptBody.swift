public import Diagnostics

/// The body of a `call` or of a `function`: statements of a subset of Python.
///
/// It may begin with its own `def call(self, inputs, training=None):` line, as it is pasted from a class.
public struct ScriptBody: Sendable {
  public let script: ScriptText
  /// The `def` line, if there is one.
  public let signature: ScriptSignature?
  public let statements: [Statement]

  /// Reads a body.
  /// - Throws: E0130 for what cannot be read, E0131 for indentation, E0132 for Python outside the subset, E0133
  ///   for what cannot be assigned, E0134 for what is too long or too deep, E0135 for a statement in a place it
  ///   cannot be in, E0136 for parameters.
  public init(parsing script: ScriptText) throws(Diagnostic) {
    var parser = ScriptParser(script, try BodyLexer.tokens(of: script), .body)
    self.script = script
    let (signature, statements) = try parser.body()
    self.signature = signature
    self.statements = statements
  }

  public init(_ source: String) throws(Diagnostic) { try self.init(parsing: ScriptText(source)) }
}

/// The name and parameters of a function: `huber_like(y_true, y_pred, delta=1.0)`.
public struct ScriptSignature: Sendable {
  public struct Parameter: Sendable {
    public var name: String
    public var initial: Expression?
    /// UTF-8 offsets in the script.
    public var range: Range<Int>
  }

  /// Where it is written; defaults are evaluated in it.
  public let script: ScriptText
  public let name: String
  /// Without `self`.
  public let parameters: [Parameter]

  /// Reads what stands behind `function:`.
  /// - Throws: E0130 and E0132 to E0136 as ``ScriptBody`` does.
  public init(parsing script: ScriptText) throws(Diagnostic) {
    var parser = ScriptParser(script, try BodyLexer.tokens(of: script), .body)
    self = try parser.wholeSignature()
  }

  init(script: ScriptText, name: String, parameters: [Parameter]) {
    self.script = script
    self.name = name
    self.parameters = parameters
  }
}
