public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Attention of several heads whose keys and values are shared by groups of queries.
///
/// Called as ``MultiHeadAttention`` is, on (batch, tokens, features). Weights: `query` (features, query heads, size),
/// `key` and `value` (features, key-value heads, size), each with a bias, and `attention_output`.
///
/// Ainslie et al., "GQA" (2023). Keras: `keras.layers.GroupQueryAttention`.
public struct GroupQueryAttention: Layer, Configurable {
  public var headDim: Int
  public var queryHeads: Int
  public var keyValueHeads: Int
  public var dropout = 0.0
  public var useBias = true
  public var useGate = false
  public var slidingWindow: Int?
  public var projection = Projection()
  public var seed: Int?

  public init(headDim: Int, queryHeads: Int, keyValueHeads: Int) {
    self.headDim = headDim
    self.queryHeads = queryHeads
    self.keyValueHeads = keyValueHeads
  }

  public static let schema = Schema(
    "GroupQueryAttention", "Attention whose keys and values are shared by groups of queries.",
    prototype: GroupQueryAttention(headDim: 1, queryHeads: 1, keyValueHeads: 1),
    fields: [
      Field("head_dim", \.headDim, "Size of each head.", check: atLeast(1)).required,
      Field("num_query_heads", \.queryHeads, "How many heads ask.", check: atLeast(1)).required,
      Field("num_key_value_heads", \.keyValueHeads, "How many heads answer.", check: atLeast(1)).required,
      Field("use_bias", \.useBias, "Whether biases are added."),
      Field("use_gate", \.useGate, "Whether each head's result is scaled by a gate made of the query."),
      .slidingWindow(\.slidingWindow),
      .attentionDropout(\.dropout),
    ] + Projection.fields(\.projection) + [
      Field("seed", \.seed, "Draws from a stream of this seed instead of the experiment's.")
    ])

  public static let dialects = KerasDialects(.sinceKeras3) {
    $0.keras3.attributes = { parts, _ in Projection.attributes(of: parts, prefix: "_") }
    // Found there by the class's own name, in other files by the name it is exported under.
    $0.keras3.h5.className = "GroupedQueryAttention"
  }

  public var signature: CallSignature { .attention }
  public var passesMask: Bool { true }

  /// - Throws: E0371 if the inputs do not fit each other, E0372 if the heads make no groups.
  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let tokens = try AttentionInputs(inputs, className, in: scope)
    guard queryHeads.isMultiple(of: keyValueHeads) else {
      throw Diagnostic.unevenGroups(
        "\(className): \(queryHeads) query heads share \(keyValueHeads) key-value heads",
        at: scope.graph.origin)
    }
    func project(_ name: String, _ x: Value, _ heads: Int, activation: Activation = .linear) throws -> Value {
      try projection.heads(
        name, x, count: heads, size: headDim, useBias: useBias, activation: activation, in: scope)
    }
    let query = try project("query", tokens.query, queryHeads)
    let key = try project("key", tokens.key, keyValueHeads)
    let gate = try useGate ? project("gate", tokens.query, queryHeads, activation: .sigmoid) : nil
    let value = try project("value", tokens.value, keyValueHeads)
    let masking = AttentionMask(window: slidingWindow)
    let mask = try masking.mask(for: tokens, in: scope)
    let (times, axis) = (queryHeads / keyValueHeads, query.type.rank - 2)
    var mixed = try HeadMixing(dropout: dropout, seed: seed).mix(
      query, key.repeated(times, axis: axis), value.repeated(times, axis: axis), mask: mask,
      isCausal: masking.isOnlyCausal(for: tokens, in: scope), in: scope)
    if let gate { mixed[0] = try mixed[0] * gate }
    let features = try tokens.query.knownLastAxis(for: className)
    let result = try projection.joined(mixed[0], [features], useBias: useBias, in: scope)
    return [result] + mixed.dropFirst()
  }
}

extension Diagnostic {
  /// E0372: channels or heads that do not divide into groups.
  static func unevenGroups(_ fact: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0372", "\(fact), which leaves some over", at: span.map { Label($0, "called here") },
      help: "the first number must be a multiple of the second")
  }
}
