import Config
import Diagnostics
import GraphEngine
import TensorCore

/// What a layer of attention is called on.
struct AttentionInputs {
  let query: Value
  let value: Value
  /// The value, unless another is given.
  let key: Value
  /// Whether what the query is known to have counts, and not what the call says.
  private let asksQueryAlone: Bool

  /// - Parameter inputs: query, value and key if there is one: (batch, …, tokens, features).
  /// - Throws: E0371 if they do not fit each other.
  init(_ inputs: [Value], _ layer: String, in scope: LayerScope) throws(Diagnostic) {
    guard (2...3).contains(inputs.count) else {
      throw .attentionInputs(
        "\(layer) takes a query, a value and perhaps a key, found \(inputs.count)", at: scope.graph.origin)
    }
    // Keras 3 does so in this layer, up to 3.15 at least.
    asksQueryAlone = scope.semantics == .keras3 && layer == MultiHeadAttention.schema.name
    query = inputs[0]
    value = inputs[1]
    key = inputs.count == 3 ? inputs[2] : inputs[1]
    let rank = query.type.rank
    guard rank >= 3, value.type.rank == rank, key.type.rank == rank,
      value.type.dims.dropLast() == key.type.dims.dropLast(),
      query.type.dims.dropLast(2) == value.type.dims.dropLast(2)
    else {
      let types = inputs.map { "\($0.type)" }.joined(separator: " and ")
      throw .attentionInputs(
        "\(layer) takes sequences of the same axes, found \(types)", at: scope.graph.origin)
    }
  }
}

extension AttentionInputs {
  /// Which tokens of the query count: as the call says, else as is known of it.
  func queryMask(in scope: LayerScope) -> Value? {
    (asksQueryAlone ? nil : scope.value("query_mask")) ?? known(query, in: scope)
  }
  /// Which tokens of the value count.
  func valueMask(in scope: LayerScope) -> Value? { scope.value("value_mask") ?? known(value, in: scope) }
  /// Which tokens of the key count, if it is not the value.
  func keyMask(in scope: LayerScope) -> Value? {
    scope.value("key_mask") ?? (key.id == value.id ? nil : known(key, in: scope))
  }

  /// Gives the result the query's mask and takes those of the inputs away, as Keras 3 does.
  func handOn(to result: [Value], from layer: any Layer, in scope: LayerScope) {
    scope.passMask(through: layer, from: [query], to: result)
    scope.loseMasks(of: [query, value, key])
  }

  /// The mask of (batch, tokens, features).
  private func known(_ tokens: Value, in scope: LayerScope) -> Value? {
    scope.liveMask(of: tokens).flatMap { $0.type.dims == Array(tokens.type.dims.dropLast()) ? $0 : nil }
  }
}

/// Which tokens a query may look at.
struct AttentionMask {
  /// How far it looks, itself included.
  var window: Int?

  /// Whether the order in time is all that hides tokens from a query.
  func isOnlyCausal(for inputs: AttentionInputs, in scope: LayerScope) -> Bool {
    window == nil && scope.isOn("use_causal_mask") && scope.value("attention_mask") == nil
      && [inputs.queryMask(in: scope), inputs.valueMask(in: scope), inputs.keyMask(in: scope)]
        .allSatisfy { $0 == nil }
  }

  /// What the masks of a call and its order in time leave; `nil` if that is everything.
  ///
  /// (batch or 1, tokens of the query or 1, tokens of the value), not 0 where it may look.
  func mask(for inputs: AttentionInputs, in scope: LayerScope) throws -> Value? {
    var parts: [Value] = []
    if let mask = inputs.queryMask(in: scope) { parts.append(try mask.expandingDimensions(at: -1)) }
    for mask in [inputs.valueMask(in: scope), inputs.keyMask(in: scope)].compactMap(\.self) {
      parts.append(try mask.expandingDimensions(at: -2))
    }
    if scope.isOn("use_causal_mask") { parts.append(try Self.places(inputs) { $0 >= $1 }) }
    if let window { parts.append(try Self.places(inputs) { abs($0 - $1) < window }) }
    if let mask = scope.value("attention_mask") { parts.append(mask) }
    guard let first = parts.first else { return nil }
    return try parts.dropFirst().reduce(first) { try $0 .& $1 }
  }

  /// A mask that follows from the places of the query's and the value's tokens alone: (1, tokens, tokens).
  static func places(_ inputs: AttentionInputs, _ allows: (Int, Int) -> Bool) throws(Diagnostic) -> Value {
    func tokens(_ x: Value) throws(Diagnostic) -> Int {
      guard case .size(let size) = x.type.dims[x.type.rank - 2] else { throw .unknownAxis("attention", x) }
      return size
    }
    let (rows, columns) = (try tokens(inputs.query), try tokens(inputs.value))
    return try inputs.query.graph.table([1, rows, columns]) { allows($0 / columns, $0 % columns) ? 1 : 0 }
  }
}

/// Scaled products of queries and keys, and the mixture of values that they make.
struct HeadMixing {
  var dropout: Double
  var seed: Int?

  /// - Parameters:
  ///   - query: (…, tokens, heads, size), like key and value.
  ///   - isCausal: whether the mask is nothing but the order in time.
  /// - Returns: the values mixed (…, tokens, heads, size), and if they are asked for the weights (…, heads, tokens,
  ///   tokens).
  func mix(
    _ query: Value, _ key: Value, _ value: Value, mask: Value?, isCausal: Bool, in scope: LayerScope
  ) throws -> [Value] {
    let size = try query.knownLastAxis(for: "attention")
    let isAsked = scope.isOn("return_attention_scores")
    if !isAsked, dropout == 0, FusedAttention.takes(query.type, key.type, value.type),
      mask?.type.rank ?? 3 == 3, mask.map({ $0.type.dims.last == key.type.dims[key.type.rank - 3] }) ?? true
    {
      let shown = isCausal ? [] : mask.map { [$0] } ?? []
      let op = FusedAttention(
        scale: 1 / Float(size).squareRoot(), isCausal: isCausal, hasMask: !shown.isEmpty)
      return [try query.graph.apply(op, [query, key, value] + shown)]
    }
    let scaled = try (query * (1 / Float(size).squareRoot())).swappingAxes(-2, -3)
    var scores = try scaled.multiplied(by: key.swappingAxes(-2, -3), transposingRight: true)
    var mask = mask
    while let known = mask, known.type.rank < scores.type.rank {
      mask = try known.expandingDimensions(at: known.type.rank - 2)
    }
    if let mask { scores = try Value.select(mask, scores, -1e9) }
    var weights = try scores.softmax()
    // Where nothing may be looked at Keras takes the mean, or nothing if it has to show what was looked at.
    let isShown = isAsked || dropout > 0
    if let mask, isShown, scope.semantics == .keras3 { weights = try Value.select(mask, weights, 0) }
    var kept = weights
    if dropout > 0 {
      var layer = Dropout(dropout)
      layer.seed = seed
      kept = try layer.call(weights, in: scope)
    }
    let mixed = try kept.multiplied(by: value.swappingAxes(-2, -3)).swappingAxes(-2, -3)
    return isAsked ? [mixed, weights] : [mixed]
  }
}

extension Diagnostic {
  /// E0371: what attention cannot be computed from.
  static func attentionInputs(_ fact: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0371", fact, at: span.map { Label($0, "called here") },
      help: "query, value and key are (batch, tokens, features); value and key have as many tokens")
  }
}
