import Analysis
import Running
import Plots
import Config
import Diagnostics
import ExpLanguage
import Layers
import ModelScripts

/// A function of one's own: a loss, a metric, an activation, or a part of the bodies below.
struct FunctionCell: Cell {
  var subject = ConfigNode(.null)
  var body = ConfigNode(.null)

  static let schema = Schema(
    "function", "A function of one's own: a loss, a metric, or a part of bodies.", prototype: FunctionCell(),
    Field("body", \.body, "What it does, in the language of 'call'.").required)

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let signature = subject.string, let text = body.string else {
      if !body.isAbsent, body.string == nil {
        context.bag.report(.mismatch(body, "'body': statements, as a block of text behind '|'"))
      } else if subject.string == nil {
        context.bag.report(.unsignedFunction(at: subject.span))
      }
      return nil
    }
    let (sources, known) = (context.experiment.sources, context.vocabulary.functions)
    let function = context.bag.collect { () throws(Diagnostic) in
      try ScriptedFunction(
        signature: ScriptText(signature, at: subject.span, in: sources),
        body: ScriptText(text, at: body.span, in: sources), functions: known)
    }
    guard let function else { return nil }
    if known.contains(where: { $0.name == function.name }) {
      context.bag.report(.repeatedFunctionCell(function.name, at: subject.span))
      return nil
    }
    let name = function.name
    if context.vocabulary.losses.find(name) != nil || context.vocabulary.metrics.find(name) != nil
      || Activation.names.contains(name)
      || OperationRegistry.find(name) != nil
    {
      context.bag.report(.builtInFunction(name, at: subject.span))
      return nil
    }
    context.declare(function: function)
    return { context in try context.note("a function for the cells below") }
  }
}

extension Diagnostic {
  /// E0208: a function without name and parameters.
  static func unsignedFunction(at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0208", "'function' needs a name and parameters", at: span.map { Label($0, "no name") },
      help: "write '- function: name(y_true, y_pred)'")
  }

  /// E0209: a function with the name of one that is built in.
  static func builtInFunction(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0209", "'\(name)' is built in", at: span.map { Label($0, "would hide it") },
      help: "give your function another name, such as 'my_\(name)'")
  }

  /// E0209: two functions of one name.
  static func repeatedFunctionCell(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0209", "there is a function '\(name)' already", at: span.map { Label($0, "again here") },
      help: "give it another name; cells below would not know which is meant")
  }
}
