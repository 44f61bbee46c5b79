import CHDF5
public import Diagnostics

/// An array of numbers in an HDF5 file, in whatever layout, byte order and compression.
public struct H5Dataset: ~Copyable, Sendable {
  private let handle: Handle
  public let place: String
  /// Empty for a single number.
  public let shape: [Int]
  /// The type of the numbers as stored.
  public let element: H5Element
  /// Bytes of the numbers as stored, before compression.
  public let byteCount: Int
  /// The shape of the pieces it is stored in; `nil` if it is in one piece.
  private let chunk: [Int]?
  private let limit: Int
  /// Whether the library takes the numbers for bytes without a meaning, and cannot convert them.
  private let isOpaque: Bool

  /// How many numbers there are.
  public var count: Int { shape.reduce(1, *) }

  /// Looks at type, shape and layout; nothing is allocated before the file is known to be able to hold it.
  /// - Throws: E0604 for what is not numbers, and for data outside the file; E0605 for impossible sizes.
  init(_ handle: consuming Handle, place: String, limit: Int) throws(Diagnostic) {
    let facts = try Facts(of: handle.id, place, limit: limit)
    self.handle = handle
    self.place = place
    shape = facts.shape
    element = facts.element
    byteCount = facts.byteCount
    chunk = facts.chunk
    isOpaque = facts.isOpaque
    self.limit = limit
  }

  /// The numbers in row order, converted to single precision.
  /// - Throws: E0605 if they cannot be read.
  public func floats() throws(Diagnostic) -> [Float] {
    var numbers = [Float](repeating: 0, count: count)
    try numbers.withUnsafeMutableBufferPointer { buffer throws(Diagnostic) in try read(into: buffer) }
    return numbers
  }

  /// The numbers in row order, as whole numbers; fractions are cut off.
  /// - Throws: E0605 if they cannot be read.
  public func integers() throws(Diagnostic) -> [Int64] {
    try read(h5_native_int64(), zero: 0)
  }

  /// Reads the numbers in row order to where they are wanted, converted to single precision.
  /// - Parameter numbers: has room for ``count`` of them.
  /// - Throws: E0605 if they cannot be read.
  public func read(into numbers: UnsafeMutableBufferPointer<Float>) throws(Diagnostic) {
    precondition(numbers.count == count, "\(count) numbers do not fill \(numbers.count)")
    guard isOpaque else { return try read(h5_native_float(), into: numbers.baseAddress) }
    // A bfloat16 is the upper half of a single-precision number.
    let (id, place) = (handle.id, self.place)
    let stored = try HDF5Library.locked { () throws(Diagnostic) in
      try Handle(H5Dget_type(id)) { .implausibleInHDF5($0, in: place) }
    }
    let halves = try read(stored.id, zero: UInt16(0))
    for (index, half) in halves.enumerated() {
      numbers[index] = Float(bitPattern: UInt32(UInt16(littleEndian: half)) << 16)
    }
  }

  private func read<T: BitwiseCopyable>(_ type: @autoclosure () -> hid_t, zero: T) throws(Diagnostic) -> [T] {
    var numbers = [T](repeating: zero, count: count)
    try numbers.withUnsafeMutableBufferPointer { buffer throws(Diagnostic) in
      try read(type(), into: buffer.baseAddress)
    }
    return numbers
  }

  private func read(
    _ type: @autoclosure () -> hid_t, into numbers: UnsafeMutableRawPointer?
  ) throws(Diagnostic) {
    let (id, place, shape, chunk, limit) = (handle.id, self.place, self.shape, self.chunk, self.limit)
    guard let numbers, count > 0 else { return }
    try HDF5Library.locked { () throws(Diagnostic) in
      if let chunk {
        let chunks = ChunkedNumbers(id: id, place: place, shape: shape, chunk: chunk, limit: limit)
        return try chunks.read(as: type(), width: H5Tget_size(type()), into: numbers)
      }
      try check(H5Dread(id, type(), h5_all(), h5_all(), h5_default(), numbers)) {
        .implausibleInHDF5("cannot be read: \($0)", in: place)
      }
    }
  }
}

extension H5Group {
  /// Writes numbers as one contiguous little-endian array; groups that `path` goes through are made.
  /// - Throws: E0606, also if the name is taken.
  public func write(
    _ numbers: [Float], shape: [Int], to path: String, as element: H5Element = .float32
  ) throws(Diagnostic) {
    try numbers.withUnsafeBufferPointer { buffer throws(Diagnostic) in
      try write(buffer, shape: shape, to: path, as: element)
    }
  }

  /// Writes numbers from where they lie, in row order.
  /// - Throws: E0606, also if the name is taken.
  public func write(
    _ numbers: UnsafeBufferPointer<Float>, shape: [Int], to path: String, as element: H5Element = .float32
  ) throws(Diagnostic) {
    try write(numbers, of: h5_native_float(), shape: shape, to: path, as: element)
  }

  /// Writes whole numbers as one contiguous little-endian array.
  /// - Throws: E0606, also if the name is taken.
  public func write(
    _ numbers: [Int64], shape: [Int], to path: String, as element: H5Element = .int64
  ) throws(Diagnostic) {
    try numbers.withUnsafeBufferPointer { buffer throws(Diagnostic) in
      try write(buffer, of: h5_native_int64(), shape: shape, to: path, as: element)
    }
  }

  private func write<T: BitwiseCopyable>(
    _ numbers: UnsafeBufferPointer<T>, of type: @autoclosure () -> hid_t, shape: [Int], to path: String,
    as element: H5Element
  ) throws(Diagnostic) {
    precondition(shape.reduce(1, *) == numbers.count, "\(numbers.count) numbers do not fill \(shape)")
    let (id, place) = (handle.id, self.place)
    let failure: (String) -> Diagnostic = { .cannotWrite("'\(path)' in \(place)", $0) }
    let name = try relativePath(path, place)
    try HDF5Library.locked { () throws(Diagnostic) in
      try makeParents(of: path, in: id, place)
      let stored = try element.makeFileType()
      let dims = shape.map { hsize_t($0) }
      let space = try Handle(
        shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), dims, nil), failure)
      let creation = try Handle(H5Pcreate(h5_dataset_creation()), failure)
      H5Pset_obj_track_times(creation.id, false)
      let link = try linkCreation(for: path)
      let dataset = try Handle(
        H5Dcreate2(id, name, stored.id, space.id, link.id, creation.id, h5_default()), failure)
      guard let first = numbers.baseAddress, !numbers.isEmpty else { return }
      try check(H5Dwrite(dataset.id, type(), h5_all(), h5_all(), h5_default(), first), failure)
    }
  }
}

/// What is known of a dataset without reading it.
private struct Facts {
  /// Bytes a byte of compressed data may become: deflate's limit is 1032.
  private static let largestExpansion = 1100
  /// Bytes a chunk takes in the list of all.
  private static let leastChunkEntry = 8
  /// Bytes a chunk may have beyond those of the dataset, which is read chunk by chunk and grows.
  private static let largestFreeChunk = 4 << 20

  let shape: [Int]
  let element: H5Element
  let byteCount: Int
  let chunk: [Int]?
  let isOpaque: Bool

  init(of id: hid_t, _ place: String, limit: Int) throws(Diagnostic) {
    let type = try Handle(H5Dget_type(id)) { .implausibleInHDF5($0, in: place) }
    guard let element = H5Element(type: type.id) else {
      throw .unsupportedInHDF5("does not hold numbers of 1, 2, 4 or 8 bytes", in: place)
    }
    let (shape, largest) = try dimensions(of: id, place)
    let layout = try Layout(of: id, place)
    guard zip(layout.chunk, largest).allSatisfy(<=), !layout.isChunked || layout.chunk.count == shape.count
    else {
      throw .implausibleInHDF5("is cut into pieces larger than itself", in: place)
    }
    let allowed = layout.isChunked ? limit.multipliedClamping(by: Self.largestExpansion) : limit
    let size = H5Tget_size(type.id)
    guard let bytes = product(shape, times: size), let chunk = product(layout.chunk, times: size),
      bytes <= allowed, !layout.isChunked || chunk <= max(bytes, Self.largestFreeChunk), chunk > 0
    else {
      let sizes = shape.map(String.init).joined(separator: "×")
      throw .implausibleInHDF5("claims a shape of \(sizes), more than the file can hold", in: place)
    }
    if layout.isChunked, chunkCount(of: shape, layout.chunk) > limit / Self.leastChunkEntry + 1 {
      throw .implausibleInHDF5("claims to be in more pieces than the file can list", in: place)
    }
    self.shape = shape
    self.element = element
    isOpaque = H5Tget_class(type.id) == H5T_OPAQUE
    byteCount = bytes
    self.chunk = layout.isChunked ? layout.chunk : nil
    // What is not known here is said before anything is made for the numbers.
    guard layout.isChunked else { return }
    let list = try Handle(H5Dget_create_plist(id)) { .implausibleInHDF5($0, in: place) }
    _ = try ChunkFilters(of: list, width: size, byteCount: chunk, place)
  }
}

/// Where the numbers of a dataset lie.
private struct Layout {
  var isChunked = false
  var chunk: [Int] = []

  init(of id: hid_t, _ place: String) throws(Diagnostic) {
    let list = try Handle(H5Dget_create_plist(id)) { .implausibleInHDF5($0, in: place) }
    guard H5Pget_external_count(list.id) == 0 else {
      throw .unsupportedInHDF5("keeps its data in another file", in: place)
    }
    switch H5Pget_layout(list.id) {
    case H5D_COMPACT, H5D_CONTIGUOUS: return
    case H5D_CHUNKED:
      var dims = [hsize_t](repeating: 0, count: 32)
      let rank = H5Pget_chunk(list.id, 32, &dims)
      try check(rank) { .implausibleInHDF5($0, in: place) }
      isChunked = true
      chunk = dims.prefix(Int(rank)).map { Int(clamping: $0) }
    default: throw .unsupportedInHDF5("keeps its data in other datasets or in an unknown layout", in: place)
    }
  }
}

/// The shape, and how far it may grow.
private func dimensions(of id: hid_t, _ place: String) throws(Diagnostic) -> (now: [Int], largest: [Int]) {
  let space = try Handle(H5Dget_space(id)) { .implausibleInHDF5($0, in: place) }
  guard H5Sget_simple_extent_type(space.id) != H5S_NULL else { return ([0], [0]) }
  let rank = H5Sget_simple_extent_ndims(space.id)
  try check(rank) { .implausibleInHDF5($0, in: place) }
  guard rank <= 32 else { throw .implausibleInHDF5("claims to have \(rank) axes", in: place) }
  var dims = [hsize_t](repeating: 0, count: 32)
  var largest = dims
  try check(H5Sget_simple_extent_dims(space.id, &dims, &largest)) { .implausibleInHDF5($0, in: place) }
  // An axis without limit has the largest number there is.
  let axes = 0..<Int(rank)
  return (axes.map { Int(clamping: dims[$0]) }, axes.map { Int(clamping: largest[$0]) })
}

/// How many chunks cover a shape, none of whose sizes is 0; `Int.max` if they cannot be counted.
private func chunkCount(of shape: [Int], _ chunk: [Int]) -> Int {
  product(zip(shape, chunk).map { $0 / $1 + ($0 % $1 == 0 ? 0 : 1) }, times: 1) ?? .max
}

private func product(_ numbers: [Int], times size: Int) -> Int? {
  numbers.reduce(Optional(size)) { partial, number in
    guard let partial else { return nil }
    let (result, overflow) = partial.multipliedReportingOverflow(by: number)
    return overflow ? nil : result
  }
}

extension Int {
  fileprivate func multipliedClamping(by factor: Int) -> Int {
    let (result, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : result
  }
}
