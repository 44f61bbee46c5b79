import Diagnostics
import ExpLanguage
import GraphEngine
import Layers

/// Truth, and what depends on it.
extension Tracer {
  func holds(_ condition: Expression) throws -> Bool { try truth(try value(condition), condition.range) }

  /// What is true in Python; of a tensor, what the scope decides.
  func truth(_ value: TraceValue, _ range: Range<Int>) throws -> Bool {
    if let known = value.isTrue { return known }
    guard let condition = value.value else { return true }
    return try decide(condition, range)
  }

  private func decide(_ condition: Value, _ range: Range<Int>) throws -> Bool {
    guard let scope else {
      throw Diagnostic(
        "E0324", "a condition on data cannot be used here",
        at: span(range).map { .init($0, "this is a tensor \(condition.type)") },
        help: "choose number by number with 'where(condition, a, b)'")
    }
    let text = written(range)
    return try at(range) { try scope.decide(condition, written: text) }
  }

  /// A part of the body as it stands there.
  private func written(_ range: Range<Int>) -> String {
    String(decoding: Array(script.text.utf8)[range], as: UTF8.self)
  }

  /// Runs something that records in the graph; what it records, and what fails, is at this place.
  func at<Result>(_ range: Range<Int>, _ body: () throws -> Result) throws -> Result {
    let origin = graph.origin
    graph.origin = span(range) ?? origin
    defer { graph.origin = origin }
    return try body()
  }

  // MARK: Assertions

  /// A failed `assert` on data fails the run when the data say so: the trace assumes that it holds.
  func check(_ condition: Expression, _ text: Expression?) throws {
    let test = try value(condition)
    let fails: Bool
    if let tensor = test.value {
      let negation = try at(condition.range) { try .!tensor }
      fails = try decide(negation, condition.range)
    } else {
      fails = try !truth(test, condition.range)
    }
    guard fails else { return }
    let said = try text.map { try value($0).text }
    throw Diagnostic(
      "E0325", "an assertion of the body failed: \(said ?? written(condition.range))",
      at: span(condition.range).map { .init($0, "does not hold") })
  }

  /// The text of a raised error: of `ValueError('…')` what is in the parentheses.
  func message(_ error: Expression?) throws -> String {
    guard let error else { return "raised here" }
    switch error.kind {
    case .call(_, let arguments): return try arguments.first.map { try value($0.value).text } ?? "raised here"
    case .name(let name): return name
    default: return try value(error).text
    }
  }
}

extension Diagnostic {
  /// E0325: the body itself says that something is wrong.
  static func raised(_ text: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic("E0325", "the body raises an error: \(text)", at: span.map { Label($0, "raised here") })
  }
}
