// Rows brought to mean 0 and deviation 1, then scaled and shifted; or, not centred, to a mean square of 1.

/// The mean of a row, 0 if it is not centred, and what its distance from it is multiplied by.
@inline(__always)
private func moments(_ x: In, _ count: Int, _ epsilon: Float, _ isCentred: Bool) -> (
  mean: Float, factor: Float
) {
  let mean = isCentred ? Compiled.sum(x, count) / Float(count) : 0
  let m = Lanes(repeating: mean)
  var (a, b) = (Lanes(), Lanes())
  var i = 0
  while i + 32 <= count {
    let (p, q) = (load(x + i) - m, load(x + i + 16) - m)
    a = fma(p, p, a)
    b = fma(q, q, b)
    i += 32
  }
  for lane in 0..<16 where i + lane < count {
    let p = x[i + lane] - mean
    a[lane] = fma(p, p, a[lane])
  }
  for lane in 0..<16 where i + 16 + lane < count {
    let q = x[i + 16 + lane] - mean
    b[lane] = fma(q, q, b[lane])
  }
  return (mean, 1 / (sumTree(a + b) / Float(count) + epsilon).squareRoot())
}

extension Compiled {
  /// `y = (x - mean) · factor · gamma + beta`.
  static func normalizeRows(
    _ x: In, _ gamma: In?, _ beta: In?, _ y: Out, _ rows: Int, _ columns: Int, _ epsilon: Float,
    _ isCentred: Bool
  ) {
    for r in 0..<rows {
      let (from, to) = (x + r * columns, y + r * columns)
      let (mean, factor) = moments(from, columns, epsilon, isCentred)
      switch (gamma, beta) {
      case (let gamma?, let beta?):
        for j in 0..<columns { to[j] = fma((from[j] - mean) * factor, gamma[j], beta[j]) }
      case (let gamma?, nil): for j in 0..<columns { to[j] = (from[j] - mean) * factor * gamma[j] }
      case (nil, let beta?): for j in 0..<columns { to[j] = (from[j] - mean) * factor + beta[j] }
      case (nil, nil): for j in 0..<columns { to[j] = (from[j] - mean) * factor }
      }
    }
  }

  /// With h = g · gamma and n the normalized row: `dx = factor · (h - mean of h - n · mean of h·n)`.
  static func normalizeRowsGradient(
    _ x: In, _ gamma: In?, _ g: In, _ dx: Out, _ rows: Int, _ columns: Int, _ epsilon: Float,
    _ isCentred: Bool
  ) {
    for r in 0..<rows {
      let (from, up, to) = (x + r * columns, g + r * columns, dx + r * columns)
      let (mean, factor) = moments(from, columns, epsilon, isCentred)
      if let gamma {
        for j in 0..<columns { to[j] = up[j] * gamma[j] }
      } else {
        for j in 0..<columns { to[j] = up[j] }
      }
      let level = isCentred ? sum(In(to), columns) / Float(columns) : 0
      // Σ h · (x - mean), in lanes.
      var total = Lanes()
      let m = Lanes(repeating: mean)
      var i = 0
      while i + 16 <= columns {
        total = fma(load(to + i), load(from + i) - m, total)
        i += 16
      }
      for lane in 0..<16 where i + lane < columns {
        total[lane] = fma(to[i + lane], from[i + lane] - mean, total[lane])
      }
      let slope = sumTree(total) * factor / Float(columns)
      for j in 0..<columns { to[j] = factor * (to[j] - level - (from[j] - mean) * factor * slope) }
    }
  }

  /// The gradients of gamma and beta, columns `first ..< last` of each: sums over the rows, in order.
  static func normalizeRowsParameters(
    _ x: In, _ g: In, _ dGamma: Out, _ dBeta: Out, _ rows: Int, _ columns: Int, _ first: Int, _ last: Int,
    _ epsilon: Float, _ isCentred: Bool
  ) {
    clear(dGamma + first, last - first)
    clear(dBeta + first, last - first)
    for r in 0..<rows {
      let (from, up) = (x + r * columns, g + r * columns)
      let (mean, factor) = moments(from, columns, epsilon, isCentred)
      for j in first..<last { dGamma[j] = fma(up[j], (from[j] - mean) * factor, dGamma[j]) }
      for j in first..<last { dBeta[j] = dBeta[j] + up[j] }
    }
  }

  /// Mean and variance of columns, `stride` floats from row to row, each in the order of its rows.
  static func columnMoments(
    _ x: In, _ means: Out, _ variances: Out, _ rows: Int, _ columns: Int, _ stride: Int
  ) {
    let count = Float(rows)
    sumRows(x, means, rows, columns, stride)
    for j in 0..<columns { means[j] = means[j] / count }
    var j = 0
    while j + 16 <= columns {
      let mean = load(means + j)
      var total = Lanes()
      for r in 0..<rows {
        let distance = load(x + r * stride + j) - mean
        total = fma(distance, distance, total)
      }
      store(total, variances + j)
      j += 16
    }
    while j < columns {
      var total: Float = 0
      for r in 0..<rows {
        let distance = x[r * stride + j] - means[j]
        total = fma(distance, distance, total)
      }
      variances[j] = total
      j += 1
    }
    for j in 0..<columns { variances[j] = variances[j] / count }
  }

  /// Σ x·g and Σ g of columns, `stride` floats from row to row, each in the order of its rows.
  static func columnSums(
    _ x: In, _ g: In, _ products: Out, _ sums: Out, _ rows: Int, _ columns: Int, _ stride: Int
  ) {
    var j = 0
    while j + 16 <= columns {
      var (product, sum) = (Lanes(), Lanes())
      for r in 0..<rows {
        let slope = load(g + r * stride + j)
        product = fma(load(x + r * stride + j), slope, product)
        sum += slope
      }
      store(product, products + j)
      store(sum, sums + j)
      j += 16
    }
    while j < columns {
      var (product, sum): (Float, Float) = (0, 0)
      for r in 0..<rows {
        product = fma(x[r * stride + j], g[r * stride + j], product)
        sum += g[r * stride + j]
      }
      (products[j], sums[j]) = (product, sum)
      j += 1
    }
  }
}
