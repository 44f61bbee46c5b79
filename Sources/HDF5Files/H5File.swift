import CHDF5
public import Diagnostics

/// An open HDF5 file; owns it, and closes it when dropped.
///
/// Values from different files and tasks may be used side by side: every call takes the library's lock.
public struct H5File: ~Copyable, Sendable {
  /// The path it was opened with, for messages.
  public let path: String
  /// The size on disk, which bounds what may be allocated on behalf of the file.
  public var byteCount: Int { source?.byteCount ?? .max }
  /// `nil` while it is written.
  private let source: FileSource?
  private let handle: Handle

  /// Opens a file for reading.
  /// - Parameter name: what messages call it, if not by its path: a copy of what lies in another file.
  /// - Throws: E0601 if there is no such file or it may not be read, E0602 if it is not HDF5 or damaged.
  public init(reading path: String, as name: String? = nil) throws(Diagnostic) {
    let name = name ?? path
    let source = try FileSource(path: path)
    let handle = try HDF5Library.locked { () throws(Diagnostic) in
      let access = try accessList(name)
      // Reading needs no lock on the file, and some network file systems have none to give.
      H5Pset_file_locking(access.id, false, true)
      return try Handle(H5Fopen(path, h5_read_only(), access.id)) { .damaged(name, $0) }
    }
    self.init(path: name, source: source, handle: handle)
  }

  /// Makes a file aside that messages call by the name it is going to have.
  private init(creating aside: String, for path: String) throws(Diagnostic) {
    let handle = try HDF5Library.locked { () throws(Diagnostic) in
      let access = try accessList(path)
      let creation = try Handle(H5Pcreate(h5_file_creation())) { .cannotWrite("'\(path)'", $0) }
      H5Pset_obj_track_times(creation.id, false)
      return try Handle(H5Fcreate(aside, h5_truncate(), creation.id, access.id)) {
        .cannotWrite("'\(path)'", $0)
      }
    }
    self.init(path: path, source: nil, handle: handle)
  }

  private init(path: String, source: FileSource?, handle: consuming Handle) {
    self.path = path
    self.source = source
    self.handle = handle
  }

  /// The group everything else is in.
  public func root() throws(Diagnostic) -> H5Group {
    let (id, path, source) = (handle.id, self.path, self.source)
    return try HDF5Library.locked { () throws(Diagnostic) in
      let root = try Handle(H5Gopen2(id, "/", h5_default())) { .damaged(path, $0) }
      try checkGroup(root.id, "'\(path)'", source)
      return H5Group(root, place: "'\(path)'", source: source)
    }
  }

  /// Writes a file that is either complete or not there.
  ///
  /// It is written aside in the same folder, flushed to the disk and renamed. Equal calls give equal bytes: no time
  /// stamps, and the oldest format that can hold the content, as h5py does.
  /// - Throws: E0606 with the reason, or whatever `body` throws; the file aside is removed then.
  public static func write(
    to path: String, _ body: (borrowing H5Group) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try writeAside(path) { aside throws(Diagnostic) in try create(aside, for: path, body) }
  }

  /// Writes a file in place, for whoever goes on to put it into another.
  /// - Parameter path: the name messages call it by.
  /// - Throws: E0606 with the reason, or whatever `body` throws.
  public static func create(
    _ aside: String, for path: String, _ body: (borrowing H5Group) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let file = try H5File(creating: aside, for: path)
    try body(file.root())
    let id = file.handle.id
    try HDF5Library.locked { () throws(Diagnostic) in
      try check(H5Fflush(id, H5F_SCOPE_GLOBAL)) { .cannotWrite("'\(path)'", $0) }
    }
  }
}

private func accessList(_ path: String) throws(Diagnostic) -> Handle {
  try Handle(H5Pcreate(h5_file_access())) { .cannotOpen(path, $0) }
}
