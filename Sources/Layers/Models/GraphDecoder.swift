public import Config
import Diagnostics

/// The connections of a functional model in a configuration.
struct GraphDecoder {
  private let name: String
  private let config: ConfigNode
  private let entries: [ConfigNode]
  private let layers: [NamedLayer]
  private var masks: RecordedMasks
  private let numbers: [String: Int]
  /// For each layer its calls, as (layer, node, output) triples.
  private var waiting: [WaitingCall] = []
  private var calls: [Functional.Call] = []
  private var places: [Reference: Int] = [:]

  private struct WaitingCall {
    var layer: Int
    var node: Int
    var inputs: [Reference]
    var named: NamedArguments
    var isTraining: Bool?
  }

  private struct Reference: Hashable {
    var layer: Int
    var node: Int
    var output = 0
    var call: Reference { Reference(layer: layer, node: node) }
  }

  /// - Parameters:
  ///   - entries: what the configuration says of each layer.
  ///   - masks: the operations that it has beside them.
  init(
    _ name: String, _ config: ConfigNode, entries: [ConfigNode], layers: [NamedLayer],
    masks: RecordedMasks
  ) throws {
    self.name = name
    self.config = config
    self.entries = entries
    self.layers = layers
    self.masks = masks
    var numbers: [String: Int] = [:]
    for (i, layer) in layers.enumerated() {
      guard numbers.updateValue(i, forKey: layer.name) == nil else {
        throw Diagnostic.senselessConfig("two layers of '\(name)' are named '\(layer.name)'")
      }
    }
    self.numbers = numbers
  }

  /// - Throws: E0615 for connections that lead nowhere, `OwnMask` for masks that no layer makes, E0640 for operations.
  mutating func model() throws -> Functional {
    for (i, entry) in entries.enumerated() {
      if layers[i].layer is InputLayer {
        places[Reference(layer: i, node: 0)] = calls.count
        calls.append(.init(layer: i, inputs: []))
        continue
      }
      for (node, inbound) in (entry["inbound_nodes"]?.list ?? []).enumerated() {
        waiting.append(try call(i, node, inbound))
      }
    }
    try connect()
    // Of a mapping Keras takes the inputs in the order of their keys; predictions come in the order it is written in.
    let starts = try references(config["input_layers"], sorted: true).map(place)
    let ends = try references(config["output_layers"]).map { reference -> Functional.Source in
      var reference = reference
      // Outputs count the node of a functional layer's own making.
      if layers[reference.layer].layer is Functional { reference.node -= 1 }
      return .init(try place(reference).call, output: reference.output)
    }
    for start in starts where !(layers[calls[start.call].layer].layer is InputLayer) {
      throw Diagnostic.senselessConfig("an input of '\(name)' that is no input layer")
    }
    guard !ends.isEmpty, !starts.isEmpty else {
      throw Diagnostic.senselessConfig("'\(name)' has no inputs or no outputs")
    }
    let known = Set(starts.map(\.call))
    if let call = calls.indices.first(where: { calls[$0].inputs.isEmpty && !known.contains($0) }) {
      throw Diagnostic.senselessConfig("'\(layers[calls[call].layer].name)' is called on nothing")
    }
    var model = Functional(
      name, layers: layers, calls: calls, inputs: starts.map(\.call), outputs: ends, keepsOrder: true)
    model.inputKeys = config["input_layers"]?.sortedEntries?.map(\.key).ifCounting(starts.count)
    model.outputKeys = config["output_layers"]?.entries?.map(\.key).ifCounting(ends.count)
    let finished = self
    try masks.check(model) { try finished.place(finished.reference($0)) }
    return model
  }

  /// One use of a layer; masks that are computed by operations are set aside.
  private mutating func call(_ layer: Int, _ node: Int, _ inbound: ConfigNode) throws -> WaitingCall {
    var inputs: [Reference] = []
    // A model takes a mapping in the order of its keys.
    let isMapping = (layers[layer].layer as? Functional)?.inputKeys != nil
    let arguments = inbound["args"] ?? inbound
    try collect(isMapping ? arguments.sortingMappings : arguments, into: &inputs)
    if let operation = layers[layer].layer as? any GraphOperation {
      return try operand(layer: layer, node: node, inbound, operation)
    }
    let keywords = inbound["kwargs"]?.entries ?? []
    var (named, flags): ([(name: String, value: Reference)], [String]) = ([], [])
    for entry in keywords where entry.key != "training" {
      if masks.areNamed(in: entry) {
        masks.uses.append(.init(layer: layers[layer].name, node: node, argument: entry))
        continue
      }
      if case .bool(true) = entry.value.content { flags.append(entry.key) }
      var values: [Reference] = []
      try collect(entry.value, into: &values)
      named += values.map { (entry.key, $0) }
    }
    let arranged = try layers[layer].layer.signature.arranged(
      inputs, named: named, flags: flags, of: "'\(layers[layer].name)'", at: nil)
    return WaitingCall(
      layer: layer, node: node, inputs: arranged.values, named: arranged.names,
      isTraining: inbound["kwargs"]?["training"].flatMap { try? Bool(config: $0) })
  }

  /// A call of an operation, whose values stand anywhere in its arguments.
  /// - Throws: E0640 if it is called on other numbers than before, for which it stands.
  private func operand(
    layer: Int, node: Int, _ inbound: ConfigNode, _ operation: any GraphOperation
  ) throws -> WaitingCall {
    var tensors: [ConfigNode] = []
    let plain = inbound.mappingTensors { tensor in
      tensors.append(tensor)
      return nil
    }
    guard operation.arguments(tensors.map { _ in nil }) == plain else {
      throw Diagnostic.unknownOperation(layers[layer].name, operation.className)
    }
    let inputs = try tensors.map { try reference($0["config"]?["keras_history"] ?? nil) }
    return WaitingCall(layer: layer, node: node, inputs: inputs, named: NamedArguments(), isTraining: nil)
  }

  /// Adds each call as soon as its inputs are there: a layer may be called on its own result.
  private mutating func connect() throws {
    while !waiting.isEmpty {
      let count = waiting.count
      var rest: [WaitingCall] = []
      for call in waiting {
        let sources = call.inputs.compactMap { input in
          places[input.call].map { Functional.Source($0, output: input.output) }
        }
        guard sources.count == call.inputs.count else {
          rest.append(call)
          continue
        }
        places[Reference(layer: call.layer, node: call.node)] = calls.count
        calls.append(
          .init(layer: call.layer, inputs: sources, named: call.named, isTraining: call.isTraining))
      }
      guard rest.count < count else {
        throw Diagnostic.senselessConfig("the layers of '\(name)' go in a circle")
      }
      waiting = rest
    }
  }

  private func place(_ reference: Reference) throws -> Functional.Source {
    guard let call = places[reference.call] else {
      throw Diagnostic.senselessConfig("'\(layers[reference.layer].name)' has no call \(reference.node)")
    }
    return .init(call, output: reference.output)
  }

  /// Every tensor in an argument, however it is nested.
  private func collect(_ node: ConfigNode, into references: inout [Reference]) throws {
    for history in node.histories { references.append(try reference(history)) }
  }

  /// One triple, a list of them, or a mapping to them.
  private func references(_ node: ConfigNode?, sorted isSorted: Bool = false) throws -> [Reference] {
    guard let node else { return [] }
    if let entries = isSorted ? node.sortedEntries : node.entries {
      return try entries.flatMap { try references($0.value, sorted: isSorted) }
    }
    guard let list = node.list, let first = list.first else { return [] }
    if first.string != nil { return [try reference(node)] }
    return try list.flatMap { try references($0, sorted: isSorted) }
  }

  private func reference(_ node: ConfigNode) throws -> Reference {
    guard let parts = node.list, parts.count >= 3, let name = parts[0].string, let layer = numbers[name],
      case .int(let index) = parts[1].content, case .int(let output) = parts[2].content, index >= 0,
      output >= 0
    else { throw Diagnostic.senselessConfig("a connection \(node.json) that leads nowhere") }
    // The outputs of a model that gives a mapping are counted in the order of its keys.
    let keys = (layers[layer].layer as? Functional)?.outputKeys ?? []
    let written = keys.indices.contains(output) ? keys.firstIndex(of: keys.sortedAsTexts[output]) : nil
    return Reference(layer: layer, node: index, output: written ?? output)
  }
}

extension ConfigNode {
  /// The same with every mapping that is no object in the order of its keys.
  fileprivate var sortingMappings: ConfigNode {
    if let items = list { return ConfigNode(.list(items.map(\.sortingMappings))) }
    guard self["class_name"] == nil, let entries = sortedEntries else { return self }
    return ConfigNode(.map(entries.map { .init($0.key, $0.value.sortingMappings) }))
  }
}

extension [String] {
  fileprivate func ifCounting(_ wanted: Int) -> [String]? { count == wanted ? self : nil }

  /// In the order in which Python sorts texts.
  var sortedAsTexts: [String] {
    sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }
}

extension ConfigNode {
  /// The entries of a mapping in the order of their keys, as Python sorts texts.
  public var sortedEntries: [Entry]? {
    entries?.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
  }
}
