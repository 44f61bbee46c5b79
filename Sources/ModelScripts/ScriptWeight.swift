public import Diagnostics
public import ExpLanguage
import GraphEngine
public import Layers

/// Numbers that a hand-written layer learns itself: `weights: {scale: {shape: [30], initializer: ones}}`.
public struct ScriptWeight: Sendable {
  public enum Shape: Sendable {
    case sizes([Int])
    /// An expression over the inputs and arguments, such as `(inputs.shape[-1], units)`.
    case calculated(ScriptText)
  }

  public var name: String
  public var shape: Shape
  public var initializer: Initializer
  public var isTrainable: Bool
  /// Where it was written.
  public var span: SourceSpan?

  /// - Parameters:
  ///   - initializer: Keras's default is `glorot_uniform`.
  ///   - isTrainable: whether training changes it.
  public init(
    _ name: String, _ shape: Shape, initializer: Initializer = .glorotUniform, isTrainable: Bool = true,
    at span: SourceSpan? = nil
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.isTrainable = isTrainable
    self.span = span
  }

  var script: ScriptText {
    if case .calculated(let script) = shape { script } else { ScriptText("") }
  }

  /// - Throws: E0328 if the shape is none.
  func declare(in scope: LayerScope, _ tracer: Tracer) throws -> Value {
    let origin = scope.graph.origin
    defer { scope.graph.origin = origin }
    if let span { scope.graph.origin = span }
    return try scope.parameter(name, try sizes(tracer), initializer, isTrainable: isTrainable)
  }

  private func sizes(_ tracer: Tracer) throws -> [Int] {
    guard case .calculated(let script) = shape else {
      guard case .sizes(let sizes) = shape, sizes.allSatisfy({ $0 >= 0 }) else {
        throw wrong("a size cannot be negative", nil)
      }
      return sizes
    }
    let statements = try ScriptBody(parsing: script).statements
    guard statements.count == 1, case .expression(let expression) = statements[0].kind else {
      throw wrong("it is calculated by one expression", tracer.span(0..<script.text.utf8.count))
    }
    let span = tracer.span(expression.range)
    let value = try tracer.value(expression)
    let items = value.sequence ?? [value]
    return try items.map { item in
      if case .batch = item { throw wrong("the number of samples is not known", span) }
      guard let size = item.whole, size >= 0 else { throw wrong("it is made of whole numbers", span) }
      return size
    }
  }

  private func wrong(_ message: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0328", "the weight '\(name)' has no shape: \(message)", at: span.map { .init($0, "its shape") },
      help: "write its sizes: [30], or an expression such as \"(inputs.shape[-1], units)\"")
  }
}
