internal import Config
internal import Diagnostics
internal import TensorCore

/// The head of an IDX file, the format of MNIST: the type of its numbers and its dimensions, big-endian.
struct IDXHeader: Equatable {
  enum Number: UInt8 {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0B
    case int32 = 0x0C
    case float32 = 0x0D
    case float64 = 0x0E

    var size: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }
  }
  var number: Number
  var dims: [Int]
  /// How many numbers follow the head.
  var count: Int

  /// - Throws: E0402 for what is no IDX file, E0403 if not even the head is whole.
  init(_ packed: borrowing PackedFile, of file: DataPath) throws(Diagnostic) {
    var bytes = packed.read(4)
    guard bytes.count == 4, bytes[0] == 0, bytes[1] == 0 else {
      throw .notIDX(file, "it does not begin as one")
    }
    guard let number = Number(rawValue: bytes[2]) else {
      throw .notIDX(file, "its numbers have the unknown type \(bytes[2])")
    }
    let rank = Int(bytes[3])
    guard (1...8).contains(rank) else { throw .notIDX(file, "it has \(rank) dimensions") }
    bytes += packed.read(4 * rank)
    guard bytes.count == 4 + 4 * rank else { throw .truncated(file, "the head is cut off") }
    self.number = number
    dims = (0..<rank).map { axis in (0..<4).reduce(0) { $0 << 8 | Int(bytes[4 + 4 * axis + $1]) } }
    var count = 1
    for dim in dims {
      let (product, overflow) = count.multipliedReportingOverflow(by: dim)
      guard !overflow, product < 1 << 40 else { throw .notIDX(file, "its dimensions \(dims) are too large") }
      count = product
    }
    guard dims[0] <= Int(Int32.max) else { throw .notIDX(file, "it has \(dims[0]) rows, more than 2³¹") }
    self.count = count
  }
}

/// A pair of IDX files: features, and a label for each.
struct IDXPair: Sendable {
  var images: DataPath
  var labels: DataPath

  /// The heads of both files.
  /// - Throws: also E0405 if they don't belong together.
  func headers() throws(Diagnostic) -> (images: IDXHeader, labels: IDXHeader) {
    let images = try header(of: images)
    let labels = try header(of: self.labels)
    guard labels.dims.count == 1 else {
      throw .notIDX(self.labels, "labels have one dimension, this has \(labels.dims.count)")
    }
    guard images.dims[0] == labels.dims[0] else {
      throw .countMismatch(self, images: images.dims[0], labels: labels.dims[0])
    }
    return (images, labels)
  }

  private func header(of file: DataPath) throws(Diagnostic) -> IDXHeader {
    let packed = try PackedFile(file)
    return try IDXHeader(packed, of: file)
  }
}

/// The numbers of an IDX file.
/// - Parameter reserving: how many more bytes the caller is going to append.
/// - Throws: E0401–E0404.
func readIDX(_ file: DataPath, reserving extra: Int = 0) throws(Diagnostic) -> (
  header: IDXHeader, numbers: RawArray.Numbers, file: DataFile
) {
  let packed = try PackedFile(file)
  let header = try IDXHeader(packed, of: file)
  let expected = header.count * header.number.size
  // Deflate shrinks by a factor of 1032 at most: a head that promises more lies.
  guard expected / (packed.isPacked ? 1040 : 1) <= packed.byteCount else {
    throw .truncated(
      file, "its head promises \(expected) bytes, which a file of \(packed.byteCount) cannot hold")
  }
  let bytes = packed.read(expected, reserving: extra)
  guard bytes.count == expected else {
    throw .truncated(
      file, packed.damage ?? "it has \(bytes.count) bytes after its head, which promises \(expected)")
  }
  let rest = packed.read(1)
  if let damage = packed.damage { throw .truncated(file, damage) }
  guard rest.isEmpty else { throw .trailing(file, header) }
  return (header, numbers(in: bytes, header), DataFile(path: file.path, byteCount: packed.byteCount))
}

private func numbers(in bytes: [UInt8], _ header: IDXHeader) -> RawArray.Numbers {
  func word(_ index: Int, _ size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 << 8 | UInt64(bytes[index * size + $1]) }
  }
  let all = 0..<header.count
  switch header.number {
  case .uint8: return .bytes(bytes)
  case .int8: return .floats(all.map { Float(Int8(bitPattern: bytes[$0])) })
  case .int16: return .floats(all.map { Float(Int16(truncatingIfNeeded: word($0, 2))) })
  case .int32: return .doubles(all.map { Double(Int32(truncatingIfNeeded: word($0, 4))) })
  case .float32: return .floats(all.map { Float(bitPattern: UInt32(truncatingIfNeeded: word($0, 4))) })
  case .float64: return .doubles(all.map { Double(bitPattern: word($0, 8)) })
  }
}

extension Diagnostic {
  /// E0402: not an IDX file, or one of a kind that is not read.
  fileprivate static func notIDX(_ file: DataPath, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0402", "'\(file.name)' is not an IDX file: \(reason)",
      at: file.span.map { Label($0, "read for this") },
      help: "IDX is the format of the MNIST files; for tables use 'csv'")
  }

  /// E0403: less data than promised.
  fileprivate static func truncated(_ file: DataPath, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0403", "'\(file.name)' is cut off: \(reason)", at: file.span.map { Label($0, "read for this") },
      help: "fetch the file again")
  }

  /// E0404: more data than promised.
  fileprivate static func trailing(_ file: DataPath, _ header: IDXHeader) -> Diagnostic {
    Diagnostic(
      "E0404", "'\(file.name)' goes on after its \(header.count) numbers",
      at: file.span.map { Label($0, "read for this") },
      help: "the head says \(header.dims); fetch the file again")
  }

  /// E0405: not as many labels as images.
  fileprivate static func countMismatch(_ pair: IDXPair, images: Int, labels: Int) -> Diagnostic {
    Diagnostic(
      "E0405", "'\(pair.images.name)' has \(images) samples, '\(pair.labels.name)' has \(labels) labels",
      at: pair.labels.span.map { Label($0, "read for this") }, help: "take the two files of one set")
  }
}
