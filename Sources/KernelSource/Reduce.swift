/// Four accumulators of 16 lanes over blocks of 64, then the rest in one, then the tree.
func sum(_ x: In, _ count: Int) -> Float {
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

func sumRows(_ x: In, _ y: Out, _ rows: Int, _ columns: Int, _ stride: Int) {
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

func sumColumns(_ x: In, _ y: Out, _ rows: Int, _ columns: Int) {
  for r in 0..<rows { y[r] = sum(x + r * columns, columns) }
}
