import ExpLanguage

/// The names that a body uses and binds.
struct BodyNames {
  /// Every name that is read somewhere, those behind `self.` among them.
  private(set) var read: Set<String> = []
  /// Names that an assignment binds.
  private(set) var assigned: Set<String> = []
  /// Names that loops and comprehensions bind.
  private(set) var looped: Set<String> = []

  init(_ statements: [Statement]) { statements.forEach { visit($0) } }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value): visit(value)
    case .assignment(let targets, let value):
      for target in targets { bind(target, inLoop: false) }
      visit(value)
    case .augmented(let target, _, let value):
      bind(target, inLoop: false)
      visit(value)
    case .conditional(let branches):
      for branch in branches {
        if let condition = branch.condition { visit(condition) }
        branch.body.forEach { visit($0) }
      }
    case .forLoop(let target, let items, let body):
      bind(target, inLoop: true)
      visit(items)
      body.forEach { visit($0) }
    case .whileLoop(let condition, let body):
      visit(condition)
      body.forEach { visit($0) }
    case .return(let value): if let value { visit(value) }
    case .assertion(let condition, let text):
      visit(condition)
      if let text { visit(text) }
    case .raise(let error): if let error { visit(error) }
    case .break, .continue, .pass: break
    }
  }

  private mutating func bind(_ target: AssignmentTarget, inLoop isLoop: Bool) {
    switch target.kind {
    case .name(let name): if isLoop { looped.insert(name) } else { assigned.insert(name) }
    case .tuple(let targets): for target in targets { bind(target, inLoop: isLoop) }
    case .item(let base, let index):
      visit(base)
      visit(index)
    }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .name(let name): read.insert(name)
    case .attribute(let base, let name):
      if case .name("self") = base.kind { read.insert(name) }
    case .comprehension(let parts): bind(parts.target, inLoop: true)
    default: break
    }
    for child in expression.children { visit(child) }
  }
}
