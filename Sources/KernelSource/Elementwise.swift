import KernelABI

/// Walks a matrix of results; an operand's columns are steps of 1, or of 0 where it repeats.
@inline(__always)
private func each<T, R>(
  _ a: UnsafePointer<T>, _ aSteps: (row: Int, column: Int), _ b: UnsafePointer<T>,
  _ bSteps: (row: Int, column: Int), _ y: UnsafeMutablePointer<R>, _ rows: Int, _ columns: Int,
  _ f: (T, T) -> R
) {
  for r in 0..<rows {
    let (q, to) = (b + r * bSteps.row, y + r * columns)
    // In place is a loop of its own: the compiler's vectors are for memory that does not overlap.
    let own = UnsafeRawPointer(to).assumingMemoryBound(to: T.self)
    let p = a + r * aSteps.row
    if p == own && aSteps.column == 1 {
      if bSteps.column == 0 {
        let second = q[0]
        for j in 0..<columns { to[j] = f(own[j], second) }
      } else {
        for j in 0..<columns { to[j] = f(own[j], q[j]) }
      }
    } else if aSteps.column == 0 {
      let first = p[0]
      if bSteps.column == 0 {
        let value = f(first, q[0])
        for j in 0..<columns { to[j] = value }
      } else {
        for j in 0..<columns { to[j] = f(first, q[j]) }
      }
    } else if bSteps.column == 0 {
      let second = q[0]
      for j in 0..<columns { to[j] = f(p[j], second) }
    } else {
      for j in 0..<columns { to[j] = f(p[j], q[j]) }
    }
  }
}

@inline(__always) private func truth(_ condition: Bool) -> Float { condition ? 1 : 0 }

extension Compiled {
  static func binaryRows(
    _ function: Int32, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ bColumn: Int, _ y: Out,
    _ rows: Int, _ columns: Int
  ) {
    guard let function = BinaryFunction(rawValue: function) else { return }
    let (s, t) = ((row: aRow, column: aColumn), (row: bRow, column: bColumn))
    switch function {
    case .add: each(a, s, b, t, y, rows, columns) { $0 + $1 }
    case .subtract: each(a, s, b, t, y, rows, columns) { $0 - $1 }
    case .multiply: each(a, s, b, t, y, rows, columns) { $0 * $1 }
    case .divide: each(a, s, b, t, y, rows, columns) { $0 / $1 }
    case .maximum: each(a, s, b, t, y, rows, columns) { $0 > $1 || $0 != $0 ? $0 : $1 }
    case .minimum: each(a, s, b, t, y, rows, columns) { $0 < $1 || $0 != $0 ? $0 : $1 }
    case .divideNoNaN: each(a, s, b, t, y, rows, columns) { $1 == 0 ? 0 : $0 / $1 }
    case .power: each(a, s, b, t, y, rows, columns) { power($0, $1) }
    case .floorDivide: each(a, s, b, t, y, rows, columns) { ($0 / $1).rounded(.down) }
    case .modulo: each(a, s, b, t, y, rows, columns) { modulo($0, $1) }
    case .arctangent: each(a, s, b, t, y, rows, columns) { arctangent($0, $1) }
    case .equal: each(a, s, b, t, y, rows, columns) { truth($0 == $1) }
    case .notEqual: each(a, s, b, t, y, rows, columns) { truth($0 != $1) }
    case .less: each(a, s, b, t, y, rows, columns) { truth($0 < $1) }
    case .lessOrEqual: each(a, s, b, t, y, rows, columns) { truth($0 <= $1) }
    case .greater: each(a, s, b, t, y, rows, columns) { truth($0 > $1) }
    case .greaterOrEqual: each(a, s, b, t, y, rows, columns) { truth($0 >= $1) }
    case .and: each(a, s, b, t, y, rows, columns) { truth($0 != 0 && $1 != 0) }
    case .or: each(a, s, b, t, y, rows, columns) { truth($0 != 0 || $1 != 0) }
    case .exclusiveOr: each(a, s, b, t, y, rows, columns) { truth(($0 != 0) != ($1 != 0)) }
    }
  }

  static func integerRows(
    _ function: Int32, _ a: Integers, _ aRow: Int, _ aColumn: Int, _ b: Integers, _ bRow: Int, _ bColumn: Int,
    _ y: UnsafeMutablePointer<Int32>, _ rows: Int, _ columns: Int
  ) {
    guard let function = BinaryFunction(rawValue: function) else { return }
    let (s, t) = ((row: aRow, column: aColumn), (row: bRow, column: bColumn))
    let one = bits(1 as Float)
    switch function {
    case .add: each(a, s, b, t, y, rows, columns) { $0 &+ $1 }
    case .subtract: each(a, s, b, t, y, rows, columns) { $0 &- $1 }
    case .multiply: each(a, s, b, t, y, rows, columns) { $0 &* $1 }
    case .maximum: each(a, s, b, t, y, rows, columns) { $0 > $1 ? $0 : $1 }
    case .minimum: each(a, s, b, t, y, rows, columns) { $0 < $1 ? $0 : $1 }
    case .floorDivide: each(a, s, b, t, y, rows, columns) { quotient($0, $1) }
    case .modulo: each(a, s, b, t, y, rows, columns) { $1 == 0 ? 0 : $0 &- quotient($0, $1) &* $1 }
    case .equal: each(a, s, b, t, y, rows, columns) { $0 == $1 ? one : 0 }
    case .notEqual: each(a, s, b, t, y, rows, columns) { $0 != $1 ? one : 0 }
    case .less: each(a, s, b, t, y, rows, columns) { $0 < $1 ? one : 0 }
    case .lessOrEqual: each(a, s, b, t, y, rows, columns) { $0 <= $1 ? one : 0 }
    case .greater: each(a, s, b, t, y, rows, columns) { $0 > $1 ? one : 0 }
    case .greaterOrEqual: each(a, s, b, t, y, rows, columns) { $0 >= $1 ? one : 0 }
    case .and: each(a, s, b, t, y, rows, columns) { $0 != 0 && $1 != 0 ? one : 0 }
    case .or: each(a, s, b, t, y, rows, columns) { $0 != 0 || $1 != 0 ? one : 0 }
    case .exclusiveOr: each(a, s, b, t, y, rows, columns) { ($0 != 0) != ($1 != 0) ? one : 0 }
    case .power: each(a, s, b, t, y, rows, columns) { wholePower($0, $1) }
    case .divide, .divideNoNaN, .arctangent: break
    }
  }
}

/// A power of whole numbers, which wraps around; below 0 the fraction is cut off.
@inline(__always) private func wholePower(_ a: Int32, _ exponent: Int32) -> Int32 {
  if exponent < 0 { return a == 1 || a == -1 && exponent & 1 == 0 ? 1 : a == -1 ? -1 : 0 }
  var (result, factor, rest): (Int32, Int32, Int32) = (1, a, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result = result &* factor }
    factor = factor &* factor
    rest >>= 1
  }
  return result
}

/// The quotient of whole numbers rounded down; 0 where there is none.
@inline(__always) private func quotient(_ a: Int32, _ b: Int32) -> Int32 {
  if b == 0 { return 0 }
  // In 64 bits, since the least number divided by -1 has no place in 32.
  let (x, y) = (Int64(a), Int64(b))
  let truncated = x / y
  let isBelow = (x < 0) != (y < 0) && truncated &* y != x
  return Int32(truncatingIfNeeded: isBelow ? truncated &- 1 : truncated)
}

extension Compiled {
  static func affine(_ x: In, _ y: Out, _ count: Int, _ scale: Float, _ offset: Float) {
    if x == In(y) {
      for i in 0..<count { y[i] = fma(y[i], scale, offset) }
    } else {
      for i in 0..<count { y[i] = fma(x[i], scale, offset) }
    }
  }

  static func bytesToFloats(
    _ x: UnsafePointer<UInt8>, _ y: Out, _ count: Int, _ scale: Float, _ offset: Float
  ) {
    for i in 0..<count { y[i] = fma(Float(x[i]), scale, offset) }
  }
}
