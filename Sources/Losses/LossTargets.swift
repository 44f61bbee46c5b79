/// What the targets of a loss say, beyond their shape.
public enum LossTargets: Sendable {
  /// How much of something.
  case numbers
  /// Numbers from 0 to 1, or classes of which two share one output.
  case probabilities
  /// How often something came up: numbers that are not negative.
  case counts
  /// -1 or 1, or two classes.
  case signs
  /// Whatever a function of one's own makes of them, or labels, which their shape and type tell.
  case any
}

extension Loss {
  /// Own losses take what they are given.
  public static var targets: LossTargets { .any }
}

extension MeanSquaredError { public static var targets: LossTargets { .numbers } }
extension MeanAbsoluteError { public static var targets: LossTargets { .numbers } }
extension MeanAbsolutePercentageError { public static var targets: LossTargets { .numbers } }
extension MeanSquaredLogarithmicError { public static var targets: LossTargets { .numbers } }
extension Huber { public static var targets: LossTargets { .numbers } }
extension LogCosh { public static var targets: LossTargets { .numbers } }
extension Poisson { public static var targets: LossTargets { .counts } }
extension CosineSimilarity { public static var targets: LossTargets { .numbers } }

extension BinaryCrossentropy { public static var targets: LossTargets { .probabilities } }
extension BinaryFocalCrossentropy { public static var targets: LossTargets { .probabilities } }
extension CategoricalCrossentropy { public static var targets: LossTargets { .probabilities } }
extension CategoricalFocalCrossentropy { public static var targets: LossTargets { .probabilities } }
extension KLDivergence { public static var targets: LossTargets { .probabilities } }
extension CategoricalHinge { public static var targets: LossTargets { .probabilities } }
extension Dice { public static var targets: LossTargets { .probabilities } }
extension Tversky { public static var targets: LossTargets { .probabilities } }

extension Hinge { public static var targets: LossTargets { .signs } }
extension SquaredHinge { public static var targets: LossTargets { .signs } }
