public import Diagnostics
public import TensorCore

extension Graph {
  /// Random numbers, other ones in every training step.
  ///
  /// Keras: `keras.random.uniform`, `normal`, `truncated_normal`.
  /// - Parameters:
  ///   - stream: one of its own for every purpose, such as `RandomStream(seed: 7, "mlp/noise")`.
  ///   - step: the leaf that holds the number of the step.
  public func random(
    _ distribution: RandomNumbers.Distribution, _ dims: [Dim], stream: RandomStream, step: Value
  ) throws(Diagnostic) -> Value {
    try apply(RandomNumbers(distribution, dims, stream: stream), step)
  }
}
