import GraphEngine

/// A layer that ends as most layers with a kernel do: a bias is added, an activation applied, large outputs penalized.
protocol BiasedLayer: Layer {
  var activation: Activation { get }
  var useBias: Bool { get }
  var bias: WeightSettings { get }
  var activityRegularizer: Regularizer? { get }
}

extension BiasedLayer {
  /// - Parameter y: the product with the kernel; its last axis, of known size, is that of the bias.
  func finished(_ y: Value, in scope: LayerScope) throws -> Value {
    var y = y
    if useBias {
      let bias = try scope.parameter("bias", [y.knownLastAxis(for: className)], self.bias)
      y = try y.graph.apply(AddBias(), y, bias)
    }
    y = try activation.apply(y, in: scope)
    try scope.penalize(y, with: activityRegularizer)
    return y
  }
}
