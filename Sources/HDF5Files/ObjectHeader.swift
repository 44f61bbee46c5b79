import CHDF5
import Diagnostics

/// The attributes in an object's header, read beside the library to protect it.
///
/// Headers, and the heap that texts of variable length lie in, carry no checksum in files of the usual old format, and
/// the library (up to 1.14 at least) believes them: one wrong byte makes it copy from anywhere to anywhere. So the
/// parts it trusts are checked before it sees them: that each attribute fits into its message, and that each text is
/// an object of the heap, of just that length, and that lists come to an end.
struct ObjectHeader {
  private let source: FileSource
  /// Where addresses count from: files may begin with a block of the user's own.
  private let base: Int
  private let limits: SymbolTable.Limits
  private var contents = Contents()

  /// What the messages of a header say.
  struct Contents: Sendable {
    /// The value of each attribute; those that are kept apart, in a structure with checksums, are not among them.
    var attributes: [[UInt8]: Bytes] = [:]
    var isVirtual = false
  }

  /// Whether it is a dataset made of pieces of others, of which the library believes every word on opening it.
  var isVirtual: Bool { contents.isVirtual }

  /// Reads the header of an open object, under the library's lock.
  /// - Throws: E0605 if it is damaged.
  init(_ source: FileSource, of id: hid_t, _ place: String) throws(Diagnostic) {
    var info = H5O_info_t()
    try check(H5Oget_info2(id, &info, UInt32(H5O_INFO_BASIC)), Self.damaged(place))
    try self.init(source, at: info.addr, besides: id, place)
  }

  /// Reads the header at an address, of an object that is not open yet.
  /// - Parameter id: an open object of the file.
  /// - Throws: E0605 if it is damaged.
  init(_ source: FileSource, at address: haddr_t, besides id: hid_t, _ place: String) throws(Diagnostic) {
    let damaged = Self.damaged(place)
    var userBlock: hsize_t = 0
    let file = try Handle(H5Iget_file_id(id), damaged)
    let creation = try Handle(H5Fget_create_plist(file.id), damaged)
    try check(H5Pget_userblock(creation.id, &userBlock), damaged)
    var (inner, leaf): (UInt32, UInt32) = (0, 0)
    try check(H5Pget_sym_k(creation.id, &inner, &leaf), damaged)
    limits = SymbolTable.Limits(children: 2 * Int(inner), entries: 2 * Int(leaf))
    self.source = source
    base = Int(clamping: userBlock)
    let place = Int(clamping: address)
    guard let contents = source.header(at: place, { contents(from: place) }) else {
      throw damaged("its messages do not fit")
    }
    self.contents = contents
  }

  private static func damaged(_ place: String) -> (String) -> Diagnostic {
    { .implausibleInHDF5("has a damaged header: \($0)", in: place) }
  }

  /// Whether all `count` texts of an attribute can be followed.
  func allowsTexts(_ count: Int, of name: String) -> Bool {
    guard var references = contents.attributes[Array(name.utf8)] else { return true }
    for _ in 0..<count {
      guard let length = references.number(4), let heap = references.number(8),
        let index = references.number(4)
      else { return false }
      if heap == 0 { continue }
      guard source.heap(at: base &+ heap)?[UInt32(index)] == length else { return false }
    }
    return true
  }

  /// Walks through the messages and keeps the attributes; `nil` if something is damaged.
  private func contents(from address: Int) -> Contents? {
    var contents = Contents()
    guard var signature = source.bytes(base &+ address, 4) else { return nil }
    let isNew = signature.take(4) == Array("OHDR".utf8)
    guard var blocks = (isNew ? newHeader(address) : oldHeader(address)).map({ [$0] }) else { return nil }
    var visited = 0
    while let block = blocks.popLast() {
      visited += 1
      guard visited < 1000, var messages = source.bytes(base &+ block.address, block.count) else {
        return nil
      }
      while messages.count >= block.layout.messageHeader {
        guard let message = block.layout.next(&messages) else { return nil }
        switch message.type {
        case 0x08: contents.isVirtual = contents.isVirtual || isVirtualLayout(message.body)
        case 0x02:
          guard hasSoundIndex(message.body, countBytes: 8) else { return nil }
        case 0x06:
          guard isSoundLink(message.body) else { return nil }
        case 0x15:
          guard hasSoundIndex(message.body, countBytes: 2) else { return nil }
        case 0x0C:
          guard let attribute = attribute(in: message.body) else { return nil }
          contents.attributes[attribute.name] = attribute.value
        case 0x10:
          guard let next = continuation(message.body, block.layout) else { return nil }
          blocks.append(next)
        case 0x11:
          guard isSoundSymbolTable(message.body) else { return nil }
        default: break
        }
      }
    }
    return contents
  }

  /// A stretch of messages.
  private struct Block {
    var address: Int
    var count: Int
    var layout: MessageLayout
  }

  private func oldHeader(_ address: Int) -> Block? {
    guard var header = source.bytes(base &+ address, 16), header.number(1) == 1, header.take(7) != nil,
      let count = header.number(4)
    else { return nil }
    return Block(address: address &+ 16, count: count, layout: .init(isNew: false, hasOrder: false))
  }

  private func newHeader(_ address: Int) -> Block? {
    guard var header = source.bytes(base &+ address, 6), header.take(4) != nil, header.number(1) == 2,
      let flags = header.number(1)
    else { return nil }
    let skipped = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
    let width = 1 << (flags & 3)
    guard var size = source.bytes(base &+ address &+ skipped, width), let count = size.number(width) else {
      return nil
    }
    let layout = MessageLayout(isNew: true, hasOrder: flags & 4 != 0)
    return Block(address: address &+ skipped + width, count: count, layout: layout)
  }

  private func continuation(_ body: Bytes, _ layout: MessageLayout) -> Block? {
    var body = body
    guard let address = body.number(8), let count = body.number(8) else { return nil }
    // New blocks begin with a signature and end with a checksum.
    return layout.isNew
      ? Block(address: address &+ 4, count: count - 8, layout: layout)
      : Block(address: address, count: count, layout: layout)
  }

  /// Whether links or attributes that are kept apart, in a heap with an index, are where a message says; the library
  /// reads through a null pointer otherwise.
  private func hasSoundIndex(_ body: Bytes, countBytes: Int) -> Bool {
    var body = body
    guard body.take(1) != nil, let flags = body.number(1), flags & 1 == 0 || body.take(countBytes) != nil,
      let heap = body.take(8), let names = body.take(8), let order = flags & 2 == 0 ? [] : body.take(8)
    else { return false }
    let nowhere = [UInt8](repeating: 0xFF, count: 8)
    if heap == nowhere { return names == nowhere && (order.isEmpty || order == nowhere) }
    return isAt(heap, "FRHP") && isAt(names, "BTHD")
      && (order.isEmpty || order == nowhere || isAt(order, "BTHD"))
  }

  /// Whether a structure of this signature is at an address.
  private func isAt(_ address: [UInt8], _ signature: String) -> Bool {
    var address = Bytes(address)
    guard let place = address.number(8), place < 1 << 62, var found = source.bytes(base &+ place, 4) else {
      return false
    }
    return found.take(4) == Array(signature.utf8)
  }

  /// Whether the symbol table in a message can be followed.
  private func isSoundSymbolTable(_ body: Bytes) -> Bool {
    SymbolTable(source, base: base, addresses: body, limits: limits)?.isSound() ?? false
  }

  /// The name and the value in an attribute message; `nil` if they are not within it.
  private func attribute(in body: Bytes) -> (name: [UInt8], value: Bytes)? {
    var body = body
    guard let version = body.number(1), body.take(1) != nil, let nameSize = body.number(2),
      let typeSize = body.number(2), let spaceSize = body.number(2), version < 3 || body.take(1) != nil
    else { return nil }
    let unit = version == 1 ? 8 : 1
    guard nameSize > 0, let name = body.take(nameSize.roundedUp(to: unit)), name[nameSize - 1] == 0,
      let type = body.take(typeSize.roundedUp(to: unit)), isSound(Bytes(type)),
      body.take(spaceSize.roundedUp(to: unit)) != nil
    else { return nil }
    return (Array(name.prefix { $0 != 0 }), body)
  }
}

/// Whether values of a type take the room they should: a text of variable length 16 bytes, its characters one each.
private func isSound(_ type: Bytes) -> Bool {
  var type = type
  guard let kind = type.number(1), let details = type.number(3), let size = type.number(4) else {
    return false
  }
  let (isVariable, isText) = (kind & 0x0F == 9, details & 0x0F == 1)
  guard isVariable, isText else { return true }
  guard size == 16, type.take(4) != nil, let character = type.number(4) else { return false }
  return character == 1
}

/// Whether a link message names its link and says where it leads; the library asks one to nowhere what it is.
private func isSoundLink(_ link: Bytes) -> Bool {
  var link = link
  guard link.number(1) == 1, let flags = link.number(1), let kind = flags & 8 == 0 ? 0 : link.number(1),
    link.take((flags & 4 == 0 ? 0 : 8) + (flags & 16 == 0 ? 0 : 1)) != nil,
    let nameSize = link.number(1 << (flags & 3)), nameSize > 0, link.take(nameSize) != nil
  else { return false }
  if kind == 0 { return link.count >= 8 }
  // Soft links hold a path, others what their kind makes of it: external ones a file, a path and a byte before them.
  guard kind == 1 || kind == 64, let size = link.number(2) else { return false }
  return size > (kind == 1 ? 0 : 2) && size <= link.count
}

/// Whether a layout message, of version 3 or later, has the class of virtual datasets.
private func isVirtualLayout(_ layout: Bytes) -> Bool {
  var layout = layout
  guard let version = layout.number(1), let kind = layout.number(1) else { return false }
  return version >= 3 && kind == 3
}

/// How messages follow each other in old and new object headers.
private struct MessageLayout {
  var isNew: Bool
  var hasOrder: Bool

  var messageHeader: Int { isNew ? (hasOrder ? 6 : 4) : 8 }

  func next(_ messages: inout Bytes) -> (type: Int, body: Bytes)? {
    guard let type = messages.number(isNew ? 1 : 2), let size = messages.number(2),
      messages.take(messageHeader - (isNew ? 3 : 4)) != nil, let body = messages.take(size)
    else { return nil }
    return (type, Bytes(body))
  }
}
