import KernelABI

extension Compiled {
  /// One pass of a rule over `count` numbers from `start` on; see ``UpdateRule`` for the formulas.
  static func update(
    _ rule: Int32, _ weights: Out, _ gradients: Out, _ slots: UnsafePointer<Out>, _ start: Int, _ count: Int,
    _ p: In
  ) {
    guard let rule = UpdateRule(rawValue: rule) else { return }
    let (w, g) = (weights + start, gradients + start)
    switch rule {
    case .descent: descent(w, g, count, p[0])
    case .momentum: momentum(w, g, slots[0] + start, count, p[0], p[1], false)
    case .nesterov: momentum(w, g, slots[0] + start, count, p[0], p[1], true)
    case .rmsprop: rmsprop(w, g, slots, start, count, p, hasMomentum: false, isCentered: false)
    case .rmspropMomentum: rmsprop(w, g, slots, start, count, p, hasMomentum: true, isCentered: false)
    case .centeredRMSprop: rmsprop(w, g, slots, start, count, p, hasMomentum: false, isCentered: true)
    case .centeredRMSpropMomentum: rmsprop(w, g, slots, start, count, p, hasMomentum: true, isCentered: true)
    case .adagrad: adagrad(w, g, slots[0] + start, count, p[0], p[1])
    case .adadelta: adadelta(w, g, slots[0] + start, slots[1] + start, count, p)
    case .adam: adam(w, g, slots[0] + start, slots[1] + start, count, p[0], p[1], p[2], p[3])
    case .amsgrad: amsgrad(w, g, slots[0] + start, slots[1] + start, slots[2] + start, count, p)
    case .adamax: adamax(w, g, slots[0] + start, slots[1] + start, count, p)
    case .nadam: nadam(w, g, slots[0] + start, slots[1] + start, count, p)
    case .ftrl: ftrl(w, g, slots[0] + start, slots[1] + start, count, p)
    case .lion: lion(w, g, slots[0] + start, count, p)
    case .lamb: lamb(g, slots[0] + start, slots[1] + start, count, p)
    case .muon: muon(g, slots[0] + start, count, p)
    case .scale, .clip, .decay, .average, .overwrite, .accumulate, .accumulatedMean:
      around(rule, w, g, slots, start, count, p[0])
    }
  }
}

/// What goes before and after the step of any optimizer.
private func around(
  _ rule: UpdateRule, _ w: Out, _ g: Out, _ slots: UnsafePointer<Out>, _ start: Int, _ count: Int, _ p: Float
) {
  switch rule {
  case .scale: for i in 0..<count { g[i] *= p }
  case .clip: for i in 0..<count { g[i] = g[i] < 0 - p ? 0 - p : g[i] > p ? p : g[i] }
  case .decay: for i in 0..<count { w[i] = fma(0 - p, w[i], w[i]) }
  case .average:
    let (a, rest) = (slots[0] + start, 1 - p)
    for i in 0..<count { a[i] = fma(p, a[i], rest * w[i]) }
  case .overwrite:
    let a = slots[0] + start
    for i in 0..<count { w[i] = a[i] }
  case .accumulate:
    let a = slots[0] + start
    for i in 0..<count { a[i] += g[i] }
  case .accumulatedMean:
    let a = slots[0] + start
    for i in 0..<count {
      g[i] = (g[i] + a[i]) / p
      a[i] = 0
    }
  default: break
  }
}

private func descent(_ w: Out, _ g: Out, _ count: Int, _ rate: Float) {
  let step = 0 - rate
  for i in 0..<count { w[i] = fma(step, g[i], w[i]) }
}

private func momentum(
  _ w: Out, _ g: Out, _ m: Out, _ count: Int, _ rate: Float, _ momentum: Float, _ nesterov: Bool
) {
  let step = 0 - rate
  if nesterov {
    for i in 0..<count {
      let down = step * g[i]
      let next = fma(momentum, m[i], down)
      m[i] = next
      w[i] += fma(momentum, next, down)
    }
  } else {
    for i in 0..<count {
      let next = fma(momentum, m[i], step * g[i])
      m[i] = next
      w[i] += next
    }
  }
}

@inline(__always)
private func rmsprop(
  _ w: Out, _ g: Out, _ slots: UnsafePointer<Out>, _ start: Int, _ count: Int, _ p: In, hasMomentum: Bool,
  isCentered: Bool
) {
  let (rate, rho, c, epsilon, kept) = (p[0], p[1], p[2], p[3], p[4])
  let v = slots[0] + start
  // Slots that are not there are not touched; v stands in for them.
  let m = hasMomentum ? slots[1] + start : v
  let mean = isCentered ? slots[hasMomentum ? 2 : 1] + start : v
  for i in 0..<count {
    let velocity = fma(rho, v[i], c * (g[i] * g[i]))
    v[i] = velocity
    var divisor = velocity + epsilon
    if isCentered {
      let average = fma(rho, mean[i], c * g[i])
      mean[i] = average
      divisor = (velocity - average * average) + epsilon
    }
    var step = rate * g[i] / divisor.squareRoot()
    if hasMomentum {
      step = fma(kept, m[i], step)
      m[i] = step
    }
    w[i] -= step
  }
}

private func adagrad(_ w: Out, _ g: Out, _ a: Out, _ count: Int, _ rate: Float, _ epsilon: Float) {
  for i in 0..<count {
    let total = fma(g[i], g[i], a[i])
    a[i] = total
    w[i] -= rate * g[i] / (total + epsilon).squareRoot()
  }
}

private func adadelta(_ w: Out, _ g: Out, _ a: Out, _ d: Out, _ count: Int, _ p: In) {
  let (rate, rho, c, epsilon) = (p[0], p[1], p[2], p[3])
  for i in 0..<count {
    let squares = fma(rho, a[i], c * (g[i] * g[i]))
    a[i] = squares
    let step = 0 - (d[i] + epsilon).squareRoot() * g[i] / (squares + epsilon).squareRoot()
    d[i] = fma(rho, d[i], c * (step * step))
    w[i] = fma(rate, step, w[i])
  }
}

/// Epsilon is added to the root as it is.
///
/// `rate` already holds both bias corrections. `c1` and `c2` are `1 - beta`, taken before rounding to float,
/// as Keras does.
private func adam(
  _ w: Out, _ g: Out, _ m: Out, _ v: Out, _ count: Int, _ rate: Float, _ c1: Float, _ c2: Float,
  _ epsilon: Float
) {
  for i in 0..<count {
    let first = fma(g[i] - m[i], c1, m[i])
    let second = fma(fma(g[i], g[i], 0 - v[i]), c2, v[i])
    m[i] = first
    v[i] = second
    w[i] -= rate * first / (second.squareRoot() + epsilon)
  }
}

private func amsgrad(_ w: Out, _ g: Out, _ m: Out, _ v: Out, _ largest: Out, _ count: Int, _ p: In) {
  let (rate, c1, c2, epsilon) = (p[0], p[1], p[2], p[3])
  for i in 0..<count {
    let first = fma(g[i] - m[i], c1, m[i])
    let second = fma(fma(g[i], g[i], 0 - v[i]), c2, v[i])
    let top = largest[i] > second ? largest[i] : second
    m[i] = first
    v[i] = second
    largest[i] = top
    w[i] -= rate * first / (top.squareRoot() + epsilon)
  }
}

private func adamax(_ w: Out, _ g: Out, _ m: Out, _ u: Out, _ count: Int, _ p: In) {
  let (rate, c1, beta2, epsilon) = (p[0], p[1], p[2], p[3])
  for i in 0..<count {
    let first = fma(g[i] - m[i], c1, m[i])
    let (kept, size) = (beta2 * u[i], float(bits(g[i]) & 0x7fff_ffff))
    let norm = kept > size ? kept : size
    m[i] = first
    u[i] = norm
    w[i] -= rate * first / (norm + epsilon)
  }
}

private func nadam(_ w: Out, _ g: Out, _ m: Out, _ v: Out, _ count: Int, _ p: In) {
  let (rate, c1, c2, epsilon, ahead, now, correction) = (p[0], p[1], p[2], p[3], p[4], p[5], p[6])
  for i in 0..<count {
    let first = fma(g[i] - m[i], c1, m[i])
    let second = fma(fma(g[i], g[i], 0 - v[i]), c2, v[i])
    m[i] = first
    v[i] = second
    let step = fma(ahead, first, now * g[i])
    w[i] -= step * rate / ((second * correction).squareRoot() + epsilon)
  }
}

/// Accumulators are raised to `exponent` by root where it is one half, Keras's default.
@inline(__always) private func raised(_ x: Float, _ exponent: Float) -> Float {
  x > 0 ? exp(exponent * log(x)) : exponent > 0 ? 0 : 1
}

private func ftrl(_ w: Out, _ g: Out, _ a: Out, _ l: Out, _ count: Int, _ p: In) {
  if p[1] == 0.5 {
    ftrl(w, g, a, l, count, p) { x, _ in x.squareRoot() }
  } else {
    ftrl(w, g, a, l, count, p) { raised($0, $1) }
  }
}

@inline(__always)
private func ftrl(
  _ w: Out, _ g: Out, _ a: Out, _ l: Out, _ count: Int, _ p: In, _ power: (Float, Float) -> Float
) {
  let (rate, exponent, bound, l2, shrinkage) = (p[0], p[1], p[2], p[3], p[4])
  for i in 0..<count {
    let total = fma(g[i], g[i], a[i])
    let root = power(total, exponent)
    let pull = (root - power(a[i], exponent)) / rate
    let linear = l[i] + (fma(shrinkage, w[i], g[i]) - pull * w[i])
    let clipped = linear < 0 - bound ? 0 - bound : linear > bound ? bound : linear
    w[i] = (clipped - linear) / (root / rate + l2)
    a[i] = total
    l[i] = linear
  }
}

private func lion(_ w: Out, _ g: Out, _ m: Out, _ count: Int, _ p: In) {
  let (rate, beta1, c1, beta2, c2) = (p[0], p[1], p[2], p[3], p[4])
  for i in 0..<count {
    let direction = fma(beta1, m[i], c1 * g[i])
    // What is not a number stays none.
    let step = direction > 0 ? rate : direction < 0 ? 0 - rate : direction
    m[i] = fma(beta2, m[i], c2 * g[i])
    w[i] -= step
  }
}

private func lamb(_ g: Out, _ m: Out, _ v: Out, _ count: Int, _ p: In) {
  let (c1, c2, epsilon, first, second) = (p[1], p[2], p[3], p[4], p[5])
  for i in 0..<count {
    let mean = fma(g[i] - m[i], c1, m[i])
    let square = fma(fma(g[i], g[i], 0 - v[i]), c2, v[i])
    m[i] = mean
    v[i] = square
    g[i] = mean * first / ((square * second).squareRoot() + epsilon)
  }
}

private func muon(_ g: Out, _ m: Out, _ count: Int, _ p: In) {
  let (fade, ahead, own) = (p[0], p[1], p[2])
  for i in 0..<count {
    let next = m[i] + fma(fade, m[i], g[i])
    m[i] = next
    g[i] = fma(ahead, next, own * g[i])
  }
}

extension Compiled {
  /// Σ x² in 16 lanes and a fixed tree.
  static func sumOfSquares(_ x: In, _ count: Int) -> Float {
    var (a, b) = (Lanes(), Lanes())
    var i = 0
    while i + 32 <= count {
      let (p, q) = (load(x + i), load(x + i + 16))
      a = fma(p, p, a)
      b = fma(q, q, b)
      i += 32
    }
    while i < count {
      a[i & 15] = fma(x[i], x[i], a[i & 15])
      i += 1
    }
    return sumTree(a + b)
  }
}
