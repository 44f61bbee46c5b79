import GraphEngine
public import TensorCore

/// What a model is made of, layer by layer: the one source of its tables.
///
/// Keras: `model.summary()`. Keras counts the optimizer's numbers into the total; here the total is the model's own.
public struct ModelSummary: Sendable {
  /// One layer, or a model used as one.
  public struct Row: Sendable {
    public var name: String
    public var className: String
    /// What its first call gives; empty for one that is never called.
    public var outputs: [TensorType]
    public var parameters: Int
    public var trainable: Int
    /// Where the values of its calls come from, as Keras writes it: `dense[0][0]`.
    public var connectedTo: [String]
    /// The layers of a model used as a layer.
    public var rows: [Row] = []
  }

  public var name: String
  public var className: String
  public var rows: [Row]
  /// The size of a batch, where the model's inputs fix it.
  public var batchSize: Int?
  public var parameters: Int
  public var trainable: Int
  /// Numbers that the optimizer keeps, its step and rate among them; `nil` for a model that was not trained.
  public var optimizerParameters: Int?
  /// Whether every layer just follows the one before, so that connections say nothing.
  public var isChain: Bool

  public var nonTrainable: Int { parameters - trainable }
  /// Four for each parameter.
  public var bytes: Int { 4 * parameters }

  /// - Parameter ways: the model's traces, as ``Trace/allWays(of:phase:seed:semantics:)`` gives them; what is called
  ///   on any of them counts.
  public init(of model: any Model, _ ways: [Trace]) {
    let reading = SummaryReading(model: model, ways: ways)
    name = model.name
    className = model.className
    rows = reading.rows(of: model, at: [])
    parameters = reading.counts[[]]?.all ?? 0
    trainable = reading.counts[[]]?.trainable ?? 0
    isChain = model is Sequential
    batchSize = model.batchSize
  }

  /// Every row with its depth, those of nested models after their own if they are wanted.
  public func rows(expandingNested isExpanded: Bool) -> [(depth: Int, row: Row)] {
    func list(_ rows: [Row], _ depth: Int) -> [(depth: Int, row: Row)] {
      rows.flatMap { row in [(depth, row)] + (isExpanded ? list(row.rows, depth + 1) : []) }
    }
    return list(rows, 0)
  }
}

/// Makes the rows of a model and of those in it.
private struct SummaryReading {
  /// Parameters below each path.
  let counts: [[String]: (all: Int, trainable: Int)]
  /// What the model and each model in it declares itself: names of weights by the model's path.
  private var weights: [[String]: [String]] = [:]
  private var outputs: [[String]: [TensorType]] = [:]
  private let ways: [Trace]

  init(model: any Model, ways: [Trace]) {
    self.ways = ways
    let parameters = Trace.parameters(of: ways, model)
    counts = parameters.countsByPath
    for parameter in parameters {
      weights[parameter.spec.owner, default: []].append(parameter.spec.name)
    }
    for call in ways.flatMap(\.scope.calls) where outputs[call.path] == nil {
      outputs[call.path] = call.outputs.map(\.type)
    }
  }

  func rows(of model: any Model, at path: [String]) -> [ModelSummary.Row] {
    let connections = connections(of: model, at: path)
    let layers = model.layers.map { layer in
      let own = path + [layer.name]
      let count = counts[own] ?? (0, 0)
      return ModelSummary.Row(
        name: layer.name, className: layer.layer.className,
        outputs: outputs[own] ?? (layer.layer as? InputLayer).map { [$0.type] } ?? [], parameters: count.all,
        trainable: count.trainable, connectedTo: connections[layer.name] ?? [],
        rows: (layer.layer as? any Model).map { rows(of: $0, at: own) } ?? [])
    }
    guard let names = weights[path] else { return layers }
    let own = names.map { counts[path + [$0]] ?? (0, 0) }
    return layers + [
      ModelSummary.Row(
        name: names.joined(separator: ", "), className: "own weights", outputs: [],
        parameters: own.map(\.all).reduce(0, +), trainable: own.map(\.trainable).reduce(0, +),
        connectedTo: [])
    ]
  }

  /// Where each layer's inputs come from.
  private func connections(of model: any Model, at path: [String]) -> [String: [String]] {
    if let functional = model as? Functional { return functional.connections }
    if let chain = model as? Sequential {
      let names = [chain.input.name] + chain.layers.map(\.name)
      return Dictionary(
        zip(names.dropFirst(), names.map { ["\($0)[0][0]"] }), uniquingKeysWith: { first, _ in first })
    }
    var all: [String: [String]] = [:]
    for way in ways {
      for (name, sources) in way.connections(of: model, at: path) {
        all[name, default: []] += sources.filter { !(all[name] ?? []).contains($0) }
      }
    }
    return all
  }
}

extension [LayerScope.Parameter] {
  /// How many numbers there are at and below each path; the empty one is the model's.
  var countsByPath: [[String]: (all: Int, trainable: Int)] {
    var counts: [[String]: (all: Int, trainable: Int)] = [:]
    for parameter in self {
      let count = parameter.spec.shape.reduce(1, *)
      let names = parameter.spec.owner + [parameter.spec.name]
      for length in 0...names.count {
        let path = [String](names.prefix(length))
        counts[path, default: (0, 0)].all += count
        if parameter.spec.isTrainable { counts[path, default: (0, 0)].trainable += count }
      }
    }
    return counts
  }
}

extension Functional {
  /// What each layer is called on, call by call.
  fileprivate var connections: [String: [String]] {
    var counts = [Int](repeating: 0, count: layers.count)
    let numbers = calls.map { call in
      defer { counts[call.layer] += 1 }
      return counts[call.layer]
    }
    var found: [String: [String]] = [:]
    for call in calls {
      found[layers[call.layer].name, default: []] += call.inputs.map { source in
        "\(layers[calls[source.call].layer].name)[\(numbers[source.call])][\(source.output)]"
      }
    }
    return found
  }
}

extension Trace {
  /// The layer calls that the inputs of each layer of a hand-written model were computed from, on this way.
  fileprivate func connections(of model: any Model, at path: [String]) -> [(name: String, sources: [String])]
  {
    var found: [(name: String, sources: [String])] = []
    var counts: [String: Int] = [:]
    // The layer whose value this is. A later call wins: a layer may hand its input on unchanged.
    var makers: [Int: String] = [:]
    let entered = path.isEmpty ? inputs : scope.calls.first { $0.path == path }?.inputs ?? []
    for (input, value) in zip(model.inputs, entered) { makers[value.id] = "\(input.name)[0][0]" }
    for call in scope.calls where call.path.count == path.count + 1 && call.path.starts(with: path) {
      let name = call.path[path.count]
      found.append((name, call.inputs.flatMap { $0.makers(among: makers) }))
      for (i, value) in call.outputs.enumerated() {
        makers[value.id] = "\(name)[\(counts[name, default: 0])][\(i)]"
      }
      counts[name, default: 0] += 1
    }
    return found
  }
}

extension Value {
  /// The nearest values with a known maker: this one, or those it was computed from.
  fileprivate func makers(among makers: [Int: String]) -> [String] {
    var found: [String] = []
    var seen: Set<Int> = []
    var stack = [id]
    while let id = stack.popLast() {
      guard seen.insert(id).inserted else { continue }
      if let maker = makers[id] {
        if !found.contains(maker) { found.append(maker) }
      } else {
        stack += graph.nodes[id].operands.reversed()
      }
    }
    return found
  }
}
