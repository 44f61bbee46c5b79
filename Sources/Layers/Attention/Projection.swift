import Config
import GraphEngine

/// How tokens are projected for heads, and heads joined again: what all weights of one layer of attention share.
public struct Projection: Sendable {
  public var kernelInitializer = Initializer.glorotUniform
  public var biasInitializer = Initializer.zeros
  public var kernelRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var kernelConstraint: Constraint?
  public var biasConstraint: Constraint?
  public init() {}

  private static let own: [Field<Self>] = [
    Field("kernel_initializer", \.kernelInitializer, "Start values of kernels."),
    Field("bias_initializer", \.biasInitializer, "Start values of biases."),
    Field("kernel_regularizer", \.kernelRegularizer, "What draws kernels to 0."),
    Field("bias_regularizer", \.biasRegularizer, "What draws biases to 0."),
    Field("activity_regularizer", \.activityRegularizer, "What draws the results of projections to 0."),
    Field("kernel_constraint", \.kernelConstraint, "Bounds that kernels are kept in."),
    Field("bias_constraint", \.biasConstraint, "Bounds that biases are kept in."),
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
    dense.kernelInitializer = kernelInitializer
    dense.biasInitializer = biasInitializer
    dense.kernelRegularizer = kernelRegularizer
    dense.biasRegularizer = biasRegularizer
    dense.activityRegularizer = activityRegularizer
    dense.kernelConstraint = kernelConstraint
    dense.biasConstraint = biasConstraint
    return try scope.apply(NamedLayer(name, dense, at: scope.graph.origin), [x])[0]
  }
}
