import CHDF5
import Diagnostics

/// Reads the numbers of a dataset that is stored in chunks, each found by the library and unpacked here.
struct ChunkedNumbers {
  let id: hid_t
  let place: String
  let shape: [Int]
  /// Of a whole chunk, also where it reaches beyond the dataset.
  let chunk: [Int]
  /// The size of the file, which holds every chunk.
  let limit: Int

  /// Reads everything, under the library's lock.
  /// - Parameters:
  ///   - type: of the numbers in memory, which have `width` bytes.
  ///   - numbers: has room for all of them, in row order.
  func read(
    as type: hid_t, width: Int, into numbers: UnsafeMutableRawPointer
  ) throws(Diagnostic) {
    let stored = try Handle(H5Dget_type(id), damaged)
    let list = try Handle(H5Dget_create_plist(id), damaged)
    let storedWidth = H5Tget_size(stored.id)
    let count = chunk.reduce(1, *)
    let filters = try ChunkFilters(of: list, width: storedWidth, byteCount: count * storedWidth, place)
    let fill = try fillValue(list, as: type, width: width)
    var corner = [Int](repeating: 0, count: shape.count)
    repeat {
      if var bytes = try bytes(at: corner, filters) {
        if width > storedWidth {
          bytes.append(contentsOf: repeatElement(0, count: count * (width - storedWidth)))
        }
        try check(H5Tconvert(stored.id, type, count, &bytes, nil, h5_default()), damaged)
        bytes.withUnsafeBytes { copy($0, at: corner, width, to: numbers) }
      } else {
        repeatFill(fill, at: corner, width, to: numbers)
      }
    } while advance(&corner)
  }

  /// The unpacked bytes of the chunk at a corner; `nil` if it was never written.
  private func bytes(at corner: [Int], _ filters: ChunkFilters) throws(Diagnostic) -> [UInt8]? {
    let offset = corner.map { hsize_t($0) }
    var (mask, address, size): (UInt32, haddr_t, hsize_t) = (0, 0, 0)
    try check(H5Dget_chunk_info_by_coord(id, offset, &mask, &address, &size), damaged)
    guard address != haddr_t.max else { return nil }
    let count = Int(clamping: size)
    guard count <= limit, filters.allows(count, mask: mask) else {
      throw damaged("a chunk has \(count) bytes, which it cannot have")
    }
    var stored = [UInt8](repeating: 0, count: count)
    var found: UInt32 = 0
    try check(H5Dread_chunk(id, h5_default(), offset, &found, &stored), damaged)
    guard found == mask, let bytes = filters.restore(stored, mask: mask) else {
      throw damaged("a chunk does not become what it should")
    }
    return bytes
  }

  /// Moves on to the next chunk; `false` after the last.
  private func advance(_ corner: inout [Int]) -> Bool {
    for axis in shape.indices.reversed() {
      corner[axis] += chunk[axis]
      if corner[axis] < shape[axis] { return true }
      corner[axis] = 0
    }
    return false
  }

  /// Calls for each run of numbers that lie side by side: where it begins in the chunk and in the whole, and its length.
  private func eachRun(at corner: [Int], _ body: (_ chunk: Int, _ whole: Int, _ count: Int) -> Void) {
    let extent = zip(zip(shape, corner), chunk).map { min($0.0 - $0.1, $1) }
    guard let run = extent.last else { return body(0, 0, 1) }
    var index = [Int](repeating: 0, count: shape.count)
    while true {
      var (inner, outer) = (0, 0)
      for axis in shape.indices {
        inner = inner * chunk[axis] + index[axis]
        outer = outer * shape[axis] + corner[axis] + index[axis]
      }
      body(inner, outer, run)
      var axis = shape.count - 2
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < extent[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  private func copy(
    _ bytes: UnsafeRawBufferPointer, at corner: [Int], _ width: Int, to numbers: UnsafeMutableRawPointer
  ) {
    guard let first = bytes.baseAddress else { return }
    eachRun(at: corner) { inner, outer, count in
      (numbers + outer * width).copyMemory(from: first + inner * width, byteCount: count * width)
    }
  }

  /// The number of places that were never written, 0 if the file does not say.
  private func fillValue(
    _ list: borrowing Handle, as type: hid_t, width: Int
  ) throws(Diagnostic) -> [UInt8] {
    var value = [UInt8](repeating: 0, count: width)
    var status = H5D_FILL_VALUE_UNDEFINED
    guard H5Pfill_value_defined(list.id, &status) >= 0, status != H5D_FILL_VALUE_UNDEFINED else {
      return value
    }
    try check(H5Pget_fill_value(list.id, type, &value), damaged)
    return value
  }

  private func repeatFill(
    _ value: [UInt8], at corner: [Int], _ width: Int, to numbers: UnsafeMutableRawPointer
  ) {
    value.withUnsafeBytes { value in
      guard let value = value.baseAddress else { return }
      eachRun(at: corner) { _, outer, count in
        for place in outer..<outer + count {
          (numbers + place * width).copyMemory(from: value, byteCount: width)
        }
      }
    }
  }

  private func damaged(_ reason: String) -> Diagnostic {
    .implausibleInHDF5("cannot be read: \(reason)", in: place)
  }
}
