/// Floats at a fixed address, aligned for the widest vectors and zero at first.
///
/// Owns its memory.
public final class AlignedBuffer {
  public let pointer: UnsafeMutablePointer<Float>
  public let count: Int

  public init(_ count: Int) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(64, count * 4), alignment: 64)
    pointer = bytes.bindMemory(to: Float.self, capacity: max(16, count))
    pointer.initialize(repeating: 0, count: max(16, count))
  }

  /// The same numbers in memory of their own.
  public convenience init(copying numbers: [Float]) {
    self.init(numbers.count)
    numbers.withUnsafeBufferPointer {
      if let start = $0.baseAddress { pointer.update(from: start, count: $0.count) }
    }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
