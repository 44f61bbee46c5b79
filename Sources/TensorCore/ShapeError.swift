/// A shape rule that failed: what is wrong, which operand is at fault, and what would have fitted.
///
/// The graph adds the place in the experiment file and turns it into a diagnostic.
public struct ShapeError: Error, Sendable, Equatable {
  public var message: String
  public var operand: Int
  public var hint: String?

  public init(_ message: String, operand: Int = 0, hint: String? = nil) {
    self.message = message
    self.operand = operand
    self.hint = hint
  }
}
