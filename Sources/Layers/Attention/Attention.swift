public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Mixes the tokens of a value by how well their keys fit a query.
///
/// Takes a list: query (batch, tokens, features), value, and a key if it is another one. Weights: `scale` () if
/// `use_scale`, `concat_score_weight` () if `score_mode` is concat.
///
/// Luong et al., "Effective approaches to attention-based neural machine translation" (2015).
/// Keras: `keras.layers.Attention`.
public struct Attention: MergingLayer, Configurable {
  public enum ScoreMode: String, CaseIterable, ConfigConvertible { case dot, concat }

  public var useScale = false
  public var scoreMode = ScoreMode.dot
  public var dropout = 0.0
  public var seed: Int?
  public init() {}

  public static let schema = Schema(
    "Attention", "Mixes the tokens of a value by how well their keys fit a query.", prototype: Self(),
    Field("use_scale", \.useScale, "Whether scores are scaled by a learned factor."),
    Field(
      "score_mode", \.scoreMode, "dot is the product of query and key, concat the sum of tanh(query + key)."),
    .attentionDropout(\.dropout),
    Field("seed", \.seed, "Draws from a stream of this seed instead of the experiment's."))

  public static let dialects = KerasDialects {
    $0.keras2.omits = ["seed"]
    $0.keras3.h5.omits = ["score_mode": "dot"]
  }

  public var signature: CallSignature { .listOfAttention }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let tokens = try AttentionInputs(inputs, className, in: scope)
    let scale = try useScale ? scope.parameter("scale", [], .ones) : nil
    var scores: Value
    switch scoreMode {
    case .dot:
      scores = try tokens.query.multiplied(by: tokens.key, transposingRight: true)
      if let scale { scores = try scores * scale }
    case .concat:
      var sum = try tokens.pairs
      if let scale { sum = try sum * scale }
      scores = try sum.tanh().sum(over: [-1]) * scope.parameter("concat_score_weight", [], .ones)
    }
    return try mixed(tokens, by: scores, dropout: dropout, seed: seed, in: scope)
  }
}

/// Attention whose scores are sums of `scale · tanh(query + key)`.
///
/// Takes a list as ``Attention`` does. Weights: `scale` (features) if `use_scale`.
///
/// Bahdanau et al., "Neural machine translation by jointly learning to align and translate" (2015).
/// Keras: `keras.layers.AdditiveAttention`.
public struct AdditiveAttention: MergingLayer, Configurable {
  public var useScale = true
  public var dropout = 0.0
  public var seed: Int?
  public init() {}

  public static let schema = Schema(
    "AdditiveAttention", "Attention whose scores are sums of tanh(query + key).", prototype: Self(),
    Field("use_scale", \.useScale, "Whether features are scaled by learned factors."),
    .attentionDropout(\.dropout),
    Field("seed", \.seed, "Draws from a stream of this seed instead of the experiment's."))

  public static let dialects = KerasDialects { $0.keras2.omits = ["seed"] }

  public var signature: CallSignature { .listOfAttention }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let tokens = try AttentionInputs(inputs, className, in: scope)
    var fits = try tokens.pairs.tanh()
    if useScale {
      let features = try tokens.query.knownLastAxis(for: className)
      fits = try fits * scope.parameter("scale", [features], .glorotUniform)
    }
    return try mixed(tokens, by: fits.sum(over: [-1]), dropout: dropout, seed: seed, in: scope)
  }
}

extension CallSignature {
  static let listOfAttention = CallSignature(
    values: ["mask"], flags: ["return_attention_scores", "use_causal_mask"])
}

extension AttentionInputs {
  /// Each token of the query added to each of the key: (…, tokens, tokens, features).
  fileprivate var pairs: Value {
    get throws { try query.expandingDimensions(at: -2) + key.expandingDimensions(at: -3) }
  }
}

extension MergingLayer {
  /// The values mixed by scores (…, tokens, tokens), as masks leave them.
  ///
  /// Masked tokens of the query get 0, those of the value are not looked at: as the list `mask` says, else as is known
  /// of them.
  fileprivate func mixed(
    _ inputs: AttentionInputs, by scores: Value, dropout: Double, seed: Int?, in scope: LayerScope
  ) throws -> [Value] {
    let masks = scope.values("mask")
    guard masks.isEmpty || masks.count >= 2 else {
      throw Diagnostic.attentionInputs(
        "\(className): 'mask' is a list with one for the query and one for the value", at: scope.graph.origin)
    }
    let own = masks.first ?? inputs.queryMask(in: scope)
    let others = masks.isEmpty ? inputs.valueMask(in: scope) : masks[1]
    var mask = try others?.expandingDimensions(at: -2)
    if scope.isOn("use_causal_mask") {
      let past = try AttentionMask.places(inputs) { $0 >= $1 }
      mask = try mask.map { try $0 .& past } ?? past
    }
    let left = try mask.map { try Value.select($0, scores, -1e9) } ?? scores
    let weights = try left.softmax()
    var kept = weights
    if dropout > 0 {
      var layer = Dropout(dropout)
      layer.seed = seed
      kept = try layer.call(weights, in: scope)
    }
    var result = try kept.multiplied(by: inputs.value)
    if let own {
      result = try Value.select(own.expandingDimensions(at: -1), result, 0)
      scope.setMask(own, of: result)
    }
    return scope.isOn("return_attention_scores") ? [result, weights] : [result]
  }
}
