/// The records of a TensorBoard event file, and the protocol buffers in them.
///
/// A record is its length, the masked checksum of the length, the bytes, the masked checksum of the bytes (TensorFlow's
/// `record_writer.h`); a buffer is fields of a key and a value (`event.proto`, `summary.proto`).
public struct EventRecords: Sendable {
  public private(set) var bytes: [UInt8] = []

  /// Begins a file.
  /// - Parameter wallTime: seconds since 1970.
  public init(wallTime: Double) {
    var event = Message()
    event.add(double: wallTime, 1)
    event.add(text: "brain.Event:2", 3)
    append(event.bytes)
  }

  /// Adds one value of one series, in single precision as TensorBoard has it.
  public mutating func add(_ value: Double, tag: String, step: Int, wallTime: Double) {
    var point = Message()
    point.add(text: tag, 1)
    point.add(float: Float(value), 2)
    var summary = Message()
    summary.add(bytes: point.bytes, 1)
    var event = Message()
    event.add(double: wallTime, 1)
    event.add(whole: step, 2)
    event.add(bytes: summary.bytes, 5)
    append(event.bytes)
  }

  private mutating func append(_ record: [UInt8]) {
    let length = littleEndian(UInt64(record.count))
    bytes += length + littleEndian(Self.masked(length)) + record + littleEndian(Self.masked(record))
  }

  /// A checksum turned and shifted, so that a checksum of checksums says something.
  private static func masked(_ bytes: [UInt8]) -> UInt32 {
    let sum = crc32c(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}

/// The CRC-32C (Castagnoli) of some bytes.
package func crc32c(_ bytes: [UInt8]) -> UInt32 {
  var sum = UInt32.max
  for byte in bytes { sum = castagnoli[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
  return ~sum
}

private let castagnoli: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
}

private func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// A protocol buffer in the making.
private struct Message {
  private(set) var bytes: [UInt8] = []

  mutating func add(double value: Double, _ field: Int) { add(1, field, littleEndian(value.bitPattern)) }
  mutating func add(float value: Float, _ field: Int) { add(5, field, littleEndian(value.bitPattern)) }
  mutating func add(whole value: Int, _ field: Int) {
    add(0, field, Self.varint(UInt64(bitPattern: Int64(value))))
  }
  mutating func add(text: String, _ field: Int) { add(bytes: Array(text.utf8), field) }
  mutating func add(bytes value: [UInt8], _ field: Int) {
    add(2, field, Self.varint(UInt64(value.count)) + value)
  }

  private mutating func add(_ wireType: UInt64, _ field: Int, _ value: [UInt8]) {
    bytes += Self.varint(UInt64(field) << 3 | wireType) + value
  }

  /// Seven bits a byte, the lowest first.
  private static func varint(_ number: UInt64) -> [UInt8] {
    var (rest, bytes) = (number, [UInt8]())
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
