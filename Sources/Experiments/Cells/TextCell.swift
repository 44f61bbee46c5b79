import Analysis
import Running
import Plots
import Config
import Diagnostics
import ExpLanguage
import Reporting

/// Prose in Markdown.
///
/// `{{ name }}` puts a parameter or a result of a cell above in its place.
struct TextCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)

  static let schema = Schema(
    "text", "Prose in Markdown; {{ name }} is a parameter or a result.", prototype: TextCell())

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let text = subject.string else {
      context.bag.report(.mismatch(subject, "Markdown, best as a block behind 'text: |'"))
      return nil
    }
    let script = ScriptText(text, at: subject.span, in: context.experiment.sources)
    let scope = context.expressionScope
    let read = context.bag.collect { () throws(Diagnostic) in try Interpolation(parsing: script) }
    guard let prose = read else { return nil }
    // Results have no value yet: what is checked is that every name has one by then.
    guard context.tryOut(prose.names, { () throws(Diagnostic) in _ = try prose.text(in: scope) }) else {
      return nil
    }
    return { context in context.show(.prose(try prose.text(in: context.scope))) }
  }
}
