/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, 2011): ten rounds that turn a counter and a key into random
/// bits.
///
/// There is no state, so that number *i* of a stream can be had without the numbers before it, by any thread,
/// in any order.
public enum Philox4x32 {
  public typealias Block = SIMD4<UInt32>

  /// The four random words of one counter.
  @inlinable
  public static func block(counter: Block, key: SIMD2<UInt32>) -> Block {
    var (x, k) = (counter, key)
    for _ in 0..<10 {
      let first = x.x.multipliedFullWidth(by: 0xD251_1F53)
      let second = x.z.multipliedFullWidth(by: 0xCD9E_8D57)
      x = Block(second.high ^ x.y ^ k.x, second.low, first.high ^ x.w ^ k.y, first.low)
      k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return x
  }
}
