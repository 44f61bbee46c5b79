import KernelABI

@inline(__always)
private func each(_ a: In, _ b: In, _ y: Out, _ count: Int, _ f: (Float, Float) -> Float) {
  for i in 0..<count { y[i] = f(a[i], b[i]) }
}

func binary(_ function: Int32, _ a: In, _ b: In, _ y: Out, _ count: Int) {
  guard let function = BinaryFunction(rawValue: function) else { return }
  switch function {
  case .add: each(a, b, y, count) { $0 + $1 }
  case .subtract: each(a, b, y, count) { $0 - $1 }
  case .multiply: each(a, b, y, count) { $0 * $1 }
  case .divide: each(a, b, y, count) { $0 / $1 }
  case .maximum: each(a, b, y, count) { $0 > $1 || $0 != $0 ? $0 : $1 }
  case .minimum: each(a, b, y, count) { $0 < $1 || $0 != $0 ? $0 : $1 }
  }
}

func affine(_ x: In, _ y: Out, _ count: Int, _ scale: Float, _ offset: Float) {
  for i in 0..<count { y[i] = fma(x[i], scale, offset) }
}

func addRow(_ x: In, _ row: In, _ y: Out, _ rows: Int, _ columns: Int) {
  for r in 0..<rows {
    let (from, to) = (x + r * columns, y + r * columns)
    for j in 0..<columns { to[j] = from[j] + row[j] }
  }
}

func bytesToFloats(_ x: UnsafePointer<UInt8>, _ y: Out, _ count: Int, _ scale: Float, _ offset: Float) {
  for i in 0..<count { y[i] = fma(Float(x[i]), scale, offset) }
}
