public import Config
public import Diagnostics
public import GraphEngine
import RunEvents

/// A run of numbers under a name, such as the weights of a model.
public struct NamedNumbers {
  public let name: String
  public let numbers: AlignedBuffer

  public init(_ name: String, _ numbers: AlignedBuffer) {
    self.name = name
    self.numbers = numbers
  }
}

/// What a checkpoint is on the disk: facts as JSON, and runs of numbers as they lie in memory, to the bit.
///
/// | bytes | |
/// |---|---|
/// | 8 | `RUNEXPCK` |
/// | 8 | version, now 1 |
/// | 8 | length of the whole file |
/// | 8 | length of the JSON text: `{"facts": …, "arrays": [{"name": …, "count": …}, …]}` |
/// | … | the JSON text; numbers in it are the shortest that read back as the same double |
/// | … | the runs one after another, 4 bytes a number |
/// | 64 | SHA-256 of everything before, in hexadecimal |
///
/// All numbers are little-endian.
public struct CheckpointFile {
  public var facts: ConfigNode
  public var arrays: [NamedNumbers]

  private static let magic = Array("RUNEXPCK".utf8)
  private static let version = 1
  private static let (prefix, suffix) = (32, 64)

  public init(facts: ConfigNode, arrays: [NamedNumbers]) {
    self.facts = facts
    self.arrays = arrays
  }

  /// The bytes of the file.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    write { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Hands on the bytes of the file one piece after another: numbers from where they lie, without a copy of them all.
  public func write(_ put: (UnsafeRawBufferPointer) -> Void) {
    let hash = StreamHash()
    func write(_ piece: UnsafeRawBufferPointer) {
      hash.update(piece)
      put(piece)
    }
    let list = arrays.map { ["name": $0.name.config, "count": $0.numbers.count.config] as ConfigNode }
    let document: ConfigNode = ["facts": facts, "arrays": ConfigNode(.list(list))]
    let text = Array(document.json.utf8)
    let count = Self.prefix + text.count + arrays.map { 4 * $0.numbers.count }.reduce(0, +) + Self.suffix
    Self.magic.withUnsafeBytes(write)
    for number in [Self.version, count, text.count] {
      withUnsafeBytes(of: UInt64(number).littleEndian, write)
    }
    text.withUnsafeBytes(write)
    for array in arrays {
      write(UnsafeRawBufferPointer(start: array.numbers.pointer, count: 4 * array.numbers.count))
    }
    Array(hash.finish().utf8).withUnsafeBytes(put)
  }

  /// Reads the bytes of a file that may be torn, damaged or something else.
  /// - Parameter path: for messages.
  /// - Throws: E0510 if it is not whole or not a checkpoint, E0511 if it is of a newer version.
  public init(_ bytes: [UInt8], path: String) throws(Diagnostic) {
    guard bytes.count >= Self.prefix + Self.suffix, bytes.starts(with: Self.magic) else {
      throw .damaged(path, "it does not begin as one")
    }
    let version = Self.number(bytes, at: 8)
    guard version <= UInt64(Self.version) else { throw .newer(path, version) }
    guard Self.number(bytes, at: 16) == UInt64(bytes.count) else {
      throw .damaged(path, "its end is missing")
    }
    let end = bytes.count - Self.suffix
    guard Array(sha256(of: bytes[..<end]).utf8) == Array(bytes[end...]) else {
      throw .damaged(path, "its bytes have changed")
    }
    let textCount = Self.number(bytes, at: 24)
    guard textCount <= UInt64(end - Self.prefix) else { throw .damaged(path, "its facts have no end") }
    var next = Self.prefix + Int(textCount)
    guard let document = try? ConfigNode(json: Array(bytes[Self.prefix..<next])),
      let facts = document["facts"],
      let list = document["arrays"]?.list
    else { throw .damaged(path, "its facts cannot be read") }
    self.facts = facts
    arrays = []
    for entry in list {
      guard let name = entry["name"]?.string, case .int(let count)? = entry["count"]?.content,
        (0...(end - next) / 4).contains(count)
      else { throw .damaged(path, "its numbers are not as many as it says") }
      let numbers = AlignedBuffer(count)
      bytes.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(start: numbers.pointer, count: 4 * count)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[next..<next + 4 * count]))
      }
      arrays.append(NamedNumbers(name, numbers))
      next += 4 * count
    }
  }

  private static func number(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension Diagnostic {
  /// E0510: a checkpoint that is torn or damaged.
  fileprivate static func damaged(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0510", "'\(path)' is not a whole checkpoint: \(reason)",
      help: "a run keeps the one before as well; if both are damaged, start the run again")
  }

  /// E0511: a checkpoint of a later version.
  fileprivate static func newer(_ path: String, _ version: UInt64) -> Diagnostic {
    Diagnostic(
      "E0511", "'\(path)' was written by a newer runexp (checkpoint version \(version))",
      help: "resume the run with the version it was started with, or a newer one")
  }
}
