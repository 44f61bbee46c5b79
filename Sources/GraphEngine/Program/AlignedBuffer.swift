import Foundation

/// Floats at a fixed address, aligned for the widest vectors and zero at first.
///
/// Owns its memory.
public final class AlignedBuffer {
  public let pointer: UnsafeMutablePointer<Float>
  public let count: Int
  private let bytes: UnsafeMutableRawPointer

  public init(_ count: Int) {
    self.count = count
    let (capacity, alignment) = (max(16, count), 64)
    // Zeros from the system, which are no work before they are touched: most of a workspace never is.
    guard let bytes = calloc(capacity * MemoryLayout<Float>.stride + alignment, 1) else {
      preconditionFailure("no memory for \(capacity) floats")
    }
    self.bytes = bytes
    pointer = bytes.alignedUp(toMultipleOf: alignment).bindMemory(to: Float.self, capacity: capacity)
  }

  /// The same numbers in memory of their own.
  public convenience init(copying numbers: [Float]) {
    self.init(numbers.count)
    numbers.withUnsafeBufferPointer {
      if let start = $0.baseAddress { pointer.update(from: start, count: $0.count) }
    }
  }

  deinit { free(bytes) }
}
