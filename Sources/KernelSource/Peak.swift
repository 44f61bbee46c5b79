import KernelABI

// The fastest there can be: multiply-adds on sums that stay in registers, enough of them that none waits for the one
// before it.

extension Compiled {
  /// ``KernelSet/roundFlops`` floating-point operations, `rounds` times.
  static func multiplyAdd(_ rounds: Int) -> Float {
    let (x, y) = (Lanes(repeating: 0.75), Lanes(repeating: 0.0625))
    #if KERNEL_AVX512
      var sums: InlineArray<12, Lanes> = [
        start(0), start(1), start(2), start(3), start(4), start(5), start(6), start(7), start(8), start(9),
        start(10), start(11),
      ]
      for _ in 0..<4 * rounds {
        for i in 0..<12 { sums[unchecked: i] = step(sums[unchecked: i], x, y) }
      }
      for i in 1..<12 { sums[unchecked: 0] += sums[unchecked: i] }
    #else
      var sums: InlineArray<6, Lanes> = [start(0), start(1), start(2), start(3), start(4), start(5)]
      for _ in 0..<8 * rounds {
        for i in 0..<6 { sums[unchecked: i] = step(sums[unchecked: i], x, y) }
      }
      for i in 1..<6 { sums[unchecked: 0] += sums[unchecked: i] }
    #endif
    return sumTree(sums[unchecked: 0])
  }
}

/// Sums that differ, so that none is computed for another.
@inline(__always) private func start(_ number: Int32) -> Lanes { Lanes(repeating: Float(number)) }

/// In place, so that builds that compile file by file call no function of another one here.
@inline(__always) private func step(_ sum: Lanes, _ x: Lanes, _ y: Lanes) -> Lanes {
  #if KERNEL_BASELINE && arch(x86_64)
    return fma(sum, x, y)
  #else
    return y.addingProduct(sum, x)
  #endif
}
