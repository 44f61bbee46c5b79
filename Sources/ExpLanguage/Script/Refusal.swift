internal import Diagnostics

/// Python that a body does not have, with what to write instead.
enum Refusal: CaseIterable {
  case importing, classes, functions, lambda, exceptions, with, yield, asynchronous, global, delete, printing
  case decorator, walrus, bitOperator, semicolon, loopElse, matching
  case starredArgument, starredTarget, starredParameter, complexNumber, bytes, setDisplay, dictComprehension
  case generator, nestedComprehension, formattedText, formatSpecification

  /// What was found.
  var what: String {
    switch self {
    case .importing: "a body imports nothing"
    case .classes: "a body defines no classes"
    case .functions: "a body defines no functions"
    case .lambda: "a body has no 'lambda'"
    case .exceptions: "a body has no exceptions to handle"
    case .with: "a body has no 'with'"
    case .yield: "a body has no 'yield'"
    case .asynchronous: "a body does not wait for anything"
    case .global: "a body has only its own names"
    case .delete: "a body deletes nothing"
    case .printing: "a body prints nothing"
    case .decorator: "a body has no decorators"
    case .walrus: "a body has no ':='"
    case .bitOperator: "a body has no operators on bits"
    case .semicolon: "a line holds one statement"
    case .loopElse: "a loop has no 'else'"
    case .matching: "a body has no 'match'"
    case .starredArgument: "a call has no '*' and '**' arguments"
    case .starredTarget: "an assignment has no '*' targets"
    case .starredParameter: "a body has no '*' and '**' parameters"
    case .complexNumber: "a body has no complex numbers"
    case .bytes: "a body has no bytes"
    case .setDisplay: "a body has no sets"
    case .dictComprehension: "a body has no comprehensions of mappings and sets"
    case .generator: "a body has no generators"
    case .nestedComprehension: "a list comprehension has one 'for' and one 'if'"
    case .formattedText: "an f-string can only be the text of 'assert' and 'raise'"
    case .formatSpecification: "an f-string has no formats"
    }
  }

  /// What to write instead.
  var instead: String {
    switch self {
    case .importing: "leave it out: keras.ops, keras.layers, tf and the functions of the file are known"
    case .classes: "define the part in a 'layer' cell, and list it under 'layers'"
    case .functions: "define it in a 'function' cell, and call it by its name"
    case .lambda: "write the expression where it is used, or define it in a 'function' cell"
    case .exceptions: "test for the case with 'if'"
    case .with: "write the statements without it: names, gradients and devices need no scope here"
    case .yield: "collect the values in a list with 'append', and return that"
    case .asynchronous: "write the statement without 'async' and 'await'"
    case .global: "pass values in and out as arguments and results"
    case .delete: "leave it out: memory is planned from the lifetimes of values"
    case .printing: "leave it out; to see a value while training, make it a metric"
    case .decorator: "leave it out: every body is compiled"
    case .walrus: "assign in a line of its own before"
    case .bitOperator: "use 'and', 'or', 'not', or logical_and, logical_or, logical_xor, logical_not"
    case .semicolon: "write each statement in a line of its own"
    case .loopElse: "set a name inside the loop, and test it behind the loop"
    case .matching: "use 'if' and 'elif'"
    case .starredArgument: "write the arguments one by one"
    case .starredTarget: "name each part, or take parts by index"
    case .starredParameter: "name each parameter"
    case .complexNumber: "calculate with the real and the imaginary part"
    case .bytes: "write a text without the 'b'"
    case .setDisplay: "write a list: [a, b]"
    case .dictComprehension: "fill it in a 'for' loop, or write a list comprehension"
    case .generator: "put the comprehension in brackets: [f(x) for x in items]"
    case .nestedComprehension: "write it as 'for' loops with 'append'"
    case .formattedText: "write a text in plain quotes"
    case .formatSpecification: "write the expression alone in the braces"
    }
  }

  /// The words that no statement of the subset has.
  init?(keyword: String) {
    switch keyword {
    case "import", "from": self = .importing
    case "class": self = .classes
    case "def": self = .functions
    case "lambda": self = .lambda
    case "try", "except", "finally": self = .exceptions
    case "with": self = .with
    case "yield": self = .yield
    case "async", "await": self = .asynchronous
    case "global", "nonlocal": self = .global
    case "del": self = .delete
    case "@": self = .decorator
    case ":=": self = .walrus
    case "&", "|", "^", "~", "<<", ">>", "&=", "|=", "^=", "<<=", ">>=", "&&", "||": self = .bitOperator
    case ";": self = .semicolon
    default: return nil
    }
  }
}

extension Diagnostic {
  /// E0132: Python outside the subset.
  static func refused(_ refusal: Refusal, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0132", refusal.what, at: span.map { Label($0, "not part of the language") }, help: refusal.instead)
  }

  /// E0130: a character that no Python has.
  static func strayCharacter(_ character: String, _ span: SourceSpan?) -> Diagnostic {
    let help =
      switch character {
      case "$":
        "settings under 'args' are known by their names, without '$'; parameters of the experiment are not known here"
      case "!": "write 'not', or '!='"
      case "“", "”", "‘", "’": "use straight quotes"
      default: nil as String?
      }
    return .bodySyntax("unexpected '\(character)'", span, help: help)
  }
}
