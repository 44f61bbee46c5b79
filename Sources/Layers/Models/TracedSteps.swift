import Diagnostics
import GraphEngine
import TensorCore

/// What a hand-written model does on one way: its layer calls, and what it computes between them.
struct TracedSteps {
  /// Where a value comes from: an input of the model, or an earlier item.
  enum Source: Hashable {
    case input(Int)
    case item(Int, output: Int)
  }

  enum Content {
    case call(NamedLayer)
    case weight(String)
    /// Ops in the order in which they are computed.
    case operation([String])
    /// The text is as it was written, where that is known; the ops are what decides.
    case condition(text: String?, [String], outcome: Bool)
    /// Part of a later item.
    case merged
  }

  struct Item {
    var content: Content
    var inputs: [Source]
    var type: TensorType?
    /// Where it was written, where that is known.
    var origin: SourceSpan?
  }

  private(set) var items: [Item] = []
  private(set) var outputs: [Source] = []
  private let graph: Graph
  /// What made each value; `nil` inside for constants.
  ///
  /// A later call wins: a layer may hand its input on unchanged.
  private var makers: [Int: Source?] = [:]

  init(_ model: any Model, entering: [Value], leaving: [Value], at place: DiagramBuilder.Place) {
    let scope = place.trace.scope
    graph = place.trace.graph
    for (i, value) in entering.enumerated() { makers[value.id] = .input(i) }
    var decisions = scope.decisions.filter {
      $0.path == place.path && (place.inner.lowerBound...place.inner.upperBound).contains($0.callsBefore)
    }[...]
    func decide(before call: Int) {
      while let next = decisions.first, next.callsBefore <= call {
        decisions.removeFirst()
        let inputs = sources([next.condition])
        items.append(
          Item(
            content: .condition(text: next.text, [], outcome: next.outcome), inputs: inputs,
            origin: next.origin))
      }
    }
    for i in place.inner where scope.calls[i].path.count == place.path.count + 1 {
      let call = scope.calls[i]
      decide(before: call.inner.lowerBound)
      guard let layer = model.layers.first(where: { $0.name == call.path.last }) else { continue }
      let inputs = sources(call.inputs)
      for (output, value) in call.outputs.enumerated() {
        makers[value.id] = .item(items.count, output: output)
      }
      items.append(Item(content: .call(layer), inputs: inputs))
    }
    decide(before: place.inner.upperBound)
    outputs = sources(leaving)
    collapse()
  }

  /// The items that values come from, with what had to be computed for them; constants have none.
  private mutating func sources(_ values: [Value]) -> [Source] {
    var stack = values.map(\.id)
    var needed: Set<Int> = []
    while let id = stack.popLast() {
      if makers[id] == nil, needed.insert(id).inserted { stack += graph.nodes[id].operands }
    }
    // Operands have smaller numbers.
    for id in needed.sorted() { makers[id] = .some(maker(of: id)) }
    return values.compactMap { makers[$0.id] ?? nil }
  }

  private mutating func maker(of id: Int) -> Source? {
    let node = graph.nodes[id]
    if case .leaf(let leaf) = node.kind {
      guard case .parameter(let path) = leaf, let name = path.split(separator: "/").last else { return nil }
      items.append(Item(content: .weight(String(name)), inputs: [], type: node.type))
      return .item(items.count - 1, output: 0)
    }
    var inputs: [Source] = []
    for operand in node.operands {
      if let source = makers[operand] ?? nil, !inputs.contains(source) { inputs.append(source) }
    }
    let name = Self.spelling(node.op?.name ?? "")
    if inputs.isEmpty && !(node.op is RandomNumbers) { return nil }
    // What only brings a value into a form that fits is nothing to be drawn.
    if name.isEmpty, inputs.count == 1 { return inputs[0] }
    items.append(Item(content: .operation([name]), inputs: inputs, type: node.type, origin: node.origin))
    return .item(items.count - 1, output: 0)
  }

  /// Makes one item of ops that all depend on the same layers and are used by one of them alone.
  private mutating func collapse() {
    var target = Array(items.indices)
    var users = [Set<Int>](repeating: [], count: items.count)
    var origins = [Set<Source>](repeating: [], count: items.count)
    for (i, item) in items.enumerated() {
      for source in item.inputs {
        guard case .item(let before, _) = source else {
          origins[i].insert(source)
          continue
        }
        users[before].insert(i)
        switch items[before].content {
        case .operation, .condition: origins[i].formUnion(origins[before])
        case .weight: break
        case .call, .merged: origins[i].insert(source)
        }
      }
    }
    for case .item(let last, _) in outputs { users[last].insert(-1) }
    for i in items.indices.reversed() {
      guard case .operation(let names) = items[i].content else { continue }
      let into = Set(users[i].map { $0 < 0 ? $0 : target[$0] })
      guard into.count == 1, let j = into.first, j >= 0, origins[i].isEmpty || origins[i] == origins[j]
      else { continue }
      switch items[j].content {
      case .operation(let later): items[j].content = .operation(names + later)
      case .condition(let text, let later, let outcome):
        items[j].content = .condition(text: text, names + later, outcome: outcome)
      default: continue
      }
      let rest = items[j].inputs.filter { $0 != .item(i, output: 0) }
      items[j].inputs = items[i].inputs.filter { !rest.contains($0) } + rest
      items[i].content = .merged
      target[i] = j
    }
  }

  // MARK: Words

  /// Ops in a row, the middle of many left out.
  static func label(_ names: [String]) -> String {
    var shown = names.filter { !$0.isEmpty }
    if shown.isEmpty { return "reshape" }
    if shown.count > 4 { shown.replaceSubrange(2..<shown.count - 1, with: ["…"]) }
    return shown.joined(separator: ", ")
  }

  /// What authors call an op; empty for one that only moves numbers to where another needs them.
  private static func spelling(_ name: String) -> String {
    switch name {
    case "broadcast", "repeat_last", "cast", "fill", "stop_gradient": ""
    case "sum_last", "sum_all", "sum_leading", "sum_by_map": "sum"
    case "mean_all": "mean"
    case "add_bias": "add"
    case "batch_matmul": "matmul"
    case "select": "where"
    case "affine": "scale"
    case "rearrange": "slice"
    default: name.hasPrefix("reduce_") ? String(name.dropFirst(7)) : name
    }
  }
}
