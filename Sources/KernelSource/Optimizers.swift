func sgd(_ w: Out, _ g: In, _ count: Int, _ rate: Float) {
  let step = 0 - rate
  for i in 0..<count { w[i] = fma(step, g[i], w[i]) }
}

/// `m = momentum · m - rate · g`, then `w += m`, or with Nesterov `w += momentum · m - rate · g`.
func momentum(_ w: Out, _ g: In, _ m: Out, _ count: Int, _ rate: Float, _ momentum: Float, _ nesterov: Bool) {
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

/// Epsilon is added to the root as it is.
///
/// `rate` already holds both bias corrections. `c1` and `c2` are `1 - beta`, taken before rounding to float,
/// as Keras does.
func adam(
  _ w: Out, _ g: In, _ m: Out, _ v: Out, _ count: Int, _ rate: Float, _ c1: Float, _ c2: Float,
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
