@testable import Exports
import RunEvents
import RunLog
import Testing

@Suite struct TensorBoardTests {
  /// The payloads of a file of records, each with its length and checksums as they should be.
  private func records(_ bytes: [UInt8]) throws -> [[UInt8]] {
    func number(_ place: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
    }
    func masked(_ part: ArraySlice<UInt8>) -> UInt64 {
      let sum = crc32c(Array(part))
      return UInt64((sum >> 15 | sum << 17) &+ 0xA282_EAD8)
    }
    var (place, result) = (0, [[UInt8]]())
    while place < bytes.count {
      let length = Int(number(place, 8))
      #expect(number(place + 8, 4) == masked(bytes[place..<place + 8]))
      let payload = bytes[place + 12..<place + 12 + length]
      #expect(number(place + 12 + length, 4) == masked(payload))
      result.append(Array(payload))
      place += 16 + length
    }
    return result
  }

  private func bytes(_ file: ExportFile) throws -> [UInt8] {
    guard case .bytes(let bytes) = file.content else { return [] }
    return bytes
  }

  @Test func `the checksum is Castagnoli's`() {
    #expect(crc32c(Array("123456789".utf8)) == 0xE306_9283)
    #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
  }

  @Test func `every series has a folder, the validation one of its own`() {
    let paths = TensorBoardLog.files(sample()).map(\.path)
    let name = "events.out.tfevents.1700000000.runexp"
    #expect(paths == ["m/train/\(name)", "m/validation/\(name)", "test/\(name)"])
  }

  @Test func `a file begins with its version and has a record for each value`() throws {
    let records = try records(bytes(TensorBoardLog.files(sample())[0]))
    #expect(records.count == 3)
    #expect(String(decoding: records[0].suffix(13), as: UTF8.self) == "brain.Event:2")
  }

  @Test func `a value is a protocol buffer with tag, step and number`() throws {
    let record = try records(bytes(TensorBoardLog.files(sample())[0]))[2]
    // Wall time (a double), step 2, a summary with one value: tag "loss" and 0.25 in single precision.
    let time = withUnsafeBytes(of: 1_700_000_000.25.bitPattern.littleEndian) { Array($0) }
    #expect(
      record == [0x09] + time + [0x10, 2, 0x2A, 13, 0x0A, 11, 0x0A, 4] + Array("loss".utf8)
        + [0x15, 0, 0, 0x80, 0x3E])
  }

  @Test func `values that are no numbers are kept`() throws {
    let run = sample(metrics: [history("loss", .nan, -.infinity)])
    let records = try records(bytes(TensorBoardLog.files(run)[0]))
    #expect(records[1].suffix(4) == [0, 0, 0xC0, 0x7F])
    #expect(records[2].suffix(4) == [0, 0, 0x80, 0xFF])
  }

  @Test func `names cannot leave the folder`() {
    var metric = history("loss", 1)
    metric.series = "../../x"
    #expect(TensorBoardLog.files(sample(metrics: [metric])).allSatisfy { $0.path.hasPrefix("_/_/x/") })
  }
}
