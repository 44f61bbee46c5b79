public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A layer whose kernel is divided by its largest singular value before every training step.
///
/// Miyato et al., "Spectral normalization for generative adversarial networks" (2018). The value is estimated by power
/// iterations from the vector `vector_u` (1, last axis of the kernel), a weight that is not trained. Inference leaves
/// the kernel as it is. Keras: `keras.layers.SpectralNormalization`.
public struct SpectralNormalization: UnaryLayer, Configurable {
  public var layer: InnerLayer
  public var powerIterations = 1
  public init(_ layer: any Layer) { self.layer = InnerLayer(layer) }

  public static let schema = Schema(
    "SpectralNormalization", "A layer whose kernel is kept at the spectral norm 1.",
    prototype: Self(Dense(1)),
    Field("layer", \.layer, "A layer with a kernel, or an Embedding.").required,
    Field(
      "power_iterations", \.powerIterations, "Steps of the estimate in each training step.",
      check: within(1...1000)))

  /// The path of the normalized weight below the layer's own, among the weights there are.
  /// - Parameter owner: the path of the wrapper in its model.
  public func kernel(of owner: [String], among weights: some Sequence<ParameterSpec>) -> ParameterSpec? {
    weights.first {
      $0.owner == owner + [layer.named.name] && ["kernel", "embeddings"].contains($0.name)
    }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let results = try scope.apply(layer.named, [x])
    let known = scope.parameters.map(\.spec)
    guard results.count == 1,
      let kernel = kernel(of: scope.owner, among: known), let columns = kernel.shape.last
    else { throw Diagnostic.noKernel(layer.named.layer.className, at: scope.graph.origin) }
    let start = Initializer.truncatedNormal(deviation: 0.02)
    _ = try scope.parameter("vector_u", [1, columns], start, isTrainable: false)
    if scope.phase == .training {
      let (path, shape, vector) = (kernel.path, kernel.shape, scope.fullPath("vector_u"))
      let iterations = powerIterations
      let isNew = scope.prepare([path, vector]) { graph in
        let kernel = graph.leaf(.parameter(path), TensorType(shape.map { .size($0) }))
        let u = graph.leaf(.parameter(vector), TensorType([.size(1), .size(columns)]))
        let (scaled, next) = try Self.normalized(kernel, by: u, columns: columns, iterations: iterations)
        return [(path, scaled), (vector, next)]
      }
      if !isNew { scope.obstructTraining(.normalizedTwice(at: scope.graph.origin)) }
    }
    return results[0]
  }

  /// The kernel divided by its largest singular value, and the vector that this was estimated with.
  private static func normalized(
    _ kernel: Value, by u: Value, columns: Int, iterations: Int
  ) throws -> (kernel: Value, vector: Value) {
    let rows = kernel.type.sampleCount / max(1, columns)
    let matrix = try kernel.reshaped(to: [.size(rows), .size(columns)])
    func unit(_ x: Value) throws -> Value {
      try x * x.square().sum().maximum(1e-14).reciprocalSquareRoot()
    }
    var (left, right) = (u, u)
    for _ in 0..<iterations {
      left = try unit(right.multiplied(by: matrix, transposingRight: true))
      right = try unit(left.multiplied(by: matrix))
    }
    let sigma = try (left.multiplied(by: matrix) * right).sum()
    // A kernel of zeros has no direction.
    let isZero = try kernel.abs().max() .== 0
    return (
      try Value.select(isZero, kernel, kernel / sigma), try Value.select(isZero, u, right)
    )
  }
}

extension Diagnostic {
  /// E0367: a layer without a kernel to normalize.
  fileprivate static func noKernel(_ layer: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0367", "SpectralNormalization needs a layer with one kernel, \(layer) has none",
      at: span.map { Label($0, "has nothing to normalize") },
      help: "it takes Dense, EinsumDense, convolutions and Embedding")
  }

  /// E0368: a normalized layer that is trained in two places.
  fileprivate static func normalizedTwice(at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0368", "a SpectralNormalization that is called twice cannot be trained",
      at: span.map { Label($0, "called again here") },
      help: "Keras changes the kernel between the calls; give each call a layer of its own")
  }
}
