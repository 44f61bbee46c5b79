/// What is done to every trained number of a model by itself: the steps of the optimizers, and what goes around them.
///
/// Each works on weights w, gradients g and slots, all laid out alike, with a few numbers p that change from step to
/// step. Numbers whose gradient and slots are 0 stay as they are, so that padding stays 0.
public enum UpdateRule: Int32, Sendable, CaseIterable {
  /// `w -= p0 · g`.
  case descent
  /// `m = p1 · m - p0 · g`, `w += m`; with Nesterov `w += p1 · m - p0 · g`.
  case momentum, nesterov
  /// `v = p1 · v + p2 · g²`, `w -= p0 · g / √(v + p3)`; with momentum the step is first added to `p4 · m`, centered
  /// the square of the mean gradient is taken from v. Slots: v, [m], [mean].
  case rmsprop, rmspropMomentum, centeredRMSprop, centeredRMSpropMomentum
  /// `a += g²`, `w -= p0 · g / √(a + p1)`.
  case adagrad
  /// `a = p1 · a + p2 · g²`, `s = -g · √(d + p3) / √(a + p3)`, `d = p1 · d + p2 · s²`, `w += p0 · s`.
  case adadelta
  /// `m += (g - m) · p1`, `v += (g² - v) · p2`, `w -= p0 · m / (√v + p3)`; amsgrad takes the largest v so far.
  case adam, amsgrad
  /// `m += (g - m) · p1`, `u = max(p2 · u, |g|)`, `w -= p0 · m / (u + p3)`.
  case adamax
  /// Moments as ``adam``; `w -= (p4 · m + p5 · g) · p0 / (√(v · p6) + p3)`.
  case nadam
  /// Slots a and l. With `a' = a + g²` and `r(a) = a^p1`: `l += g + p4 · w - (r(a') - r(a)) / p0 · w`, then
  /// `w = (l clipped to ±p2 - l) / (r(a') / p0 + p3)`.
  case ftrl
  /// `w -= p0 · sign(p1 · m + p2 · g)`, `m = p3 · m + p4 · g`.
  case lion
  /// Moments as ``adam``; writes `m · p4 / (√(v · p5) + p3)` over the gradient, and leaves the weights.
  case lamb
  /// `m += g + p0 · m`, then `p1 · m + p2 · g` over the gradient; leaves the weights.
  case muon

  /// `g = g · p0`.
  case scale
  /// Limits g to ±p0.
  case clip
  /// `w -= p0 · w`.
  case decay
  /// `slot = p0 · slot + (1 - p0) · w`.
  case average
  /// `w = slot`.
  case overwrite
  /// `slot += g`.
  case accumulate
  /// `g = (g + slot) / p0`, `slot = 0`.
  case accumulatedMean

  /// Whether the rule leaves its step in the place of the gradient, to be scaled for each parameter and then taken.
  public var isLayerwise: Bool { self == .lamb }
}
