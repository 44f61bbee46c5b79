import Config
import Diagnostics
import GraphEngine
import TensorCore

/// The operations that Keras 3 records in a functional model to compute masks.
///
/// Keras finds masks anew whenever such a model runs, and so does runexp. What computes the masks that the layers make
/// anyway is therefore left out; a mask of its own is refused, because it would be lost.
struct RecordedMasks {
  /// A mask that a call gives by name.
  struct Use {
    /// The layer's name and which of its calls it is.
    var layer: String
    var node: Int
    /// The name, and one tensor or a list of tensors and nulls.
    var argument: ConfigNode.Entry
  }

  private var operations: [String: ConfigNode] = [:]
  /// Their names, as the file lists them: mostly what is used before what uses it.
  private var order: [String] = []
  /// What the operations are for.
  var uses: [Use] = []

  /// - Parameters:
  ///   - config: of a functional model.
  ///   - own: operations whose results are masks of their own.
  init(of config: ConfigNode, except own: Set<String> = []) {
    let entries = config["layers"]?.list ?? []
    var waiting = (config["output_layers"]?.texts ?? []) + own
    for entry in entries {
      if let name = entry["name"]?.string, RecordedEntry.isOperation(entry) {
        if operations.updateValue(entry, forKey: name) == nil { order.append(name) }
        continue
      }
      for node in entry["inbound_nodes"]?.list ?? [] {
        waiting += (node["args"] ?? node).histories.compactMap(\.source)
        for entry in node["kwargs"]?.entries ?? [] where !Self.isMask(entry) {
          waiting += entry.value.histories.compactMap(\.source)
        }
      }
    }
    var values: Set<String> = []
    while let name = waiting.popLast() {
      guard let entry = operations[name], values.insert(name).inserted else { continue }
      waiting += (entry["inbound_nodes"] ?? nil).histories.compactMap(\.source)
    }
    for name in values { operations[name] = nil }
    order.removeAll { values.contains($0) }
  }

  private static func isMask(_ argument: ConfigNode.Entry) -> Bool {
    argument.key == "mask" || argument.key.hasSuffix("_mask")
  }

  /// Whether an entry of a model's layers is an operation that is there for masks only.
  func contains(_ entry: ConfigNode) -> Bool {
    RecordedEntry.isOperation(entry) && entry["name"]?.string.map { operations[$0] != nil } == true
  }

  /// Whether an argument is a mask that is computed by such operations.
  func areNamed(in argument: ConfigNode.Entry) -> Bool {
    Self.isMask(argument)
      && argument.value.histories.contains { $0.source.map { operations[$0] != nil } == true }
  }

  /// Compares the recorded masks with those that the model's layers make.
  /// - Parameter place: the value of the model that a `keras_history` names.
  /// - Throws: `OwnMask` for another mask.
  func check(_ model: Functional, _ place: @escaping (ConfigNode) throws -> Functional.Source) throws {
    guard !uses.isEmpty else { return }
    func mistake(_ types: [TensorType]) throws -> Use? {
      // Masks do not depend on the size of a batch, which a model used as a layer may not know.
      let scope = LayerScope(
        graph: Graph(), phase: .inference, model: model.name, seed: 0,
        batchSizes: [model.batchSizes.first ?? 1])
      let inputs = zip(model.inputs, types).map { scope.graph.leaf(.input($0.name), $1) }
      let trace = MaskTrace(
        model: model, scope: scope, results: try model.results(inputs, in: scope), place: place)
      return try trace.firstDifference(uses, computed(in: trace))
    }
    let found = model.isOpen ? try model.atTwoLengths(mistake).0 : try mistake(model.inputs.map(\.type))
    guard let found else { return }
    throw OwnMask(
      operations: Set(found.argument.value.histories.compactMap(\.source).filter { operations[$0] != nil }),
      diagnostic: .recordedMask(found.layer, found.argument.key, operations: order))
  }

  /// What each operation gives, as far as it is one that masks are made of.
  private func computed(in trace: MaskTrace) throws -> [String: RecordedMask] {
    var known: [String: RecordedMask] = [:]
    var waiting = order
    while true {
      let count = known.count
      for name in waiting {
        known[name] = try operations[name].flatMap { try RecordedMask(of: $0, known, trace) }
      }
      waiting.removeAll { known[$0] != nil }
      if known.count == count { return known }
    }
  }
}

/// A recorded mask is not the one that a layer's input has.
struct OwnMask: Error {
  /// What computes it, by name.
  let operations: Set<String>
  let diagnostic: Diagnostic
}

/// A functional model called on symbols, with the masks that its layers made.
struct MaskTrace {
  let model: Functional
  let scope: LayerScope
  /// What each call gave.
  let results: [[Value]]
  let place: (ConfigNode) throws -> Functional.Source

  /// The value that a `keras_history` names.
  func value(_ history: ConfigNode) throws -> Value? {
    let source = try place(history)
    let made = results[source.call]
    return made.indices.contains(source.output) ? made[source.output] : nil
  }

  /// The first use of another mask than the one that its input has.
  func firstDifference(
    _ uses: [RecordedMasks.Use], _ known: [String: RecordedMask]
  ) throws -> RecordedMasks.Use? {
    var pairs: [(Value, Value)] = []
    var owners: [RecordedMasks.Use] = []
    for use in uses {
      let call = model.calls[try place([use.layer.config, use.node.config, 0]).call]
      let given = call.inputs.dropLast(call.named.values.count)
      let name = use.argument.key
      let inputs = model.layers[call.layer].layer.signature.inputs
      let masks = use.argument.value.list ?? [use.argument.value]
      let first = name == "mask" ? 0 : inputs.firstIndex { $0 + "_mask" == name }
      for (i, node) in masks.enumerated() {
        guard let place = first.map({ $0 + i }), given.indices.contains(place) else { return use }
        let source = given[place]
        let own = scope.mask(of: results[source.call][source.output])
        let recorded = node.histories.first?.source.flatMap { known[$0] }
        switch (recorded, own) {
        case (.mask(let mask), let own?):
          pairs.append((mask, own))
          owners.append(use)
        case (.everything, nil): break
        case (nil, nil) where node.histories.isEmpty: break
        default: return use
        }
      }
    }
    return zip(owners, scope.graph.areAlike(pairs)).first { !$1 }?.0
  }
}

extension ConfigNode {
  /// Where the tensors in an argument come from, however they are nested: the parts of their `keras_history`.
  var histories: [ConfigNode] {
    if self["class_name"]?.string == "__keras_tensor__" {
      // A value of unknown origin is a connection that leads nowhere.
      return [self["config"]?["keras_history"] ?? nil]
    }
    return (list ?? []).flatMap(\.histories) + (entries ?? []).flatMap(\.value.histories)
  }

  /// Every text among its values.
  fileprivate var texts: [String] {
    if let string { return [string] }
    return (list ?? []).flatMap(\.texts) + (entries ?? []).flatMap(\.value.texts)
  }

  /// What a `keras_history` starts from.
  var source: String? { list?.first?.string }
}

extension Diagnostic {
  /// E0639: a mask of a file that is computed otherwise than by the layers.
  static func recordedMask(_ layer: String, _ argument: String, operations: [String]) -> Diagnostic {
    Diagnostic(
      "E0639",
      "the '\(argument)' of '\(layer)' is computed by operations (\(operations.joined(separator: ", "))), and is not the mask that its input has",
      help:
        "let layers make it, as Embedding does with 'mask_zero' and Masking, or make the mask an input of the model"
    )
  }

  /// E0640: an operation of a file that is not known here.
  static func unknownOperation(_ name: String, _ className: String) -> Diagnostic {
    Diagnostic(
      "E0640", "the operation '\(name)' (\(className)) between the layers is not one that runexp has",
      help:
        "write the part with layers or with operations that a 'call' knows, and save the model again")
  }
}
