import KernelABI

extension Compiled {
  /// Four accumulators of 16 lanes over blocks of 64, then the rest in one, then the tree.
  static func sum(_ x: In, _ count: Int) -> Float {
    var (a, b, c, d) = (Lanes(), Lanes(), Lanes(), Lanes())
    var i = 0
    while i + 64 <= count {
      a += load(x + i)
      b += load(x + i + 16)
      c += load(x + i + 32)
      d += load(x + i + 48)
      i += 64
    }
    var rest = Lanes()
    while i + 16 <= count {
      rest += load(x + i)
      i += 16
    }
    for lane in 0..<16 where i + lane < count { rest[lane] += x[i + lane] }
    return sumTree(((a + b) + (c + d)) + rest)
  }

  static func sumRows(_ x: In, _ y: Out, _ rows: Int, _ columns: Int, _ stride: Int) {
    var j = 0
    while j + 16 <= columns {
      var total = Lanes()
      for r in 0..<rows { total += load(x + r * stride + j) }
      store(total, y + j)
      j += 16
    }
    while j < columns {
      var total: Float = 0
      for r in 0..<rows { total += x[r * stride + j] }
      y[j] = total
      j += 1
    }
  }

  static func sumColumns(_ x: In, _ y: Out, _ rows: Int, _ columns: Int) {
    for r in 0..<rows { y[r] = sum(x + r * columns, columns) }
  }
}

@inline(__always) private func maximum(_ a: Float, _ b: Float) -> Float { a > b || a != a ? a : b }
@inline(__always) private func minimum(_ a: Float, _ b: Float) -> Float { a < b || a != a ? a : b }

/// Each column of the rows in order.
@inline(__always)
private func foldRows(
  _ x: In, _ y: Out, _ rows: Int, _ columns: Int, _ stride: Int, _ start: Float, _ f: (Float, Float) -> Float
) {
  for j in 0..<columns { y[j] = start }
  for r in 0..<rows {
    let row = x + r * stride
    for j in 0..<columns { y[j] = f(y[j], row[j]) }
  }
}

/// Each row in 16 lanes and a fixed tree.
@inline(__always)
private func foldColumns(
  _ x: In, _ y: Out, _ rows: Int, _ columns: Int, _ start: Float, _ f: (Float, Float) -> Float
) {
  for r in 0..<rows {
    let row = x + r * columns
    var lanes = Lanes(repeating: start)
    var i = 0
    while i + 16 <= columns {
      for lane in 0..<16 { lanes[lane] = f(lanes[lane], row[i + lane]) }
      i += 16
    }
    for lane in 0..<16 where i + lane < columns { lanes[lane] = f(lanes[lane], row[i + lane]) }
    var width = 8
    while width > 0 {
      for lane in 0..<width { lanes[lane] = f(lanes[lane], lanes[lane + width]) }
      width /= 2
    }
    y[r] = lanes[0]
  }
}

extension Compiled {
  /// ``ReduceFunction`` over the rows, like ``sumRows``.
  static func reduceRows(_ function: Int32, _ x: In, _ y: Out, _ rows: Int, _ columns: Int, _ stride: Int) {
    guard let function = ReduceFunction(rawValue: function) else { return }
    switch function {
    case .maximum: foldRows(x, y, rows, columns, stride, -.infinity) { maximum($0, $1) }
    case .minimum: foldRows(x, y, rows, columns, stride, .infinity) { minimum($0, $1) }
    case .product: foldRows(x, y, rows, columns, stride, 1) { $0 * $1 }
    }
  }

  /// ``ReduceFunction`` of each row, like ``sumColumns``.
  static func reduceColumns(_ function: Int32, _ x: In, _ y: Out, _ rows: Int, _ columns: Int) {
    guard let function = ReduceFunction(rawValue: function) else { return }
    switch function {
    case .maximum: foldColumns(x, y, rows, columns, -.infinity) { maximum($0, $1) }
    case .minimum: foldColumns(x, y, rows, columns, .infinity) { minimum($0, $1) }
    case .product: foldColumns(x, y, rows, columns, 1) { $0 * $1 }
    }
  }
}
