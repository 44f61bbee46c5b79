/// The one vector width every kernel is written in.
///
/// Hardware with narrower registers splits it; the arithmetic, and so every bit of the result, is the same on
/// all of them.
///
/// Only operations that compile to instructions are used on it: a standard-library generic that is not inlined
/// becomes a weak symbol of the same name in all three builds, and the linker keeps one copy for all.
typealias Lanes = SIMD16<Float>
typealias IntLanes = SIMD16<Int32>
typealias In = UnsafePointer<Float>
typealias Out = UnsafeMutablePointer<Float>
typealias Integers = UnsafePointer<Int32>

@inline(__always) func load(_ p: In) -> Lanes { UnsafeRawPointer(p).loadUnaligned(as: Lanes.self) }
@inline(__always) func load(_ p: Out) -> Lanes { UnsafeRawPointer(p).loadUnaligned(as: Lanes.self) }
@inline(__always) func store(_ v: Lanes, _ p: Out) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: Lanes.self)
}

@inline(__always) func clear(_ p: Out, _ count: Int) {
  for i in 0..<count { p[i] = 0 }
}

#if KERNEL_BASELINE && arch(x86_64)
  /// `a · b + c`, rounded once.
  ///
  /// x86 without FMA hardware gets the same bits by way of Double: the product of two floats is exact there,
  /// and rounding the sum to odd first makes the second rounding harmless. (Boldo and Melquiond, "Emulation
  /// of FMA and correctly rounded sums", 2008.)
  @inline(__always) func fma(_ a: Float, _ b: Float, _ c: Float) -> Float {
    let p = Double(a) * Double(b)
    let z = Double(c)
    let s = p + z
    let v = s - p
    let e = (p - (s - v)) + (z - v)
    let isInexact = e < 0 || e > 0
    let bits = s.bitPattern
    let step: UInt64 = ((e > 0) == (s > 0)) ? 1 : ~0
    let odd = isInexact && bits & 1 == 0 ? bits &+ step : bits
    return Float(Double(bitPattern: odd))
  }
  @inline(__always) func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes {
    var r = Lanes()
    for i in 0..<16 { r[i] = fma(a[i], b[i], c[i]) }
    return r
  }
#else
  @inline(__always) func fma(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }
  @inline(__always) func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a, b) }
#endif

@inline(__always) func bits(_ v: Lanes) -> IntLanes { unsafeBitCast(v, to: IntLanes.self) }
@inline(__always) func bits(_ x: Float) -> Int32 { Int32(bitPattern: x.bitPattern) }
@inline(__always) func float(_ x: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: x)) }

/// max(x, 0) that keeps NaN, in integer operations: zero where the sign is set and the bits are not above
/// those of minus infinity.
///
/// A floating-point select in a large unrolled kernel becomes a loop through memory.
@inline(__always) func relu(_ x: Lanes) -> Lanes {
  let b = bits(x)
  let belowNaN = b &- IntLanes(repeating: Int32(bitPattern: 0xFF80_0001))
  return unsafeBitCast(b & ~((belowNaN & b) &>> IntLanes(repeating: 31)), to: Lanes.self)
}

@inline(__always) func maximum(_ a: Lanes, _ b: Lanes) -> Lanes { b.replacing(with: a, where: a .> b) }

/// Adds the lanes in a fixed tree: 16 → 8 → 4 → 2 → 1.
@inline(__always) func sumTree(_ v: Lanes) -> Float {
  let a = v.lowHalf + v.highHalf
  let b = a.lowHalf + a.highHalf
  let c = b.lowHalf + b.highHalf
  return c.x + c.y
}

@inline(__always) func maxTree(_ v: Lanes) -> Float {
  let a = v.highHalf.replacing(with: v.lowHalf, where: v.lowHalf .> v.highHalf)
  let b = a.highHalf.replacing(with: a.lowHalf, where: a.lowHalf .> a.highHalf)
  let c = b.highHalf.replacing(with: b.lowHalf, where: b.lowHalf .> b.highHalf)
  return c.x > c.y ? c.x : c.y
}

@inline(__always) private func zipLow(_ a: Lanes, _ b: Lanes) -> Lanes {
  var r = Lanes()
  r.evenHalf = a.lowHalf
  r.oddHalf = b.lowHalf
  return r
}

@inline(__always) private func zipHigh(_ a: Lanes, _ b: Lanes) -> Lanes {
  var r = Lanes()
  r.evenHalf = a.highHalf
  r.oddHalf = b.highHalf
  return r
}

/// Transposes a 16 × 16 block in place, in four rounds of perfect shuffles.
@inline(__always) func transpose(_ x: inout InlineArray<16, Lanes>) {
  for _ in 0..<4 {
    var y = InlineArray<16, Lanes>(repeating: Lanes())
    for i in 0..<8 {
      y[unchecked: 2 * i] = zipLow(x[unchecked: i], x[unchecked: i + 8])
      y[unchecked: 2 * i + 1] = zipHigh(x[unchecked: i], x[unchecked: i + 8])
    }
    x = y
  }
}
