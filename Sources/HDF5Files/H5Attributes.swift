import CHDF5
public import Diagnostics

/// The character set an attribute is marked with; the bytes are UTF-8 under both.
public enum H5Encoding: Sendable { case ascii, utf8 }

extension H5Group {
  /// Whether there is an attribute `name`.
  /// - Throws: E0605 if the group is damaged.
  public func hasAttribute(_ name: String) throws(Diagnostic) -> Bool {
    let (id, place, source) = (handle.id, self.place, self.source)
    return try HDF5Library.locked { () throws(Diagnostic) in
      if let source { _ = try ObjectHeader(source, of: id, place) }
      return H5Aexists(id, name) > 0
    }
  }

  /// The text of attribute `name`, stored in any of HDF5's ways; `nil` if there is no such attribute.
  /// - Throws: E0604 if it is not a single text, E0605 if it cannot be read.
  public func text(_ name: String) throws(Diagnostic) -> String? {
    guard let texts = try texts(name) else { return nil }
    guard texts.count == 1 else {
      throw .unsupportedInHDF5("holds \(texts.count) texts instead of one", in: attribute(name))
    }
    return texts[0]
  }

  /// The texts of attribute `name`; `nil` if there is no such attribute.
  ///
  /// Any length, padding and character set is read. An empty array of numbers is an empty list: numpy knows no empty
  /// list of texts.
  /// - Throws: E0604 if it holds something else, E0605 if it cannot be read.
  public func texts(_ name: String) throws(Diagnostic) -> [String]? {
    let (id, place, source) = (handle.id, attribute(name), self.source)
    return try HDF5Library.locked { () throws(Diagnostic) in
      let header: ObjectHeader?
      if let source { header = try ObjectHeader(source, of: id, place) } else { header = nil }
      guard H5Aexists(id, name) > 0 else { return nil }
      let attribute = try Handle(H5Aopen(id, name, h5_default())) { .implausibleInHDF5($0, in: place) }
      let limit = source?.byteCount ?? .max
      return try AttributeReader(id: attribute.id, name: name, place: place, header: header, limit: limit)
        .texts()
    }
  }

  /// Writes one text of variable length.
  /// - Throws: E0606.
  public func set(_ name: String, to text: String, _ encoding: H5Encoding) throws(Diagnostic) {
    try setTexts(name, [text], count: nil, encoding)
  }

  /// Writes a list of texts of variable length; an empty one as numpy's empty array of numbers, like h5py.
  /// - Throws: E0606.
  public func set(_ name: String, to texts: [String], _ encoding: H5Encoding) throws(Diagnostic) {
    guard texts.isEmpty else { return try setTexts(name, texts, count: texts.count, encoding) }
    try create(name, type: h5_float64(), count: 0, bytes: nil)
  }

  /// Writes a list of texts of `width` bytes each, padded with zero bytes.
  /// - Throws: E0606.
  public func set(_ name: String, to texts: [String], width: Int) throws(Diagnostic) {
    var bytes: [UInt8] = []
    for text in texts { bytes += text.utf8 + [UInt8](repeating: 0, count: width - text.utf8.count) }
    let failure = failure(name)
    let type = try HDF5Library.locked { () throws(Diagnostic) in
      let type = try Handle(H5Tcopy(h5_c_string()), failure)
      H5Tset_size(type.id, width)
      H5Tset_strpad(type.id, H5T_STR_NULLPAD)
      return type
    }
    try bytes.withUnsafeBufferPointer { buffer throws(Diagnostic) in
      try create(name, type: type.id, count: texts.count, bytes: buffer.baseAddress)
    }
  }

  private func setTexts(_ name: String, _ texts: [String], count: Int?, _ encoding: H5Encoding)
    throws(Diagnostic)
  {
    let failure = failure(name)
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw failure("the text contains a zero byte")
    }
    let type = try HDF5Library.locked { () throws(Diagnostic) in
      let type = try Handle(H5Tcopy(h5_c_string()), failure)
      H5Tset_size(type.id, h5_variable())
      if encoding == .utf8 { H5Tset_cset(type.id, H5T_CSET_UTF8) }
      return type
    }
    // One block for all texts, and a pointer to each.
    let block = Array(texts.map { $0.utf8 + [0] }.joined())
    try block.withUnsafeBufferPointer { bytes throws(Diagnostic) in
      var pointers: [UnsafePointer<UInt8>?] = []
      var offset = 0
      for text in texts {
        pointers.append(bytes.baseAddress?.advanced(by: offset))
        offset += text.utf8.count + 1
      }
      try pointers.withUnsafeBufferPointer { list throws(Diagnostic) in
        try create(name, type: type.id, count: count, bytes: list.baseAddress)
      }
    }
  }

  /// - Parameter count: the length of the list; `nil` for a single value.
  private func create(
    _ name: String, type: hid_t, count: Int?, bytes: UnsafeRawPointer?
  ) throws(Diagnostic) {
    let (id, failure) = (handle.id, failure(name))
    try HDF5Library.locked { () throws(Diagnostic) in
      let dims = [hsize_t(count ?? 0)]
      let space = try Handle(count == nil ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, dims, nil), failure)
      let attribute = try Handle(H5Acreate2(id, name, type, space.id, h5_default(), h5_default()), failure)
      if let bytes { try check(H5Awrite(attribute.id, type, bytes), failure) }
    }
  }

  private func attribute(_ name: String) -> String { "attribute '\(name)' of \(place)" }

  private func failure(_ name: String) -> (String) -> Diagnostic {
    let place = attribute(name)
    return { .cannotWrite(place, $0) }
  }
}

/// Reads one open attribute; used under the library's lock.
private struct AttributeReader {
  let id: hid_t
  let name: String
  let place: String
  let header: ObjectHeader?
  let limit: Int

  func texts() throws(Diagnostic) -> [String] {
    let type = try Handle(H5Aget_type(id), damaged)
    let space = try Handle(H5Aget_space(id), damaged)
    let count = Int(H5Sget_simple_extent_npoints(space.id))
    let size = H5Tget_size(type.id)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard count >= 0, !overflow, bytes <= limit else {
      throw .implausibleInHDF5("claims to be larger than the file", in: place)
    }
    if count == 0 { return [] }
    guard H5Tget_class(type.id) == H5T_STRING else {
      throw .unsupportedInHDF5("does not hold text", in: place)
    }
    return H5Tis_variable_str(type.id) > 0
      ? try variable(count, type.id, space.id) : try fixed(count, size, type.id)
  }

  private func variable(_ count: Int, _ type: hid_t, _ space: hid_t) throws(Diagnostic) -> [String] {
    if let header, !header.allowsTexts(count, of: name) {
      throw damaged("its texts are not where it says")
    }
    let memory = try Handle(H5Tcopy(h5_c_string()), damaged)
    H5Tset_size(memory.id, h5_variable())
    H5Tset_cset(memory.id, H5Tget_cset(type))
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    try check(H5Aread(id, memory.id, &pointers), damaged)
    defer { H5Dvlen_reclaim(memory.id, space, h5_default(), &pointers) }
    var texts: [String] = []
    for pointer in pointers {
      guard let pointer else {
        texts.append("")
        continue
      }
      guard let text = String(validatingCString: pointer) else { throw notUTF8 }
      texts.append(text)
    }
    return texts
  }

  private func fixed(_ count: Int, _ size: Int, _ type: hid_t) throws(Diagnostic) -> [String] {
    guard size > 0 else { throw damaged("texts of no bytes") }
    var bytes = [UInt8](repeating: 0, count: count * size)
    try check(H5Aread(id, type, &bytes), damaged)
    let isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD
    var texts: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      var field = bytes[start..<start + size].prefix { $0 != 0 }
      if isSpacePadded { while field.last == UInt8(ascii: " ") { field.removeLast() } }
      guard let text = String(validating: field, as: UTF8.self) else { throw notUTF8 }
      texts.append(text)
    }
    return texts
  }

  private func damaged(_ reason: String) -> Diagnostic {
    .implausibleInHDF5("cannot be read: \(reason)", in: place)
  }

  private var notUTF8: Diagnostic { .unsupportedInHDF5("holds text that is not UTF-8", in: place) }
}
