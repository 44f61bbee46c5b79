import TensorCore

/// Numbers without structure, uniform in -1 ..< 1; the same for every run, other ones for every name.
public func noise(_ count: Int, _ name: String, seed: UInt64 = 0) -> [Float] {
  let stream = RandomStream(seed: seed, "noise/\(name)")
  return (0..<count).map { 2 * stream.uniform($0) - 1 }
}

/// Whole numbers of a range, one after another from a named stream: what property tests draw their cases from.
public struct Draws {
  private let stream: RandomStream
  private var next = 0

  public init(_ name: String, seed: UInt64) { stream = RandomStream(seed: seed, name) }

  public mutating func draw(_ range: ClosedRange<Int>) -> Int {
    defer { next += 1 }
    return range.lowerBound + Int(stream[next]) % range.count
  }

  public mutating func pick<T>(_ options: [T]) -> T { options[draw(0...options.count - 1)] }
}

/// The bits of numbers, with one pattern for every NaN: which of them comes out is not promised.
public func bits(_ numbers: [Float]) -> [UInt32] { numbers.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }

/// A label as the engine stores it, in the memory of a float.
public func asFloat(_ label: Int) -> Float { Float(bitPattern: UInt32(bitPattern: Int32(label))) }
