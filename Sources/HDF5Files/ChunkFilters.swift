import CHDF5
import CZlib
import Diagnostics

/// What chunks of a dataset went through before they were stored, and the way back.
///
/// The library believes what a chunk says it becomes: it reads past the end of one that becomes less, and takes the
/// memory for one that becomes a thousand times as much, twice over. So the way back is our own, and only that of what
/// Keras and h5py write, each once: deflate, the shuffling of bytes, and the checksum of Fletcher.
struct ChunkFilters {
  private enum Filter { case deflate, shuffle, fletcher32 }

  private let filters: [Filter]
  /// Bytes of a number.
  private let width: Int
  /// Bytes of a whole chunk.
  private let byteCount: Int

  /// - Parameter list: how the dataset was created.
  /// - Throws: E0604 for what is not known here.
  init(
    of list: borrowing Handle, width: Int, byteCount: Int, _ place: String
  ) throws(Diagnostic) {
    let count = H5Pget_nfilters(list.id)
    try check(count) { .implausibleInHDF5($0, in: place) }
    var filters: [Filter] = []
    for index in 0..<max(0, count) {
      let id = try Self.identifier(at: UInt32(index), in: list, place)
      let filter: Filter
      switch id {
      case H5Z_FILTER_DEFLATE: filter = .deflate
      case H5Z_FILTER_SHUFFLE: filter = .shuffle
      case H5Z_FILTER_FLETCHER32: filter = .fletcher32
      default:
        throw .unsupportedInHDF5("is compressed by filter \(id), which is not known here", in: place)
      }
      guard !filters.contains(filter) else {
        throw .unsupportedInHDF5("goes through the same filter twice", in: place)
      }
      filters.append(filter)
    }
    self.filters = filters
    self.width = width
    self.byteCount = byteCount
  }

  private static func identifier(
    at index: UInt32, in list: borrowing Handle, _ place: String
  ) throws(Diagnostic) -> H5Z_filter_t {
    var (flags, values): (UInt32, Int) = (0, 0)
    let id = H5Pget_filter2(list.id, index, &flags, &values, nil, 0, nil, nil)
    try check(id) { .implausibleInHDF5($0, in: place) }
    return id
  }

  /// Whether a stored chunk may have so many bytes: a whole one that no filter made smaller has just its own.
  func allows(_ stored: Int, mask: UInt32) -> Bool {
    let added = hasSkipped(.fletcher32, mask) ? 0 : 4
    return hasSkipped(.deflate, mask) ? stored == byteCount + added : stored > 0
  }

  private func hasSkipped(_ filter: Filter, _ mask: UInt32) -> Bool {
    guard let index = filters.firstIndex(of: filter) else { return true }
    return mask & (1 << index) != 0
  }

  /// The numbers of a chunk as they were before it was stored.
  /// - Parameter mask: a bit for each filter that was left out for this chunk.
  /// - Returns: `nil` if the bytes are not those of a chunk, or of another size.
  func restore(_ stored: consuming [UInt8], mask: UInt32) -> [UInt8]? {
    var bytes = stored
    for (index, filter) in filters.enumerated().reversed() where mask & (1 << index) == 0 {
      switch filter {
      case .fletcher32:
        guard let data = withoutChecksum(bytes) else { return nil }
        bytes = data
      case .deflate:
        // What was added before it was compressed is still there.
        let added = filters[..<index].contains(.fletcher32) && !hasSkipped(.fletcher32, mask) ? 4 : 0
        guard let data = inflated(bytes, to: byteCount + added) else { return nil }
        bytes = data
      case .shuffle: bytes = unshuffled(bytes)
      }
    }
    return bytes.count == byteCount ? bytes : nil
  }

  /// Exactly so many bytes, or nothing.
  private func inflated(_ bytes: [UInt8], to count: Int) -> [UInt8]? {
    var length = uLongf(count)
    var read = uLong(bytes.count)
    var isWhole = false
    let data = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let target = buffer.baseAddress else { return }
      isWhole = uncompress2(target, &length, bytes, &read) == Z_OK && Int(length) == count
      initialized = isWhole ? count : 0
    }
    return isWhole ? data : nil
  }

  /// All first bytes of numbers, then all second ones, …, as numbers; bytes behind the last whole number stay.
  private func unshuffled(_ bytes: [UInt8]) -> [UInt8] {
    guard width > 1 else { return bytes }
    let count = bytes.count / width
    var data = bytes
    for byte in 0..<width {
      for number in 0..<count { data[number * width + byte] = bytes[byte * count + number] }
    }
    return data
  }

  private func withoutChecksum(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 4 else { return nil }
    let data = Array(bytes.dropLast(4))
    let stored = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let sum = fletcher32(data)
    // Versions before 1.6.3 wrote the bytes of each half the other way round.
    let swapped = (sum & 0x00FF_00FF) << 8 | (sum & 0xFF00_FF00) >> 8
    return stored == sum || stored == swapped ? data : nil
  }
}

/// The checksum of Fletcher over pairs of bytes, the first the higher one; a last one alone counts as the higher.
private func fletcher32(_ bytes: [UInt8]) -> UInt32 {
  var (first, second): (UInt32, UInt32) = (0, 0)
  for start in stride(from: 0, to: bytes.count, by: 2) {
    let low = start + 1 < bytes.count ? UInt32(bytes[start + 1]) : 0
    first = (first + (UInt32(bytes[start]) << 8 | low)) % 65535
    second = (second + first) % 65535
  }
  // The library folds sums where this takes remainders: it has 65535 for what is 0 here, unless all bytes are 0.
  let isZero = bytes.allSatisfy { $0 == 0 }
  if first == 0 && !isZero { first = 65535 }
  if second == 0 && !isZero { second = 65535 }
  return second << 16 | first
}
