import ExpLanguage

/// What the names of a body mean in the Python class or function that it becomes.
struct PythonNames {
  /// Layers, lists of layers, weights and arguments: the attributes they are.
  var attributes: [String: String] = [:]
  /// Those of them that are a single layer.
  var layers: [String: ScriptParts.Entry] = [:]
  /// Functions of the module.
  var functions: Set<String> = []
  /// Parameters and, of a model, inputs.
  var parameters: Set<String> = []
}

/// A body as it was written, comments and all, with what Python needs put in: `self.` before parts, `ops.` before
/// operations, Keras 3's words for those of TensorFlow.
struct PythonBody {
  private let script: ScriptText
  private let statements: [Statement]
  private let names: PythonNames
  let bound: BodyNames
  private var edits: [(range: Range<Int>, text: String)] = []
  /// Names of the ``PythonSpelling/helpers`` that it calls.
  private(set) var helpers: Set<String> = []

  init(_ body: ScriptBody, _ names: PythonNames) {
    self.init(body.script, body.statements, names)
  }

  private init(_ script: ScriptText, _ statements: [Statement], _ names: PythonNames) {
    self.script = script
    self.statements = statements
    self.names = names
    bound = BodyNames(statements)
    for statement in statements { visit(statement) }
  }

  /// Bound names that stand for a part before they are bound.
  var shadowed: [String] {
    bound.assigned.intersection(bound.read).subtracting(names.parameters)
      .filter { names.attributes[$0] != nil && names.layers[$0] == nil }.sorted()
  }

  /// The text, each line behind some spaces.
  func text(indentedBy indent: Int) -> String {
    guard let first = statements.first else { return String(repeating: " ", count: indent) + "pass" }
    let bytes = Array(script.text.utf8)
    let start = Self.start(of: first.range.lowerBound, in: bytes, isAfterHead: hasHead)
    var lines = edited(bytes, from: start).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    func depth(_ line: String) -> Int? {
      line.allSatisfy(\.isWhitespace) ? nil : line.prefix { $0 == " " || $0 == "\t" }.count
    }
    let shift = lines.compactMap(depth).min() ?? 0
    return lines.map { line in
      depth(line) == nil ? "" : String(repeating: " ", count: indent) + line.dropFirst(shift)
    }.joined(separator: "\n")
  }

  private var hasHead: Bool { String(script.text.drop { $0.isWhitespace }).hasPrefix("def") }

  /// Comments before the first statement belong to it, a `def` line does not.
  private static func start(of first: Int, in bytes: [UInt8], isAfterHead: Bool) -> Int {
    guard isAfterHead else { return 0 }
    let newline = UInt8(ascii: "\n")
    let line = (bytes[..<first].lastIndex(of: newline) ?? -1) + 1
    let isOnItsOwn = bytes[line..<first].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    return isOnItsOwn ? line : first
  }

  private func edited(_ bytes: [UInt8], from start: Int) -> String {
    var (result, position) = ([UInt8](), start)
    // Insertions at one place stay in the order in which they were made.
    let ordered = edits.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }.map(\.element)
    for edit in ordered where edit.range.lowerBound >= position {
      result += bytes[position..<edit.range.lowerBound]
      result += edit.text.utf8
      position = edit.range.upperBound
    }
    return String(decoding: result + bytes[min(position, bytes.count)...], as: UTF8.self)
  }

  private mutating func replace(_ range: Range<Int>, _ text: String) { edits.append((range, text)) }
  private mutating func insert(_ text: String, at place: Int) { edits.append((place..<place, text)) }

  // MARK: Statements

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value), .return(.some(let value)): visit(value)
    case .assignment(let targets, let value):
      for target in targets { visit(target) }
      visit(value)
    case .augmented(let target, _, let value):
      visit(target)
      visit(value)
    case .conditional(let branches):
      for branch in branches {
        if let condition = branch.condition { visit(condition) }
        for inner in branch.body { visit(inner) }
      }
    case .forLoop(let target, let items, let body):
      visit(target)
      visit(items)
      for inner in body { visit(inner) }
    case .whileLoop(let condition, let body):
      visit(condition)
      for inner in body { visit(inner) }
    case .assertion(let condition, let text):
      visit(condition)
      if let text { visit(text) }
    // The class of the error is Python's.
    case .raise(.some(let error)):
      if case .call(_, let arguments) = error.kind { for argument in arguments { visit(argument.value) } }
    case .return(nil), .raise(nil), .break, .continue, .pass: break
    }
  }

  private mutating func visit(_ target: AssignmentTarget) {
    switch target.kind {
    case .name(let name):
      let safe = PythonName.identifier(name)
      if safe != name { replace(target.range, safe) }
    case .tuple(let targets): for target in targets { visit(target) }
    case .item(let base, let index):
      visit(base)
      visit(index)
    }
  }

  // MARK: Expressions

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .name(let name): visit(name, expression.range)
    case .attribute(let base, let name): visit(base, name, expression)
    case .call(let function, let arguments): visit(function, arguments, expression.range)
    case .comprehension(let parts):
      visit(parts.target)
      for child in expression.children { visit(child) }
    case .binary(_, let left, let right):
      // Truth values are numbers in a body; TensorFlow's are not.
      for side in [left, right] {
        let isTruth = if case .comparison = side.kind { true } else { false }
        if isTruth { insert("ops.cast(", at: side.range.lowerBound) }
        visit(side)
        if isTruth { insert(", \"float32\")", at: side.range.upperBound) }
      }
    case .literal(.bool(let value)): replace(expression.range, value ? "True" : "False")
    case .literal(.none): replace(expression.range, "None")
    default: for child in expression.children { visit(child) }
    }
  }

  private func isLocal(_ name: String) -> Bool {
    bound.assigned.contains(name) || bound.looped.contains(name) || names.parameters.contains(name)
  }

  private mutating func visit(_ name: String, _ range: Range<Int>) {
    if isLocal(name) {
      let safe = PythonName.identifier(name)
      if safe != name { replace(range, safe) }
    } else {
      visit(unbound: name, range, [])
    }
  }

  private mutating func visit(unbound name: String, _ range: Range<Int>, _ arguments: [String?]) {
    if let attribute = names.attributes[name] {
      replace(range, "self." + attribute)
    } else if names.functions.contains(name) {
      replace(range, PythonName.identifier(name))
    } else if let operation = OperationRegistry.find(name) {
      spell(operation, written: name, isBare: true, arguments, range)
    }
  }

  @discardableResult
  private mutating func spell(
    _ operation: Operation, written: String, isBare: Bool, _ arguments: [String?], _ range: Range<Int>
  ) -> PythonSpelling {
    let spelling = PythonSpelling(operation, written: written, isBare: isBare, arguments)
    if PythonSpelling.helpers.contains(where: { $0.name == spelling.text }) { helpers.insert(spelling.text) }
    replace(range, spelling.text)
    return spelling
  }

  /// The dotted name of a module such as `tf.nn`; `nil` for anything else.
  private func module(_ expression: Expression) -> String? {
    switch expression.kind {
    case .name(let name):
      !isLocal(name) && names.attributes[name] == nil && Modules.all.contains(name) ? name : nil
    case .attribute(let base, let name):
      module(base).map { $0 + "." + name }.flatMap { Modules.all.contains($0) ? $0 : nil }
    default: nil
    }
  }

  private mutating func visit(_ base: Expression, _ name: String, _ expression: Expression) {
    if case .name("self") = base.kind {
      if let attribute = names.attributes[name] { replace(expression.range, "self." + attribute) }
    } else if let module = module(base) {
      visit(name, of: module, [], expression.range)
    } else {
      visit(base)
    }
  }

  @discardableResult
  private mutating func visit(
    _ name: String, of module: String, _ arguments: [String?], _ range: Range<Int>
  ) -> PythonSpelling? {
    switch Modules.attribute(name, of: module) {
    case .function(.operation(let operation)):
      return spell(operation, written: name, isBare: false, arguments, range)
    case .string(let text): replace(range, PythonValue.text(text))
    case .double(let number): replace(range, PythonValue.text(number))
    case .some(.none): replace(range, "None")
    default: break
    }
    return nil
  }

  // MARK: Calls

  private mutating func visit(
    _ function: Expression, _ arguments: [Expression.Argument], _ range: Range<Int>
  ) {
    let keywords = arguments.map(\.keyword)
    var operation: Operation?
    var spelling: PythonSpelling?
    switch function.kind {
    case .name(let name):
      operation = self.operation(called: name)
      if let operation {
        spelling = spell(operation, written: name, isBare: true, keywords, function.range)
      } else if let layer = names.layers[name], !bound.looped.contains(name), !names.parameters.contains(name)
      {
        replace(function.range, "self." + (names.attributes[name] ?? name))
        return visit(arguments, of: layer)
      } else {
        visit(function)
      }
    case .attribute(let base, let name):
      if case .name("self") = base.kind {
        visit(function)
        if let layer = names.layers[name] { return visit(arguments, of: layer) }
        operation = names.attributes[name] == nil ? OperationRegistry.find("self." + name) : nil
      } else if let module = module(base) {
        spelling = visit(name, of: module, keywords, function.range)
        if case .function(.operation(let found)) = Modules.attribute(name, of: module) { operation = found }
      } else {
        visit(function)
      }
    default: visit(function)
    }
    for argument in arguments { visit(argument, operation, spelling) }
    guard let operation, let spelling, let last = arguments.last else { return }
    let given = given(arguments, of: operation)
    for (name, value) in spelling.defaults where !given.contains(name) {
      insert(", \(name)=\(value)", at: last.range.upperBound)
    }
  }

  /// The operation that a bare name calls: also where the body gives the name to a tensor later on.
  private func operation(called name: String) -> Operation? {
    if bound.looped.contains(name) || names.parameters.contains(name) || names.attributes[name] != nil
      || names.functions.contains(name)
    {
      return nil
    }
    return OperationRegistry.find(name)
  }

  /// The parameters of an operation that a call gives.
  private func given(_ arguments: [Expression.Argument], of operation: Operation) -> Set<String> {
    let own = operation.parameters.map(\.name)
    let positional = own.prefix(arguments.count { $0.keyword == nil })
    return Set(positional + arguments.compactMap { $0.keyword.flatMap { ours($0, operation) } })
  }

  private func ours(_ keyword: String, _ operation: Operation) -> String? {
    try? Arguments.parameter(keyword, of: operation, nil)
  }

  private mutating func visit(
    _ argument: Expression.Argument, _ operation: Operation?, _ spelling: PythonSpelling?
  ) {
    visit(argument.value)
    guard let keyword = argument.keyword, let operation, let spelling else { return }
    let word = argument.range.lowerBound..<argument.range.lowerBound + keyword.utf8.count
    // Names of nodes mean nothing.
    guard let own = ours(keyword, operation) else { return }
    let theirs = spelling.keywords[own] ?? own
    if theirs != keyword { replace(word, theirs) }
  }

  /// Layers that take one list of tensors get one.
  private mutating func visit(_ arguments: [Expression.Argument], of entry: ScriptParts.Entry) {
    let positional = arguments.filter { $0.keyword == nil }
    let isList = positional.count > 1 && entry.takesList
    if isList, let first = positional.first { insert("[", at: first.range.lowerBound) }
    for argument in arguments { visit(argument.value) }
    if isList, let last = positional.last { insert("]", at: last.range.upperBound) }
  }
}
