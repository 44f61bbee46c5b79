public import Config
import Diagnostics
public import GraphEngine

/// Two recurrent layers, one of which walks backwards, and their outputs merged.
///
/// Schuster and Paliwal, "Bidirectional recurrent neural networks" (1997). Weights: `forward_…` and `backward_…` with
/// those of each layer. Keras: `keras.layers.Bidirectional`.
public struct Bidirectional: Layer, Configurable {
  /// How the outputs of both directions become one; none leaves them two.
  public enum Merging: String, CaseIterable, ConfigConvertible { case concat, sum, mul, ave }

  public var layer: InnerLayer
  public var backwardLayer: InnerLayer?
  public var mergeMode: Merging? = .concat

  public init(_ layer: any RecurrentLayer) { self.layer = InnerLayer(layer) }

  public static let schema = Schema(
    "Bidirectional", "A recurrent layer in both directions.", prototype: Self(LSTM(1)),
    Field("layer", \.layer, "The layer that walks forward, and backward too if there is no other.").required,
    Field("backward_layer", \.backwardLayer, "The layer that walks backward."),
    Field("merge_mode", \.mergeMode, "How the outputs of both become one; null leaves two."))

  public static let dialects = KerasDialects {
    $0.keras1.weights.layers = 2
    $0.keras2.omits = ["backward_layer"]
    $0.keras3.attributes = { parts, config in
      let isForward = parts[0].hasPrefix("forward")
      let hasOther = config["backward_layer"].map { !$0.isAbsent } ?? false
      let layer = config[hasOther && !isForward ? "backward_layer" : "layer"]
      let rest = KerasDialects.attributes(of: Array(parts.dropFirst()), in: layer)
      return [isForward ? "forward_layer" : "backward_layer"] + rest
    }
  }

  public var signature: CallSignature {
    CallSignature(inputs: ["inputs", "initial_state"], endingInList: true, values: ["mask"])
  }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let forward = try direction(layer, "forward_", in: scope)
    var backward = try direction(backwardLayer ?? layer, "backward_", in: scope)
    if backwardLayer == nil { backward.layer.settings.goBackwards.toggle() }
    guard let sequence = inputs.first, inputs.count % 2 == 1 else {
      throw Diagnostic.inputCount(
        className, "a sequence and the first states of both directions", inputs.count, at: scope.graph.origin)
    }
    let half = inputs.count / 2
    let mask = scope.values("mask")
    let arguments = NamedArguments(values: mask.map { _ in "mask" })
    let there = try scope.apply(forward.named, [sequence] + inputs[1..<1 + half] + mask, named: arguments)
    let back = try scope.apply(backward.named, [sequence] + inputs[(1 + half)...] + mask, named: arguments)
    let isSequence = forward.layer.settings.returnSequences
    let last = try isSequence ? back[0].flipped([1]) : back[0]
    let merged = try merge(there[0], last)
    if isSequence { for value in merged { scope.setMask(scope.mask(of: sequence), of: value) } }
    return merged + there.dropFirst() + back.dropFirst()
  }

  private func merge(_ a: Value, _ b: Value) throws -> [Value] {
    switch mergeMode {
    case .concat: [try Value.concatenate([a, b])]
    case .sum: [try a + b]
    case .mul: [try a * b]
    case .ave: [try (a + b) / 2]
    case nil: [a, b]
    }
  }

  /// One of the layers with the name that Keras gives it.
  private struct Direction {
    var layer: any RecurrentLayer
    var source: NamedLayer
    var prefix: String

    var named: NamedLayer {
      var copy = source
      for known in ["forward_", "backward_"] where copy.name.hasPrefix(known) {
        copy.name.removeFirst(known.count)
      }
      copy.name = prefix + copy.name
      copy.layer = layer
      return copy
    }
  }

  /// - Throws: E0364 for a layer that walks along no steps.
  private func direction(_ inner: InnerLayer, _ prefix: String, in scope: LayerScope) throws -> Direction {
    guard var layer = inner.named.layer as? any RecurrentLayer else {
      throw Diagnostic(
        "E0364", "Bidirectional needs a recurrent layer, found \(inner.named.layer.className)",
        at: scope.graph.origin.map { .init($0, "cannot walk backwards") },
        help: "it takes SimpleRNN, LSTM, GRU, RNN or a ConvLSTM")
    }
    // Both directions have to give 0 at masked steps, or they would be merged with what came before and after.
    layer.settings.zeroOutputForMask = layer.settings.returnSequences
    return Direction(layer: layer, source: inner.named, prefix: prefix)
  }
}
