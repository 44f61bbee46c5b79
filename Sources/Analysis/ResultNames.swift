import Config
package import Diagnostics
package import ExpLanguage

/// Results that `check:` and prose may name, in the order they come to be.
package struct ResultNames {
  package private(set) var names: [String] = []
  /// Whether a cell with results was wrong, so that it is not known which results there are.
  var areLost = false
  /// Where evaluations were given names of their own.
  fileprivate var evaluations: [String: SourceSpan?] = [:]

  package mutating func declare(_ new: [String], of owner: String) {
    for name in new where !names.contains("\(owner).\(name)") { names.append("\(owner).\(name)") }
  }
}

extension CheckContext {
  /// Results of an evaluation, under a name of their own.
  package mutating func declare(results new: [String], of owner: String, at span: SourceSpan?) {
    if let earlier = results.evaluations[owner] ?? names.models[owner]?.span {
      bag.report(.repeatedResults(owner, at: span, earlier: earlier))
    }
    results.evaluations[owner] = .some(span)
    results.declare(new, of: owner)
  }

  /// What prose and expectations may name: parameters, and results with some number in their place.
  package var expressionScope: ScriptScope {
    let (results, areLost) = (results.names, results.areLost)
    let (parameters, unresolved) = (experiment.parameters.scope, experiment.unresolved)
    var scope = ScriptScope("parameter or result", names: results + parameters.names) { name in
      if let value = parameters.lookup(name) { return value }
      if results.contains(name) || unresolved.contains(name) || (areLost && name.contains(".")) {
        return name.hasSuffix(".epochs") ? .int(7) : .double(0.618)
      }
      return nil
    }
    scope.absence = "results such as test.accuracy come from 'train' and 'evaluate' cells above"
    return scope
  }

  /// Tries an expression before its results are known; what only depends on their values is no mistake.
  package mutating func tryOut(_ names: [String], _ body: () throws(Diagnostic) -> Void) -> Bool {
    do throws(Diagnostic) {
      try body()
    } catch {
      if error.code == "E0123" && names.contains(where: { $0.contains(".") }) { return true }
      bag.report(error)
      return false
    }
    return true
  }
}

extension Diagnostic {
  /// E0209: results under a name that is taken.
  fileprivate static func repeatedResults(_ name: String, at span: SourceSpan?, earlier: SourceSpan?)
    -> Diagnostic
  {
    Diagnostic(
      "E0209", "there are results called '\(name)' already", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "give these another name with 'name: NAME'")
  }
}
