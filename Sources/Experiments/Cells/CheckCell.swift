import Config
import Diagnostics
import ExpLanguage
import Reporting
import RunEvents

/// Expectations over results. One that does not hold fails the run, at its end, with exit status 2.
struct CheckCell: Cell {
  var subject = ConfigNode(.null)

  static let schema = Schema("check", "Expectations over results, such as test.accuracy >= 0.87.", prototype: CheckCell())

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
    let known = context.results + context.parameters.names
    let parameters = context.parameters.scope
    var expectations: [Expectation] = []
    for line in lines {
      guard let text = line.string else {
        context.bag.report(.mismatch(line, "an expectation, such as 'test.accuracy >= 0.87'"))
        continue
      }
      let script = ScriptText(text, at: line.span, in: context.sources)
      let expectation = context.bag.collect { () throws(Diagnostic) -> Expectation in
        let expression = try Expression(parsing: script)
        let scope = ScriptScope("result", names: known) {
          parameters.lookup($0) ?? (known.contains($0) ? .double(0.5) : nil)
        }
        _ = try evaluate(script, in: scope)
        return Expectation(script: script, expression: expression)
      }
      if let expectation { expectations.append(expectation) }
    }
    guard expectations.count == lines.count else { return nil }
    return { context in
      var checks: [ReportCheck] = []
      for expectation in expectations {
        let passed = try evaluate(expectation.script, in: context.scope).isTrue
        let names = expectation.expression.names
        let found = names.compactMap { name in context.scope.lookup(name).map { "\(name) = \($0.text)" } }
        let result = CheckResult(expression: expectation.script.text, passed: passed, found: found.joined(separator: ", "))
        if !passed { context.failedChecks += 1 }
        try context.emit(.check(result))
        checks.append(ReportCheck(result.expression, passed: passed, found: result.found))
      }
      let failed = checks.count { !$0.passed }
      try context.note(failed == 0 ? "\(checks.count) passed" : "\(failed) of \(checks.count) failed")
      context.show(.checks(checks))
    }
  }
}
