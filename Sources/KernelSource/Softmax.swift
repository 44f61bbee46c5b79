// Softmax of rows and the cross-entropies on top of it. Sums run in 16 lanes and a fixed tree.

@inline(__always) func largest(_ x: In, _ count: Int) -> Float {
  var m = Lanes(repeating: -.infinity)
  var i = 0
  while i + 16 <= count {
    m = maximum(load(x + i), m)
    i += 16
  }
  var best = maxTree(m)
  while i < count {
    best = x[i] > best ? x[i] : best
    i += 1
  }
  return best
}

extension Compiled {
  static func softmax(_ x: In, _ y: Out, _ rows: Int, _ columns: Int) {
    for r in 0..<rows {
      let (from, to) = (x + r * columns, y + r * columns)
      let top = largest(from, columns)
      for j in 0..<columns { to[j] = expOfNegative(from[j] - top) }
      let scale = 1 / sum(to, columns)
      for j in 0..<columns { to[j] *= scale }
    }
  }

  /// `dx = y · (g - Σ g·y)`.
  static func softmaxGradient(_ y: In, _ g: In, _ dx: Out, _ rows: Int, _ columns: Int) {
    for r in 0..<rows {
      let (p, up, down) = (y + r * columns, g + r * columns, dx + r * columns)
      let mean = dot(p, up, columns)
      for j in 0..<columns { down[j] = p[j] * (up[j] - mean) }
    }
  }
}

@inline(__always) func dot(_ a: In, _ b: In, _ count: Int) -> Float {
  var total = Lanes()
  var i = 0
  while i + 16 <= count {
    total = fma(load(a + i), load(b + i), total)
    i += 16
  }
  for lane in 0..<16 where i + lane < count { total[lane] = fma(a[i + lane], b[i + lane], total[lane]) }
  return sumTree(total)
}

/// The logarithm of Σ eˣ needs no second pass of exponentials: the largest probability is 1 / Σ e^(x - top).
@inline(__always) private func logSumExp(_ z: In, _ p: In, _ columns: Int) -> Float {
  largest(z, columns) - log(largest(p, columns))
}

extension Compiled {
  static func sparseCrossEntropy(
    _ z: In, _ p: In, _ labels: UnsafePointer<Int32>, _ losses: Out, _ rows: Int, _ columns: Int
  ) {
    for r in 0..<rows {
      let label = Int(labels[r])
      // As in Keras a label outside the classes has no probability at all.
      losses[r] =
        label >= 0 && label < columns
        ? logSumExp(z + r * columns, p + r * columns, columns) - z[r * columns + label] : .nan
    }
  }

  static func sparseCrossEntropyGradient(
    _ p: In, _ labels: UnsafePointer<Int32>, _ g: In, _ dz: Out, _ rows: Int, _ columns: Int
  ) {
    for r in 0..<rows {
      let (from, to, scale, label) = (p + r * columns, dz + r * columns, g[r], Int(labels[r]))
      let kept = label >= 0 && label < columns ? from[label] : .nan
      for j in 0..<columns { to[j] = from[j] * scale }
      if label >= 0 && label < columns { to[label] = (kept - 1) * scale }
    }
  }

  /// `Σ t · (logSumExp - z)`.
  static func crossEntropy(_ z: In, _ p: In, _ t: In, _ losses: Out, _ rows: Int, _ columns: Int) {
    for r in 0..<rows {
      let (logits, target) = (z + r * columns, t + r * columns)
      let level = logSumExp(logits, p + r * columns, columns)
      var total = Lanes()
      for j in 0..<columns { total[j & 15] = fma(target[j], level - logits[j], total[j & 15]) }
      losses[r] = sumTree(total)
    }
  }

  /// `p · Σ t - t`, scaled by the gradient of the loss.
  static func crossEntropyGradient(_ p: In, _ t: In, _ g: In, _ dz: Out, _ rows: Int, _ columns: Int) {
    for r in 0..<rows {
      let (from, target, to, scale) = (p + r * columns, t + r * columns, dz + r * columns, g[r])
      let mass = sum(target, columns)
      for j in 0..<columns { to[j] = fma(from[j], mass, 0 - target[j]) * scale }
    }
  }

  /// `max(x, 0) - x·t + ln(1 + e^-|x|)`.
  static func binaryCrossEntropy(_ x: In, _ t: In, _ y: Out, _ count: Int) {
    // The terms are added in this order so that a right and certain answer leaves the small logarithm alone.
    for i in 0..<count {
      let magnitude = x[i] > 0 ? 0 - x[i] : x[i]
      y[i] = ((x[i] > 0 ? x[i] : 0) - x[i] * t[i]) + log1p(expOfNegative(magnitude))
    }
  }

  static func binaryCrossEntropyGradient(_ x: In, _ t: In, _ g: In, _ dx: Out, _ count: Int) {
    for i in 0..<count { dx[i] = (sigmoid(x[i]) - t[i]) * g[i] }
  }
}
