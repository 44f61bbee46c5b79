import Diagnostics
import GraphEngine
import TensorCore

/// Follows a model every way it was traced; what the ways have in common is one node.
struct DiagramBuilder {
  /// An output of a node.
  struct Endpoint: Hashable {
    var node: Int
    var output = 0
  }

  /// What makes two nodes of different ways the same.
  private enum Key: Hashable {
    case input(String)
    case output(String)
    case weight([String], String)
    /// The use of a layer by its number; a variant where ways order the calls differently.
    case call([String], Int, variant: Int)
    /// A step that was written nowhere is known by what it is computed from.
    case step(String, [Endpoint], TensorType?)
    /// One that was written, by its place: what branches lead to is one node.
    case written(Written, Int, variant: Int)
  }

  private struct Written: Hashable {
    var path: [String]
    var label: String
    var type: TensorType?
    var origin: SourceSpan
  }

  private struct EdgeKey: Hashable {
    var from: Endpoint
    var to: Int
  }

  let isExpanded: Bool
  private var nodes: [ModelDiagram.Node] = []
  private var groups: [ModelDiagram.Group] = []
  private var keys: [Key: Int] = [:]
  /// The layer of each node that is one.
  private var paths: [Int: [String]] = [:]
  private var groupKeys: [[String]: Int] = [:]
  private var groupPaths: [[String]] = []
  /// The ways on which a node or an edge occurs.
  private var nodeWays: [Set<Int>] = []
  private var edges: [EdgeKey] = []
  private var edgeWays: [EdgeKey: Set<Int>] = [:]
  private var successors: [[Int]] = []
  /// How each condition went on each way.
  private var outcomes: [Int: [Int: Bool]] = [:]

  // Of the way being followed:
  private var way = -1
  private var records: [[String]: [LayerScope.Call]] = [:]
  private var uses: [[String]: Int] = [:]
  private var stepUses: [Written: Int] = [:]
  private var parameters: [[String]: Int] = [:]

  init(isExpanded: Bool) { self.isExpanded = isExpanded }

  mutating func follow(_ trace: Trace, of model: any Model) {
    way += 1
    uses = [:]
    stepUses = [:]
    records = Dictionary(grouping: trace.scope.calls, by: \.path)
    parameters = trace.scope.parameters.countsByPath.mapValues(\.all)
    let starts = model.inputs.map { input in
      Endpoint(node: node(.input(input.name), .init(kind: .input, name: input.name, outputs: [input.type])))
    }
    let place = Place(trace: trace, path: [], group: nil, inner: 0..<trace.scope.calls.count)
    let ends = add(model, on: starts, entering: trace.inputs, leaving: trace.outputs, at: place)
    for (name, end) in zip(model.outputNames, ends) {
      let shown = model.outputNames.count == 1 ? "output" : name
      connect([end], to: node(.output(name), .init(kind: .output, name: shown)))
    }
  }

  /// Where a model is that is being followed.
  struct Place {
    let trace: Trace
    let path: [String]
    let group: Int?
    /// The calls made inside of it, and inside of these.
    let inner: Range<Int>
  }

  private mutating func add(
    _ model: any Model, on inputs: [Endpoint], entering: [Value], leaving: [Value], at place: Place
  ) -> [Endpoint] {
    switch model {
    case let chain as Sequential:
      return chain.layers.reduce(inputs) { apply($1, on: $0, at: place) }
    case let graph as Functional:
      var results = [[Endpoint]](repeating: [], count: graph.calls.count)
      for (call, input) in zip(graph.inputCalls, inputs) { results[call] = [input] }
      func value(_ source: Functional.Source) -> Endpoint? {
        let made = results[source.call]
        return made.indices.contains(source.output) ? made[source.output] : nil
      }
      for (i, call) in graph.calls.enumerated() where !call.inputs.isEmpty {
        results[i] = apply(graph.layers[call.layer], on: call.inputs.compactMap(value), at: place)
      }
      return graph.outputs.compactMap(value)
    default:
      let steps = TracedSteps(model, entering: entering, leaving: leaving, at: place)
      return add(steps, on: inputs, at: place)
    }
  }

  /// A layer's next call.
  private mutating func apply(
    _ layer: NamedLayer, on inputs: [Endpoint], at place: Place
  ) -> [Endpoint] {
    let path = place.path + [layer.name]
    let use = uses[path, default: 0]
    uses[path] = use + 1
    let record = records[path].flatMap { $0.indices.contains(use) ? $0[use] : nil }
    if isExpanded, let model = layer.layer as? any Model, let record {
      let inside = Place(
        trace: place.trace, path: path, group: group(path, use, layer, in: place.group), inner: record.inner)
      return add(model, on: inputs, entering: record.inputs, leaving: record.outputs, at: inside)
    }
    let count = parameters[path] ?? 0
    let made = node(
      key(after: inputs) { .call(path, use, variant: $0) },
      .init(
        kind: layer.layer is any Model ? .model : .layer, name: layer.name,
        className: layer.layer.className, settings: layer.layer.chosenSettings,
        outputs: record?.outputs.map(\.type) ?? [],
        parameters: count, group: place.group,
        isFrozen: !layer.isTrainable))
    paths[made] = path
    connect(inputs, to: made)
    return (0..<max(1, record?.outputs.count ?? 1)).map { Endpoint(node: made, output: $0) }
  }

  private mutating func add(
    _ steps: TracedSteps, on inputs: [Endpoint], at place: Place
  ) -> [Endpoint] {
    var made = [[Endpoint]](repeating: [], count: steps.items.count)
    func endpoint(_ source: TracedSteps.Source) -> Endpoint? {
      switch source {
      case .input(let i): inputs.indices.contains(i) ? inputs[i] : nil
      case .item(let i, let output): made[i].indices.contains(output) ? made[i][output] : made[i].first
      }
    }
    for (i, item) in steps.items.enumerated() {
      let sources = item.inputs.compactMap(endpoint)
      switch item.content {
      case .call(let layer): made[i] = apply(layer, on: sources, at: place)
      case .weight(let name):
        let weight = ModelDiagram.Node(
          kind: .weight, name: name, outputs: item.type.map { [$0] } ?? [],
          parameters: item.type?.sampleCount ?? 0, group: place.group)
        made[i] = [Endpoint(node: node(.weight(place.path, name), weight))]
      case .operation(let names):
        made[i] = [step(.operation, TracedSteps.label(names), from: sources, item, in: place)]
      case .condition(let text, let names, let outcome):
        let condition = step(.condition, text ?? TracedSteps.label(names), from: sources, item, in: place)
        outcomes[condition.node, default: [:]][way] = outcome
      case .merged: continue
      }
    }
    return steps.outputs.compactMap(endpoint)
  }

  private mutating func step(
    _ kind: ModelDiagram.Kind, _ label: String, from sources: [Endpoint], _ item: TracedSteps.Item,
    in place: Place
  ) -> Endpoint {
    var key = Key.step(label, sources, item.type)
    if let origin = item.origin {
      let written = Written(path: place.path, label: label, type: item.type, origin: origin)
      let use = stepUses[written, default: 0]
      stepUses[written] = use + 1
      key = self.key(after: sources) { .written(written, use, variant: $0) }
    }
    let made = node(
      key, .init(kind: kind, name: label, outputs: item.type.map { [$0] } ?? [], group: place.group))
    connect(sources, to: made)
    return Endpoint(node: made)
  }

  // MARK: Nodes and edges

  private mutating func node(_ key: Key, _ node: @autoclosure () -> ModelDiagram.Node) -> Int {
    if let known = keys[key] {
      nodeWays[known].insert(way)
      return known
    }
    keys[key] = nodes.count
    nodes.append(node())
    nodeWays.append([way])
    successors.append([])
    return nodes.count - 1
  }

  /// The key of a node that ways have in common, or one of this way if arrows would go in a circle: ways may compute
  /// the same things in another order.
  private func key(after inputs: [Endpoint], _ key: (_ variant: Int) -> Key) -> Key {
    guard let known = keys[key(0)], inputs.contains(where: { reaches(known, $0.node) }) else { return key(0) }
    return key(way + 1)
  }

  private mutating func group(
    _ path: [String], _ use: Int, _ layer: NamedLayer, in parent: Int?
  ) -> Int {
    let key = path + ["\(use)", "\(parent ?? -1)"]
    if let known = groupKeys[key] { return known }
    groupKeys[key] = groups.count
    groups.append(.init(name: layer.name, className: layer.layer.className, parent: parent))
    groupPaths.append(path)
    return groups.count - 1
  }

  private mutating func connect(_ sources: [Endpoint], to node: Int) {
    for source in sources {
      let key = EdgeKey(from: source, to: node)
      if edgeWays[key] == nil {
        edges.append(key)
        successors[source.node].append(node)
      }
      edgeWays[key, default: []].insert(way)
    }
  }

  /// Whether arrows lead from one node to another.
  private func reaches(_ start: Int, _ end: Int) -> Bool {
    var seen: Set<Int> = []
    var stack = [start]
    while let next = stack.popLast() {
      if next == end { return true }
      if seen.insert(next).inserted { stack += successors[next] }
    }
    return false
  }

  // MARK: The whole

  func diagram(named name: String) -> ModelDiagram {
    let branches = Branches(outcomes, nodeWays)
    let arrows = edges.map { edge in
      let isConditional = edgeWays[edge] != nodeWays[edge.to]
      // What comes from inside of a branch needs no word for it.
      let side = isConditional ? branches.side(of: edgeWays[edge] ?? []) : nil
      let isInside = side.map { $0 == branches.sides[edge.from.node] } ?? true
      return ModelDiagram.Edge(
        from: edge.from.node, to: edge.to, output: edge.from.output,
        label: isInside ? "" : side.map { $0.outcome ? "yes" : "no" } ?? "", isConditional: isConditional)
    }
    return ModelDiagram(
      name: name, nodes: sharedNodes, edges: arrows + beginnings(of: branches), groups: sharedGroups,
      layerCount: Set(paths.values).count)
  }

  /// The frames, those of a model that is used several times numbered.
  private var sharedGroups: [ModelDiagram.Group] {
    var uses: [[String]: Int] = [:]
    return groups.indices.map { i in
      let count = groupPaths.filter { $0 == groupPaths[i] }.count
      uses[groupPaths[i], default: 0] += 1
      var group = groups[i]
      if count > 1 { group.sharing = .init(use: uses[groupPaths[i], default: 1], count: count, layer: 0) }
      return group
    }
  }

  /// The nodes, those of layers that are used several times numbered.
  private var sharedNodes: [ModelDiagram.Node] {
    var uses: [[String]: [Int]] = [:]
    for i in nodes.indices { if let path = paths[i] { uses[path, default: []].append(i) } }
    var marked = nodes
    var count = 0
    for i in nodes.indices {
      guard let path = paths[i], let all = uses[path], all.count > 1, all.first == i else { continue }
      if nodes[i].parameters == 0 { continue }
      for (use, node) in all.enumerated() {
        marked[node].sharing = .init(use: use + 1, count: all.count, layer: count)
      }
      count += 1
    }
    return marked
  }

  /// Arrows from each condition to what is computed only if it holds, and only if it does not.
  private func beginnings(of branches: Branches) -> [ModelDiagram.Edge] {
    var all: [ModelDiagram.Edge] = []
    for node in nodes.indices where nodes[node].kind != .weight {
      guard let side = branches.sides[node], !reaches(node, side.condition) else { continue }
      let isInside = edges.contains { $0.to == node && branches.sides[$0.from.node] == side }
      if isInside { continue }
      all.append(
        .init(
          from: side.condition, to: node, output: side.outcome ? 1 : 0, label: side.outcome ? "yes" : "no",
          isConditional: true))
    }
    return all
  }
}
