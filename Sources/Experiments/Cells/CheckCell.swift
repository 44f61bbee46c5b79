import Analysis
import Running
import Plots
import Config
import Diagnostics
import ExpLanguage
import Reporting
import RunEvents

/// Expectations over results.
///
/// One that does not hold fails the run, at its end, with exit status 2.
struct CheckCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)

  static let schema = Schema(
    "check", "Expectations over results, such as test.accuracy >= 0.87.", prototype: CheckCell())

  private struct Expectation {
    var script: ScriptText
    var expression: Expression
  }

  func plan(_ context: inout CheckContext) -> CellRun? {
    let lines = subject.list ?? (subject.string == nil ? [] : [subject])
    guard !lines.isEmpty else {
      context.bag.report(.mismatch(subject, "a list of expectations, such as 'test.accuracy >= 0.87'"))
      return nil
    }
    let expectations = lines.compactMap { Self.expectation($0, &context) }
    guard expectations.count == lines.count else { return nil }
    return { context in
      var checks: [ReportCheck] = []
      for expectation in expectations {
        let passed = try evaluate(expectation.script, in: context.scope).isTrue
        let names = expectation.expression.names
        let found = names.compactMap { name in context.scope.lookup(name).map { "\(name) = \($0.text)" } }
        let result = CheckResult(
          expression: expectation.script.text, passed: passed, found: found.joined(separator: ", "))
        if !passed { context.failedChecks += 1 }
        try context.emit(.check(result))
        checks.append(ReportCheck(result.expression, passed: passed, found: result.found))
      }
      let failed = checks.count { !$0.passed }
      try context.note(failed == 0 ? "\(checks.count) passed" : "\(failed) of \(checks.count) failed")
      context.show(.checks(checks))
    }
  }
  private static func expectation(_ line: ConfigNode, _ context: inout CheckContext) -> Expectation? {
    guard let text = line.string else {
      context.bag.report(.mismatch(line, "a comparison, such as 'test.accuracy >= 0.87'"))
      return nil
    }
    let script = ScriptText(text, at: line.span, in: context.experiment.sources)
    let scope = context.expressionScope
    let read = context.bag.collect { () throws(Diagnostic) in try Expression(parsing: script) }
    guard let expression = read else { return nil }
    let isRight = context.tryOut(expression.names) { () throws(Diagnostic) in
      if case .bool = try evaluate(script, in: scope) { return }
      throw .notAnExpectation(text, at: line.span)
    }
    return isRight ? Expectation(script: script, expression: expression) : nil
  }
}

extension Diagnostic {
  /// E0218: an expression that neither holds nor fails.
  static func notAnExpectation(_ text: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0218", "'\(text)' is neither true nor false", at: span.map { Label($0, "compares nothing") },
      help: "compare it with something, as in 'test.accuracy >= 0.87'")
  }
}
