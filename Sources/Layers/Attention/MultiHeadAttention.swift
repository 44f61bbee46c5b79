public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Several heads, each of which mixes the values of all tokens by how well its query fits their keys.
///
/// Called with a query (batch, …, tokens, features), a value and, if it is another one, a key; by name with masks, of
/// which `attention_mask` is (batch, tokens of the query, tokens of the value). Weights: `query`, `key`, `value` each
/// with a kernel (features, heads, size) and a bias, `gate` if there is one, `attention_output`.
///
/// Vaswani et al., "Attention is all you need" (2017). Keras: `keras.layers.MultiHeadAttention`.
public struct MultiHeadAttention: Layer, Configurable {
  public var heads: Int
  public var keyDim: Int
  public var valueDim: Int?
  public var dropout = 0.0
  public var useBias = true
  public var useGate = false
  public var outputShape: OpenShape?
  public var attentionAxes: Axes?
  public var slidingWindow: Int?
  public var projection = Projection()
  public var seed: Int?

  public init(heads: Int, keyDim: Int) {
    self.heads = heads
    self.keyDim = keyDim
  }

  public static let schema = Schema(
    "MultiHeadAttention", "Several heads that mix tokens by how well they fit.",
    prototype: MultiHeadAttention(heads: 1, keyDim: 1),
    fields: [
      Field("num_heads", \.heads, "How many heads.", check: atLeast(1)).required,
      Field("key_dim", \.keyDim, "Size of each head's queries and keys.", check: atLeast(1)).required,
      Field("value_dim", \.valueDim, "Size of each head's values; 'key_dim' if null.") {
        ($0 ?? 1) >= 1 ? nil : "must be at least 1"
      },
      .attentionDropout(\.dropout),
      Field("use_bias", \.useBias, "Whether biases are added."),
      Field("use_gate", \.useGate, "Whether each head's result is scaled by a gate made of the query."),
      Field("output_shape", \.outputShape, "Features of the result; those of the query if null."),
      Field("attention_axes", \.attentionAxes, "The axis of the tokens, the last but one."),
      .slidingWindow(\.slidingWindow),
    ] + Projection.fields(\.projection) + [
      Field("seed", \.seed, "Draws from a stream of this seed instead of the experiment's.")
    ])

  public static let dialects = KerasDialects {
    $0.keras2.lacks = ["sliding_window", "use_gate"]
    $0.keras2.omits = ["seed"]
    $0.keras2.surplus = ["query_shape", "key_shape", "value_shape"]
    $0.keras2.keywords = ["value", "key"]
    $0.keras2.shapes = { shapes in
      guard let query = shapes.first else { return ConfigNode(.map([])) }
      // The value is the key if there is none.
      let value = shapes.count > 1 ? shapes[1] : query
      return ["query_shape": query, "key_shape": shapes.count > 2 ? shapes[2] : value, "value_shape": value]
    }
    $0.keras3.attributes = { parts, _ in Projection.attributes(of: parts) }
    $0.differences = [
      .init("the masks of what attention is called with", place: 1) { call, scope in
        // In Keras 3 attention takes them away.
        call.inputs.contains { scope.mask(of: $0) != nil }
      }
    ]
  }

  public var signature: CallSignature { .attention }
  public var passesMask: Bool { true }

  /// - Returns: the result, and with `return_attention_scores` what each token takes of which other (batch, heads,
  ///   tokens, tokens).
  /// - Throws: E0371 if the inputs do not fit each other.
  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let tokens = try AttentionInputs(inputs, className, in: scope)
    try checkAxes(tokens.query, in: scope)
    func project(_ name: String, _ x: Value, _ size: Int, activation: Activation = .linear) throws -> Value {
      try projection.heads(
        name, x, count: heads, size: size, useBias: useBias, activation: activation, in: scope)
    }
    let query = try project("query", tokens.query, keyDim)
    let key = try project("key", tokens.key, keyDim)
    let gate = try useGate ? project("gate", tokens.query, valueDim ?? keyDim, activation: .sigmoid) : nil
    let value = try project("value", tokens.value, valueDim ?? keyDim)
    let masking = AttentionMask(window: slidingWindow)
    let mask = try masking.mask(for: tokens, in: scope)
    var mixed = try HeadMixing(dropout: dropout, seed: seed).mix(
      query, key, value, mask: mask, isCausal: masking.isOnlyCausal(for: tokens, in: scope), in: scope)
    if let gate { mixed[0] = try mixed[0] * gate }
    let sizes = try outputShape?.sizes ?? [tokens.query.knownLastAxis(for: className)]
    let result = try projection.joined(mixed[0], sizes, useBias: useBias, in: scope)
    tokens.handOn(to: [result], from: self, in: scope)
    return [result] + mixed.dropFirst()
  }

  /// Over several axes at once, or over another than the last but one, is not there.
  private func checkAxes(_ query: Value, in scope: LayerScope) throws(Diagnostic) {
    let rank = query.type.rank
    let axes = try attentionAxes?.resolved(for: query.type, className) ?? Array(1..<rank - 1)
    guard axes == [rank - 2] else {
      throw Diagnostic(
        "E0371", "\(className) looks along one axis, the last but one, found axes \(axes) of \(query.type)",
        at: scope.graph.origin.map { .init($0, "called here") },
        help: "set 'attention_axes: [\(rank - 2)]', with the axes before it as part of the batch")
    }
  }
}

extension CallSignature {
  /// What layers of attention that take a query, a value and a key are called with.
  static let attention = CallSignature(
    inputs: ["query", "value", "key"], values: ["query_mask", "value_mask", "key_mask", "attention_mask"],
    flags: ["return_attention_scores", "use_causal_mask"])
}

extension Field {
  static func attentionDropout(_ path: any WritableKeyPath<Root, Double> & Sendable) -> Field {
    Field("dropout", path, "The part of the attention that is dropped in training.") {
      $0 >= 0 && Float($0) < 1 ? nil : "must be at least 0 and less than 1"
    }
  }

  static func slidingWindow(_ path: any WritableKeyPath<Root, Int?> & Sendable) -> Field {
    Field("sliding_window", path, "How far a token looks, itself included; any distance if null.") {
      ($0 ?? 1) >= 1 ? nil : "must be at least 1"
    }
  }
}
