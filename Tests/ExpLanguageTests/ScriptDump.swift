import ExpLanguage

/// A body as one line, with every bracket written out: what the parser understood.
func dump(_ body: ScriptBody) -> String {
  let parameters = body.signature.map { signature in
    "def \(signature.name)("
      + signature.parameters.map { $0.name + ($0.initial.map { "=" + dump($0) } ?? "") }.joined(
        separator: ", ")
      + ") "
  }
  return (parameters ?? "") + dump(body.statements)
}

private func dump(_ statements: [Statement]) -> String {
  statements.map(dump).joined(separator: "; ")
}

private func dump(_ statement: Statement) -> String {
  switch statement.kind {
  case .expression(let value): return dump(value)
  case .assignment(let targets, let value):
    return (targets.map(dump) + [dump(value)]).joined(separator: " = ")
  case .augmented(let target, let kind, let value): return "\(dump(target)) \(kind.rawValue)= \(dump(value))"
  case .conditional(let branches):
    return branches.map { branch in
      (branch.condition.map { "if \(dump($0))" } ?? "else") + " {\(dump(branch.body))}"
    }.joined(separator: " ")
  case .forLoop(let target, let iterable, let body):
    return "for \(dump(target)) in \(dump(iterable)) {\(dump(body))}"
  case .whileLoop(let condition, let body): return "while \(dump(condition)) {\(dump(body))}"
  case .return(let value): return "return" + (value.map { " " + dump($0) } ?? "")
  case .assertion(let condition, let text):
    return "assert \(dump(condition))" + (text.map { ", " + dump($0) } ?? "")
  case .raise(let error): return "raise" + (error.map { " " + dump($0) } ?? "")
  case .break: return "break"
  case .continue: return "continue"
  case .pass: return "pass"
  }
}

private func dump(_ target: AssignmentTarget) -> String {
  switch target.kind {
  case .name(let name): name
  case .tuple(let items): "(" + items.map(dump).joined(separator: ", ") + ")"
  case .item(let base, let index): "\(dump(base))[\(dump(index))]"
  }
}

func dump(_ expression: Expression) -> String {
  func list(_ items: [Expression]) -> String { items.map(dump).joined(separator: ", ") }
  switch expression.kind {
  case .literal(.string(let text)): return "'\(text)'"
  case .literal(let value): return value.text
  case .name(let name): return name
  case .list(let items): return "[\(list(items))]"
  case .tuple(let items): return "tuple(\(list(items)))"
  case .dictionary(let entries):
    return "{" + entries.map { "\(dump($0.key)): \(dump($0.value))" }.joined(separator: ", ") + "}"
  case .comprehension(let all):
    return "[\(dump(all.element)) for \(dump(all.target)) in \(dump(all.iterable))"
      + (all.condition.map { " if \(dump($0))" } ?? "") + "]"
  case .formatted(let parts): return "f(\(list(parts)))"
  case .negate(let operand): return "(-\(dump(operand)))"
  case .plus(let operand): return "(+\(dump(operand)))"
  case .binary(let kind, let left, let right): return "(\(dump(left)) \(kind.rawValue) \(dump(right)))"
  case .comparison(let first, let rest):
    return "(\(dump(first))" + rest.map { " \($0.operator.rawValue) \(dump($0.right))" }.joined() + ")"
  case .and(let left, let right): return "(\(dump(left)) and \(dump(right)))"
  case .or(let left, let right): return "(\(dump(left)) or \(dump(right)))"
  case .not(let operand): return "(not \(dump(operand)))"
  case .conditional(let then, let condition, let otherwise):
    return "(\(dump(then)) if \(dump(condition)) else \(dump(otherwise)))"
  case .call(let function, let arguments):
    return dump(function) + "("
      + arguments.map { ($0.keyword.map { $0 + "=" } ?? "") + dump($0.value) }.joined(separator: ", ") + ")"
  case .attribute(let base, let name): return "\(dump(base)).\(name)"
  case .index(let base, let index): return "\(dump(base))[\(dump(index))]"
  case .slice(let lower, let upper, let step):
    return [lower, upper, step].map { $0.map(dump) ?? "_" }.joined(separator: ":")
  case .ellipsis: return "..."
  }
}
