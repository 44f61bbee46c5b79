/// The random numbers of one purpose: `RandomStream(seed, "mlp/dense_1/kernel")[i]`.
///
/// A number depends only on the seed, the name and its index. Adding a layer moves no other layer's numbers,
/// and it doesn't matter who asks first. The same bits come out on every machine: only integers and the
/// correctly rounded `+ - * / sqrt` are used, never the C library's logarithm.
public struct RandomStream: Sendable {
  /// The seed: Philox's key.
  public let key: SIMD2<UInt32>
  /// A hash of the name: the upper half of Philox's counter, whose lower half counts blocks of four numbers.
  public let stream: SIMD2<UInt32>

  public init(seed: UInt64, _ name: String) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    let hash = Self.hash(name)
    stream = SIMD2(UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
  }

  /// A stream whose seed and name are hashed already.
  public init(key: SIMD2<UInt32>, stream: SIMD2<UInt32>) {
    self.key = key
    self.stream = stream
  }

  /// The numbers of this purpose in one training step, other ones for every step.
  public func at(step: UInt64) -> RandomStream {
    let position = SIMD2(UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32))
    return RandomStream(key: key ^ stream, stream: position)
  }

  /// Numbers `4 * index` to `4 * index + 3` in one go.
  @inlinable
  public func block(_ index: Int) -> SIMD4<UInt32> {
    let low = UInt32(truncatingIfNeeded: index)
    let high = UInt32(truncatingIfNeeded: index >> 32)
    return Philox4x32.block(counter: SIMD4(low, high, stream.x, stream.y), key: key)
  }

  /// 32 random bits.
  /// - Parameter index: not negative.
  @inlinable
  public subscript(index: Int) -> UInt32 { block(index >> 2)[index & 3] }

  /// A number of [0, 1), a multiple of 2⁻²⁴.
  @inlinable
  public func uniform(_ index: Int) -> Float { Float(self[index] >> 8) * 0x1p-24 }

  /// A number of the normal distribution with mean 0 and deviation 1.
  public func normal(_ index: Int) -> Float {
    Float(normalQuantile((Double(self[index]) + 0.5) * 0x1p-32))
  }

  /// A number of the normal distribution cut off at two deviations, as Keras's `truncated_normal` draws it.
  ///
  /// Its deviation is not 1 but 0.8796.
  public func truncatedNormal(_ index: Int) -> Float {
    let below = 0.022750131948179209  // the normal distribution function at -2
    let uniform = (Double(self[index]) + 0.5) * 0x1p-32
    return Float(normalQuantile(below + uniform * (1 - 2 * below)))
  }

  /// The numbers from 0 to `count - 1` in random order, each order equally likely (Fisher–Yates).
  /// - Parameter count: at most 2³¹ - 1.
  public func permutation(_ count: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    var draws = Draws(self)
    var remaining = count
    while remaining > 1 {
      let choice = Int(draws.next(below: UInt32(remaining)))
      remaining -= 1
      order.swapAt(choice, remaining)
    }
    return order
  }

  /// FNV-1a, then the finalizer of splitmix64, so that names differing in one letter differ in every bit.
  private static func hash(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}

/// Takes the numbers of a stream one after another.
private struct Draws {
  private let stream: RandomStream
  private var position = 0
  private var words = SIMD4<UInt32>()

  init(_ stream: RandomStream) { self.stream = stream }

  mutating func next() -> UInt32 {
    if position & 3 == 0 { words = stream.block(position >> 2) }
    defer { position += 1 }
    return words[position & 3]
  }

  /// A whole number below `bound`, without bias: products whose low half would favour some numbers are drawn
  /// again (Lemire, 2019).
  mutating func next(below bound: UInt32) -> UInt32 {
    let threshold = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= threshold { return product.high }
    }
  }
}
