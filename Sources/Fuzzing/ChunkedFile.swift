import CHDF5
import CZlib
import Diagnostics
import HDF5Files

/// A model file whose kernel is stored in chunks of any bytes whatever, as other programs, or nobody, would write it.
public struct ChunkedFile: Sendable {
  public enum Filter: Sendable, CaseIterable { case deflate, shuffle, fletcher32, scaleOffset, nbit }

  /// Of the kernel, which is of 32-bit floats.
  public var shape: [Int]
  public var chunk: [Int]
  public var filters: [Filter]
  /// How far the axes may grow; as they are for `nil`.
  public var largest: [Int]?

  public init(_ shape: [Int], chunk: [Int], _ filters: [Filter] = []) {
    self.shape = shape
    self.chunk = chunk
    self.filters = filters
  }

  /// Bytes of a chunk before any filter.
  public var chunkBytes: Int { chunk.reduce(4, *) }

  /// Writes the file with stored bytes that no filter has seen.
  /// - Parameter chunks: where each begins, what is stored there, and a bit for each filter it is said to have skipped.
  public func write(to path: String, chunks: [(corner: [Int], bytes: [UInt8], mask: UInt32)]) {
    make(path) { dataset in
      for (corner, bytes, mask) in chunks {
        let offset = corner.map { hsize_t($0) }
        H5Dwrite_chunk(dataset, h5_default(), mask, offset, bytes.count, bytes)
      }
    }
  }

  /// Writes the file with numbers, as the library stores them.
  public func write(to path: String, numbers: [Float]) {
    make(path) { dataset in
      H5Dwrite(dataset, h5_native_float(), h5_all(), h5_all(), h5_default(), numbers)
    }
  }

  /// `x` and nothing else, so that sound numbers can be told from others.
  private func make(_ path: String, _ body: (hid_t) -> Void) {
    // The library must not be entered by two threads.
    try? HDF5Library.locked { () throws(Diagnostic) in write(path, body) }
  }

  private func write(_ path: String, _ body: (hid_t) -> Void) {
    let file = H5Fcreate(path, h5_truncate(), h5_default(), h5_default())
    let dims = shape.map { hsize_t($0) }
    let space = H5Screate_simple(Int32(shape.count), dims, largest.map { $0.map { hsize_t($0) } })
    let list = H5Pcreate(h5_dataset_creation())
    H5Pset_chunk(list, Int32(chunk.count), chunk.map { hsize_t($0) })
    for filter in filters { add(filter, to: list) }
    let dataset = H5Dcreate2(file, "x", h5_float32(), space, h5_default(), list, h5_default())
    if dataset >= 0 { body(dataset) }
    for id in [dataset, list, space, file] where id >= 0 { H5Idec_ref(id) }
  }

  private func add(_ filter: Filter, to list: hid_t) {
    let level: [UInt32] = [6]
    switch filter {
    // Not through H5Pset_deflate, which takes it once.
    case .deflate: H5Pset_filter(list, H5Z_FILTER_DEFLATE, 0, 1, level)
    case .shuffle: H5Pset_filter(list, H5Z_FILTER_SHUFFLE, 0, 0, nil)
    case .fletcher32: H5Pset_filter(list, H5Z_FILTER_FLETCHER32, 0, 0, nil)
    case .scaleOffset: H5Pset_scaleoffset(list, H5Z_SO_FLOAT_DSCALE, 2)
    case .nbit: H5Pset_nbit(list)
    }
  }
}

/// Bytes as zlib stores them.
public func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var length = compressBound(uLong(bytes.count))
  var stored = [UInt8](repeating: 0, count: Int(length))
  compress(&stored, &length, bytes, uLong(bytes.count))
  return Array(stored.prefix(Int(length)))
}
