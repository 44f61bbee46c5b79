import Config
import GraphEngine

/// How tokens are projected for heads, and heads joined again: what all weights of one layer of attention share.
public struct Projection: Sendable {
  public var kernel = WeightSettings(.glorotUniform)
  public var bias = WeightSettings(.zeros)
  public var activityRegularizer: Regularizer?
  public init() {}

  private static let own: [Field<Self>] =
    weights.map(\.initializer) + weights.map(\.regularizer)
    + [Field("activity_regularizer", \.activityRegularizer, "What draws the results of projections to 0.")]
    + weights.map(\.constraint)

  private static let weights: [WeightFields<Self>] = [
    .init("kernel", \.kernel, "kernels", isMany: true), .init("bias", \.bias, "biases", isMany: true),
  ]

  /// These settings as settings of a layer.
  static func fields<Root>(_ path: any WritableKeyPath<Root, Projection> & Sendable) -> [Field<Root>] {
    own.map { Field($0, at: path) }
  }

  /// By which attributes Keras 3 holds the projections.
  static func attributes(of parts: [String], prefix: String = "") -> [String] {
    let known = [
      "query": "query_dense", "key": "key_dense", "value": "value_dense", "attention_output": "output_dense",
      "gate": "gate_dense",
    ]
    return [prefix + (known[parts[0]] ?? parts[0])] + parts.dropFirst()
  }

  /// (…, tokens, features) for each head: (…, tokens, heads, size).
  func heads(
    _ name: String, _ x: Value, count heads: Int, size: Int, useBias: Bool, activation: Activation,
    in scope: LayerScope
  ) throws -> Value {
    var dense = EinsumDense(
      "...x,xhs->...hs", outputShape: OpenShape([heads, size]),
      biasAxes: useBias ? "hs" : nil)
    dense.activation = activation
    return try apply(dense, name, x, in: scope)
  }

  /// (…, tokens, heads, size) with other features: (…, tokens) and the sizes.
  func joined(_ x: Value, _ sizes: [Int?], useBias: Bool, in scope: LayerScope) throws -> Value {
    let letters = String("abcdefgijklmnop".prefix(sizes.count))
    let dense = EinsumDense(
      "...hs,hs\(letters)->...\(letters)", outputShape: OpenShape(sizes),
      biasAxes: useBias ? letters : nil)
    return try apply(dense, "attention_output", x, in: scope)
  }

  private func apply(_ dense: EinsumDense, _ name: String, _ x: Value, in scope: LayerScope) throws -> Value {
    var dense = dense
    dense.kernel = kernel
    dense.bias = bias
    dense.activityRegularizer = activityRegularizer
    return try scope.apply(NamedLayer(name, dense, at: scope.graph.origin), [x])[0]
  }
}
