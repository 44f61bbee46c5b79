public import Diagnostics
import KernelABI
import TensorCore

// What networks put behind their products and is made of several ops; functions of one are in `Functions`.

extension Value {
  /// `x` above a threshold, another number elsewhere.
  ///
  /// Keras: `keras.ops.threshold`.
  public func threshold(_ threshold: Float, else number: Float) throws(Diagnostic) -> Value {
    try Value.select(self .> threshold, self, number)
  }
  /// `x`, and 0 between -threshold and threshold.
  ///
  /// Keras: `keras.ops.hard_shrink`.
  public func hardShrink(_ threshold: Float = 0.5) throws(Diagnostic) -> Value {
    try Value.select(abs() .> threshold, self, 0)
  }
  /// `x` moved towards 0 by the threshold, and 0 closer to it.
  ///
  /// Keras: `keras.ops.soft_shrink`.
  public func softShrink(_ threshold: Float = 0.5) throws(Diagnostic) -> Value {
    try Value.select(abs() .> threshold, self - sign() * threshold, 0)
  }
  /// `x - tanh x`.
  ///
  /// Keras: `keras.ops.tanh_shrink`.
  public func tanhShrink() throws(Diagnostic) -> Value { try self - tanh() }
  /// `(x + √(x² + b)) / 2`.
  ///
  /// Keras: `keras.ops.squareplus`.
  public func squareplus(_ b: Float = 4) throws(Diagnostic) -> Value {
    try (self + (square() + b).squareRoot()) * 0.5
  }
  /// 0 up to -1, `(x + 1)² / 4` up to 1, then x.
  ///
  /// Keras: `keras.ops.sparse_plus`.
  public func sparsePlus() throws(Diagnostic) -> Value {
    let bend = try (clipped(-1, 1) + 1).square() * 0.25
    return try Value.select(self .>= 1, self, bend)
  }
  /// `(x + 1) / 2` between -1 and 1, 0 before and 1 behind.
  ///
  /// Keras: `keras.ops.sparse_sigmoid`.
  public func sparseSigmoid() throws(Diagnostic) -> Value { try (clipped(-1, 1) + 1) * 0.5 }
  /// The first half of an axis times the sigmoid of the second.
  ///
  /// Keras: `keras.ops.glu`.
  public func glu(axis: Int = -1) throws(Diagnostic) -> Value {
    let halves = try split(into: 2, axis: axis)
    return try halves[0] * halves[1].sigmoid()
  }

  /// eˣ / Σ eˣ along an axis.
  ///
  /// Keras: `keras.ops.softmax`.
  public func softmax(axis: Int = -1) throws(Diagnostic) -> Value {
    if type.rank == 1 {
      return try expandingDimensions(at: 0).softmax(axis: axis).reshaped(to: type.dims)
    }
    return try graph.apply(Softmax(), movingAxis(axis, to: -1).cast(to: .float32)).movingAxis(-1, to: axis)
  }

  /// The logarithm of a softmax, without its underflow.
  ///
  /// Keras: `keras.ops.log_softmax`.
  public func logSoftmax(axis: Int = -1) throws(Diagnostic) -> Value {
    let level = try self - max(over: [axis], keepingDimensions: true).withoutGradient()
    return try level - level.exp().sum(over: [axis], keepingDimensions: true).log()
  }
}
