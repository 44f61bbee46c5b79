import Config
import Diagnostics
import ExpLanguage
import Reporting

/// Prose in Markdown. `{{ name }}` puts a parameter or a result of a cell above in its place.
struct TextCell: Cell {
  var subject = ConfigNode(.null)

  static let schema = Schema("text", "Prose in Markdown; {{ name }} is a parameter or a result.", prototype: TextCell())

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let text = subject.string else {
      context.bag.report(.mismatch(subject, "Markdown, best as a block behind 'text: |'"))
      return nil
    }
    let script = ScriptText(text, at: subject.span, in: context.sources)
    let known = context.results + context.parameters.names
    let parameters = context.parameters.scope
    let prose = context.bag.collect { () throws(Diagnostic) in
      let prose = try Interpolation(parsing: script)
      // Results have no value yet: what is checked is that every name has one by then.
      let scope = ScriptScope("parameter or result", names: known) { parameters.lookup($0) ?? (known.contains($0) ? .double(1) : nil) }
      _ = try prose.text(in: scope)
      return prose
    }
    guard let prose else { return nil }
    return { context in context.show(.prose(try prose.text(in: context.scope))) }
  }
}
