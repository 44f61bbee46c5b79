import CHDF5
public import Diagnostics

/// A group of an HDF5 file: named groups and datasets, and attributes.
///
/// Names are paths with `/` between. Only plain (hard) links are followed: a soft or external link could lead in a
/// circle or to another file.
public struct H5Group: ~Copyable, Sendable {
  let handle: Handle
  /// What messages call it.
  public let place: String
  /// The file's bytes; `nil` while it is written.
  let source: FileSource?

  init(_ handle: consuming Handle, place: String, source: FileSource?) {
    self.handle = handle
    self.place = place
    self.source = source
  }

  /// The names in this group, in order of their bytes.
  /// - Throws: E0604 if a name is not UTF-8, E0605 if the group is damaged.
  public func names() throws(Diagnostic) -> [String] {
    let (id, place) = (handle.id, self.place)
    return try HDF5Library.locked { () throws(Diagnostic) in
      var info = H5G_info_t()
      try check(H5Gget_info(id, &info)) { .implausibleInHDF5($0, in: place) }
      var names: [String] = []
      for index in 0..<info.nlinks { names.append(try linkName(id, index, place)) }
      return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }

  /// Whether there is something under `path`.
  public func contains(_ path: String) -> Bool {
    let (id, source) = (handle.id, self.source)
    let found = try? HDF5Library.locked { () throws(Diagnostic) in
      let names = prefixes(of: path)
      for name in names {
        guard H5Lexists(id, name, h5_default()) > 0 else { return false }
        // Where a soft link leads is not asked: opening what is behind it tells.
        var link = H5L_info_t()
        guard name != names.last, H5Lget_info(id, name, &link, h5_default()) >= 0, link.type == H5L_TYPE_HARD
        else { return true }
        let object = try Handle(H5Oopen(id, name, h5_default())) { .implausibleInHDF5($0, in: name) }
        try checkGroup(object.id, name, source)
      }
      return !names.isEmpty
    }
    return found ?? false
  }

  /// The group under `path`.
  /// - Throws: E0603 if there is none, E0604 behind links that are not followed.
  public func group(_ path: String) throws(Diagnostic) -> H5Group {
    let (id, place, source) = (handle.id, self.place, self.source)
    return try HDF5Library.locked { () throws(Diagnostic) in
      let object = try openObject(id, path, kind: H5I_GROUP, word: "group", in: place, source)
      return H5Group(object, place: "'\(path)' in \(place)", source: source)
    }
  }

  /// The dataset under `path`.
  /// - Throws: E0603 if there is none, E0604 behind links that are not followed.
  public func dataset(_ path: String) throws(Diagnostic) -> H5Dataset {
    let (id, place, source) = (handle.id, self.place, self.source)
    return try HDF5Library.locked { () throws(Diagnostic) in
      let object = try openObject(id, path, kind: H5I_DATASET, word: "dataset", in: place, source)
      return try H5Dataset(object, place: "'\(path)' in \(place)", limit: source?.byteCount ?? .max)
    }
  }

  /// Makes a group under `path`, and those above it that are missing.
  public func makeGroup(_ path: String) throws(Diagnostic) -> H5Group {
    let (id, place, source) = (handle.id, self.place, self.source)
    return try HDF5Library.locked { () throws(Diagnostic) in
      try makeParents(of: path, in: id, place)
      return H5Group(try createGroup(id, path, place), place: "'\(path)' in \(place)", source: source)
    }
  }
}

/// `a`, `a/b`, `a/b/c` of `a/b/c`; empty names and `.` mean nothing, as in HDF5.
func prefixes(of path: String) -> [String] {
  let names = path.split(separator: "/").filter { $0 != "." }
  return names.indices.map { names[...$0].joined(separator: "/") }
}

/// `path` as the library is to see it: never from the root of the file.
func relativePath(_ path: String, _ place: String) throws(Diagnostic) -> String {
  guard let name = prefixes(of: path).last, !path.utf8.contains(0) else {
    throw .cannotWrite("'\(path)' in \(place)", "it is not a name")
  }
  return name
}

/// Creates the groups that `path` goes through.
func makeParents(of path: String, in id: hid_t, _ place: String) throws(Diagnostic) {
  for parent in prefixes(of: path).dropLast() where H5Lexists(id, parent, h5_default()) <= 0 {
    _ = try createGroup(id, parent, place)
  }
}

/// Link properties under which names beyond ASCII are marked as UTF-8, as h5py does.
func linkCreation(for name: String) throws(Diagnostic) -> Handle {
  let list = try Handle(H5Pcreate(h5_link_creation())) { .cannotWrite("'\(name)'", $0) }
  if !name.utf8.allSatisfy({ $0 < 0x80 }) { H5Pset_char_encoding(list.id, H5T_CSET_UTF8) }
  return list
}

private func createGroup(_ id: hid_t, _ path: String, _ place: String) throws(Diagnostic) -> Handle {
  let creation = try Handle(H5Pcreate(h5_group_creation())) { .cannotWrite("'\(path)'", $0) }
  H5Pset_obj_track_times(creation.id, false)
  let link = try linkCreation(for: path)
  let name = try relativePath(path, place)
  return try Handle(H5Gcreate2(id, name, link.id, creation.id, h5_default())) {
    .cannotWrite("group '\(path)' in \(place)", $0)
  }
}

private func linkName(_ id: hid_t, _ index: hsize_t, _ place: String) throws(Diagnostic) -> String {
  let length = H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, h5_default())
  try check(length) { .implausibleInHDF5($0, in: place) }
  var name = [CChar](repeating: 0, count: length + 1)
  let status = H5Lget_name_by_idx(
    id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &name, name.count, h5_default())
  try check(status) { .implausibleInHDF5($0, in: place) }
  guard let text = String(validating: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) else {
    throw .unsupportedInHDF5("has a name that is not UTF-8", in: place)
  }
  return text
}

/// Opens what is under `path` step by step, looking at every link and every group before going through it.
private func openObject(
  _ id: hid_t, _ path: String, kind: H5I_type_t, word: String, in place: String, _ source: FileSource?
) throws(Diagnostic) -> Handle {
  let names = path.split(separator: "/").filter { $0 != "." }.map(String.init)
  guard let first = names.first, !path.utf8.contains(0) else {
    throw .missingInHDF5("\(word) '\(path)'", in: place)
  }
  var object = try openChild(of: id, first, of: path, word, in: place, source)
  for name in names.dropFirst() {
    try checkGroup(object.id, place, source)
    object = try openChild(of: object.id, name, of: path, word, in: place, source)
  }
  guard H5Iget_type(object.id) == kind else { throw .missingInHDF5("\(word) '\(path)'", in: place) }
  if kind == H5I_GROUP { try checkGroup(object.id, place, source) }
  return object
}

private func openChild(
  of id: hid_t, _ name: String, of path: String, _ word: String, in place: String, _ source: FileSource?
) throws(Diagnostic) -> Handle {
  var link = H5L_info_t()
  guard H5Iget_type(id) == H5I_GROUP, H5Lexists(id, name, h5_default()) > 0,
    H5Lget_info(id, name, &link, h5_default()) >= 0
  else { throw .missingInHDF5("\(word) '\(path)'", in: place) }
  guard link.type == H5L_TYPE_HARD else {
    throw .unsupportedInHDF5("is reached through a soft or external link", in: "'\(path)' in \(place)")
  }
  if let source {
    let whole = "'\(path)' in \(place)"
    let header = try ObjectHeader(source, at: link.u.address, besides: id, whole)
    if header.isVirtual { throw .unsupportedInHDF5("keeps its data in another file", in: whole) }
  }
  return try Handle(H5Oopen(id, name, h5_default())) { .implausibleInHDF5($0, in: "'\(path)' in \(place)") }
}

/// Throws E0605 if a group that is being read is damaged in a way that would hurt the library.
func checkGroup(_ id: hid_t, _ place: String, _ source: FileSource?) throws(Diagnostic) {
  if let source, H5Iget_type(id) == H5I_GROUP { _ = try ObjectHeader(source, of: id, place) }
}
