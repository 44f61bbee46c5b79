import Diagnostics
import ExpLanguage
import GraphEngine
import Layers

/// Runs a body once on symbols; what it does to tensors is recorded in the graph.
///
/// Loops and conditions over numbers, shapes and lists unroll. A condition on tensors goes the way the scope
/// decides. It belongs to one trace.
final class Tracer {
  /// What a body may not go beyond, shared by the functions that it calls.
  final class Budget {
    static let statements = 1_000_000
    /// Values of a graph, more than can be trained.
    static let values = 100_000
    static let calls = 32
    static let tensorLoop = 1000
    var spent = 0
    var depth = 0
    /// Streams of random numbers so far.
    var draws = 0
  }

  enum Flow { case next, `break`, `continue`, `return`(TraceValue) }

  let graph: Graph
  /// `nil` where there is no model: in losses and metrics.
  let scope: LayerScope?
  let script: ScriptText
  /// Layers, weights, arguments and functions: what `self.` may stand before.
  let parts: [String: TraceValue]
  /// Functions of the file that the body may call.
  let functions: [ScriptedFunction]
  let budget: Budget
  var locals: [String: TraceValue]

  init(
    graph: Graph, scope: LayerScope?, script: ScriptText, parts: [String: TraceValue] = [:],
    functions: [ScriptedFunction] = [], locals: [String: TraceValue] = [:], budget: Budget = Budget()
  ) {
    self.graph = graph
    self.scope = scope
    self.script = script
    self.parts = parts
    self.functions = functions
    self.locals = locals
    self.budget = budget
  }

  /// What the body returns; `.none` if it ends without `return`.
  func run(_ statements: [Statement]) throws -> TraceValue {
    let origin = graph.origin
    defer { graph.origin = origin }
    if case .return(let value) = try block(statements) { return value }
    return .none
  }

  func span(_ range: Range<Int>) -> SourceSpan? { script.span(range) }

  /// Counts work; what never ends is stopped here.
  func spend(_ amount: Int = 1, at range: Range<Int>) throws {
    budget.spent += min(amount, Budget.statements + 1)
    if budget.spent > Budget.statements {
      throw Diagnostic.endless("the body takes more than \(Budget.statements) steps", span(range))
    }
    if graph.nodes.count > Budget.values {
      throw Diagnostic.endless("the body makes more than \(Budget.values) values", span(range))
    }
  }

  // MARK: Statements

  private func block(_ statements: [Statement]) throws -> Flow {
    for statement in statements {
      try spend(at: statement.range)
      switch try execute(statement) {
      case .next: continue
      case let flow: return flow
      }
    }
    return .next
  }

  private func execute(_ statement: Statement) throws -> Flow {
    switch statement.kind {
    case .pass: return .next
    case .break: return .break
    case .continue: return .continue
    case .expression(let expression): _ = try value(expression)
    case .assignment(let targets, let expression):
      let result = try value(expression)
      for target in targets { try assign(result, to: target) }
    case .augmented(let target, let kind, let expression):
      try augment(target, by: kind, expression, statement.range)
    case .conditional(let branches): return try firstBranch(branches)
    case .forLoop(let target, let iterable, let body): return try loop(target, iterable, body)
    case .whileLoop(let condition, let body): return try loop(while: condition, body)
    case .return(let expression): return .return(try expression.map(value) ?? .none)
    case .assertion(let condition, let text): try check(condition, text)
    case .raise(let error): throw Diagnostic.raised(try message(error), span(statement.range))
    }
    return .next
  }

  private func firstBranch(_ branches: [Statement.Branch]) throws -> Flow {
    for branch in branches {
      if let condition = branch.condition, try !holds(condition) { continue }
      return try block(branch.body)
    }
    return .next
  }

  private func loop(_ target: AssignmentTarget, _ iterable: Expression, _ body: [Statement]) throws -> Flow {
    for item in try elements(try value(iterable), iterable.range) {
      try spend(at: iterable.range)
      try assign(item, to: target)
      switch try block(body) {
      case .next, .continue: continue
      case .break: return .next
      case .return(let value): return .return(value)
      }
    }
    return .next
  }

  private func loop(while condition: Expression, _ body: [Statement]) throws -> Flow {
    var rounds = 0
    while true {
      try spend(at: condition.range)
      let test = try value(condition)
      if test.value != nil {
        rounds += 1
        if rounds > Budget.tensorLoop {
          throw Diagnostic.endless(
            "a loop on data takes more than \(Budget.tensorLoop) rounds", span(condition.range))
        }
      }
      guard try truth(test, condition.range) else { return .next }
      switch try block(body) {
      case .next, .continue: continue
      case .break: return .next
      case .return(let value): return .return(value)
      }
    }
  }

  // MARK: Assignments

  func assign(_ result: TraceValue, to target: AssignmentTarget) throws {
    switch target.kind {
    case .name(let name): locals[name] = result
    case .tuple(let targets):
      let items = try elements(result, target.range)
      guard items.count == targets.count else {
        throw Diagnostic.wrongValue(
          "\(targets.count) names for \(items.count) values", "this is \(result.kindName)", span(target.range)
        )
      }
      for (target, item) in zip(targets, items) { try assign(item, to: target) }
    case .item(let base, let index):
      let container = try value(base)
      if case .tensor = container { throw Diagnostic.assignedTensor(container, span(base.range)) }
      try setItem(of: container, try value(index), to: result, base.range, index.range)
    }
  }

  private func setItem(
    of container: TraceValue, _ index: TraceValue, to result: TraceValue, _ base: Range<Int>,
    _ indexRange: Range<Int>
  ) throws {
    switch container {
    case .list(let list):
      list.items[try position(index, count: list.items.count, indexRange)] = result
    case .dictionary(let dictionary): dictionary[index] = result
    case .tensor: throw Diagnostic.assignedTensor(container, span(base))
    default:
      throw Diagnostic.wrongValue(
        "only elements of lists and mappings can be assigned", "this is \(container.kindName)", span(base))
    }
  }

  private func augment(
    _ target: AssignmentTarget, by kind: Expression.BinaryOperator, _ expression: Expression,
    _ range: Range<Int>
  ) throws {
    switch target.kind {
    case .name(let name):
      let old = try lookup(name, target.range)
      let right = try given(expression)
      // As in Python, a list takes the elements in.
      if kind == .add, case .list(let list) = old {
        list.items += try elements(right.value, right.range)
      } else {
        locals[name] = try binary(kind, Given(value: old, range: target.range), right, at: range)
      }
    case .item(let base, let index):
      let (container, place) = (try value(base), try value(index))
      let old = try element(of: container, place, base.range, index.range)
      let new = try binary(
        kind, Given(value: old, range: target.range), try given(expression), at: range)
      try setItem(of: container, place, to: new, base.range, index.range)
    case .tuple: preconditionFailure("the parser refuses an augmented assignment to several names")
    }
  }
}

extension Diagnostic {
  /// E0320: a value of the wrong kind for what is done with it.
  static func wrongValue(
    _ message: String, _ label: String, _ span: SourceSpan?, help: String? = nil
  ) -> Diagnostic {
    Diagnostic("E0320", message, at: span.map { Label($0, label) }, help: help)
  }

  /// E0320: numbers of a tensor on the left of '='.
  static func assignedTensor(_ tensor: TraceValue, _ span: SourceSpan?) -> Diagnostic {
    wrongValue(
      "the numbers of a tensor cannot be assigned", "this is \(tensor.kindName)", span,
      help: "make a new tensor: where(condition, a, b), or concatenate its parts")
  }

  /// E0323: a body that does not end.
  static func endless(_ message: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0323", message, at: span.map { Label($0, "still going on here") },
      help: "loops unroll while the model is built: bound them by a number")
  }
}
