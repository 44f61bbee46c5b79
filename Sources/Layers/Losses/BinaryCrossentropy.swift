public import Config
public import GraphEngine
import KernelABI

/// The cross-entropy of independent yes-or-no outputs, the mean over the last axis.
///
/// Keras: `keras.losses.BinaryCrossentropy`.
///
/// If the prediction comes straight from a sigmoid or a softmax, the logits before it are used, without clipping, as Keras does.
public struct BinaryCrossentropy: PlainLoss {
  public var fromLogits = false
  public var labelSmoothing = 0.0
  public init() {}

  public static let schema = Schema(
    "BinaryCrossentropy", "Cross-entropy of yes-or-no outputs.", prototype: Self(),
    Field("from_logits", \.fromLogits, "Whether predictions are logits instead of probabilities."),
    Field("label_smoothing", \.labelSmoothing, "How far targets are moved to one half.", check: within(0...1))
  )

  public func values(_ target: Value, _ prediction: Value) throws -> Value {
    let graph = prediction.graph
    var target = target
    if labelSmoothing > 0 {
      let (kept, spread) = (Float(1 - labelSmoothing), Float(labelSmoothing / 2))
      target = try graph.apply(Affine(scale: kept, offset: spread), target)
    }
    if let logits = prediction.logits(areGiven: fromLogits) {
      return try graph.apply(BinaryCrossEntropy(), logits, target).meanOverLastAxis()
    }
    let p = try graph.apply(Unary(.clipUnit, fuzz), prediction)
    let no = { (x: Value) in try graph.apply(Affine(scale: -1, offset: 1), x) }
    let yes = try graph.apply(Binary(.multiply), graph.apply(Unary(.log), p), target)
    let other = try graph.apply(Binary(.multiply), graph.apply(Unary(.log), no(p)), no(target))
    return try graph.apply(Unary(.negate), graph.apply(Binary(.add), yes, other)).meanOverLastAxis()
  }
}
