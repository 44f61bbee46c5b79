/// The names of an old group, in a tree of nodes with the texts in a heap, read beside the library to protect it.
///
/// None of it carries a checksum, and the library (1.10 at least) takes offsets from it as they come.
struct SymbolTable {
  /// How many children and entries a node has room for, as the file says.
  struct Limits {
    var children: Int
    var entries: Int
  }

  private let source: FileSource
  private let base: Int
  private let limits: Limits
  private let tree: Int
  private let names: Bytes

  /// - Parameter addresses: where the tree and the heap are, counted from `base`.
  /// - Returns: `nil` if the heap is damaged.
  init?(_ source: FileSource, base: Int, addresses: Bytes, limits: Limits) {
    var addresses = addresses
    guard let tree = addresses.number(8), let heap = addresses.number(8),
      let names = source.nameHeap(at: heap, base: base)
    else { return nil }
    self.source = source
    self.base = base
    self.limits = limits
    self.tree = tree
    self.names = names
  }

  /// Whether every node is where the one above says, and every entry names what it should.
  func isSound() -> Bool {
    var visited = 0
    return isSoundNode(tree, level: nil, &visited)
  }

  /// - Parameter level: the node's height above the leaves, known from its parent: so the walk comes to an end.
  private func isSoundNode(_ address: Int, level expected: Int?, _ visited: inout Int) -> Bool {
    visited += 1
    guard visited <= source.byteCount / 24, var node = source.block(at: address, base, 24, "TREE"),
      node.number(1) == 0, let level = node.number(1), level == expected ?? level,
      let count = node.number(2), count <= limits.children,
      var children = source.bytes(base &+ address + 24, 16 * count)
    else { return false }
    for _ in 0..<count {
      guard children.take(8) != nil, let child = children.number(8),
        level > 0 ? isSoundNode(child, level: level - 1, &visited) : isSoundLeaf(child)
      else { return false }
    }
    return true
  }

  private func isSoundLeaf(_ address: Int) -> Bool {
    guard var leaf = source.block(at: address, base, 8, "SNOD"), leaf.number(1) == 1, leaf.take(1) != nil,
      let count = leaf.number(2), count <= limits.entries,
      var entries = source.bytes(base &+ address + 8, 40 * count)
    else { return false }
    return (0..<count).allSatisfy { _ in entries.take(40).map { isSoundEntry(Bytes($0)) } ?? false }
  }

  private func isSoundEntry(_ entry: Bytes) -> Bool {
    var entry = entry
    guard let name = entry.number(8), isText(name), entry.take(8) != nil, let kind = entry.number(4),
      entry.take(4) != nil
    else { return false }
    switch kind {
    case 0: return true
    case 1:  // A group, whose own tree and heap are said here once more.
      guard let tree = entry.number(8), let heap = entry.number(8) else { return false }
      return source.block(at: tree, base, 4, "TREE") != nil && source.nameHeap(at: heap, base: base) != nil
    case 2:  // A soft link, with the path it leads to among the names.
      return entry.number(4).map(isText) ?? false
    default: return false
    }
  }

  /// Whether a text that ends begins at an offset of the heap.
  private func isText(_ offset: Int) -> Bool {
    guard let rest = names.dropping(offset) else { return false }
    return rest.prefix(1 << 16).contains(0)
  }
}

extension FileSource {
  /// The first bytes of a structure after its signature; `nil` if it is not there.
  fileprivate func block(at address: Int, _ base: Int, _ count: Int, _ signature: String) -> Bytes? {
    guard var block = bytes(base &+ address, count), block.take(4) == Array(signature.utf8) else {
      return nil
    }
    return block
  }

  /// The heap that the names of an old group lie in; `nil` if it is damaged: its list of free pieces must end.
  fileprivate func nameHeap(at address: Int, base: Int) -> Bytes? {
    guard var header = block(at: address, base, 32, "HEAP"), header.take(4) != nil,
      let size = header.number(8), var free = header.take(8), let place = header.number(8),
      let names = bytes(base &+ place, size)
    else { return nil }
    var visited = 0
    while let offset = Bytes(free).freePiece {
      visited += 1
      guard visited <= size / 16, var piece = names.dropping(offset), let next = piece.take(8) else {
        return nil
      }
      free = next
    }
    return names
  }
}

extension Bytes {
  /// The offset of a free piece in a heap of names; `nil` at the end of the list, which is 1 or all ones.
  fileprivate var freePiece: Int? {
    var bytes = self
    guard let offset = bytes.number(8), offset != 1 else { return nil }
    return offset
  }
}
