public import Diagnostics
public import ExpLanguage
public import GraphEngine
public import Layers

/// A function of the file: a loss, a metric, an activation, or a part of bodies.
///
/// It has no weights. Keras: a Python function given as `loss=`, `metrics=`, `activation=`.
public struct ScriptedFunction: Sendable {
  public let signature: ScriptSignature
  public let body: ScriptBody
  /// The functions that it may call beside itself.
  public let functions: [ScriptedFunction]

  public var name: String { signature.name }

  /// - Parameters:
  ///   - signature: `huber_like(y_true, y_pred)`; may be left out if the body has a `def` line.
  ///   - functions: those defined above it.
  /// - Throws: E013x for what cannot be read, E0136 if there is no signature.
  public init(
    signature: ScriptText?, body: ScriptText, functions: [ScriptedFunction] = []
  ) throws(Diagnostic) {
    self.body = try ScriptBody(parsing: body)
    self.functions = functions
    if let signature {
      self.signature = try ScriptSignature(parsing: signature)
    } else if let own = self.body.signature {
      self.signature = own
    } else {
      throw Diagnostic(
        "E0136", "a function without name and parameters",
        at: body.span(0..<min(1, body.text.utf8.count)).map { .init($0, "its body") },
        help: "write 'function: name(y_true, y_pred)'")
    }
  }

  /// What it gives for these tensors, recorded in their graph.
  ///
  /// - Parameters:
  ///   - arguments: one for each parameter without a default, or more.
  ///   - scope: needed only if the function draws random numbers or has conditions on data.
  /// - Throws: `Diagnostic` E0320 to E0329, E0301 if shapes do not fit.
  public func call(_ arguments: [Value], in scope: LayerScope? = nil) throws -> Value {
    guard let graph = scope?.graph ?? arguments.first?.graph else {
      throw Diagnostic("E0322", "'\(name)' is called without a tensor")
    }
    let tracer = Tracer(graph: graph, scope: scope, script: body.script)
    let given = arguments.map { Given(value: .tensor($0), range: 0..<0) }
    let result = try run(
      tracer.bind(given, to: signature, 0..<0), graph: graph, scope: scope, budget: Tracer.Budget())
    guard let operand = try Operand(result, in: graph) else {
      throw Diagnostic.noTensor("the function '\(name)'", result, body)
    }
    return operand.tensor(in: graph)
  }

  func run(
    _ arguments: [String: TraceValue], graph: Graph, scope: LayerScope?, budget: Tracer.Budget
  ) throws -> TraceValue {
    var locals = arguments
    let defaults = Tracer(graph: graph, scope: scope, script: signature.script, budget: budget)
    for parameter in signature.parameters where locals[parameter.name] == nil {
      if let initial = parameter.initial { locals[parameter.name] = try defaults.value(initial) }
    }
    let tracer = Tracer(
      graph: graph, scope: scope, script: body.script, functions: functions + [self], locals: locals,
      budget: budget)
    return try tracer.run(body.statements)
  }
}

extension Diagnostic {
  /// E0327: a body that gives no tensor.
  static func noTensor(_ what: String, _ found: TraceValue, _ body: ScriptBody) -> Diagnostic {
    let end = body.script.text.utf8.count
    let place = body.lastReturn ?? max(0, end - 1)..<end
    let label = body.lastReturn == nil ? "ends without 'return'" : "returned here"
    return Diagnostic(
      "E0327", "\(what) must return tensors, found \(found.kindName)",
      at: body.script.span(place).map { .init($0, label) }, help: "end it with 'return x'")
  }
}

extension ScriptBody {
  /// The last `return` that is in no block.
  var lastReturn: Range<Int>? {
    statements.last { if case .return = $0.kind { true } else { false } }?.range
  }
}
