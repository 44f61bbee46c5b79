import Foundation

/// The list at the end of a zip file, read for what the library does not tell: where a name goes on behind a zero, of which
/// C sees the beginning alone, and which name is there twice.
enum ZipDirectory {
  /// Whether a name in the list has a zero byte.
  ///
  /// What is otherwise wrong with the list the library finds.
  static func hasZeroInName(_ path: String) -> Bool {
    names(in: path).contains { $0.contains(0) }
  }

  /// A name that two members have.
  static func repeatedName(_ path: String) -> String? {
    var seen: Set<[UInt8]> = []
    return names(in: path).first { !seen.insert($0).inserted }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names of the list, as far as it is one.
  private static func names(in path: String) -> [[UInt8]] {
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else {
      return []
    }
    defer { try? file.close() }  // only read from: nothing can be lost
    let tail = bytes(of: file, from: size > 65_557 ? size - 65_557 : 0, count: 65_557)
    guard let end = lastEnd(in: tail) else { return [] }
    let (length, start) = (number(tail, end + 12, 4), number(tail, end + 16, 4))
    guard start + length <= size else { return [] }
    let list = bytes(of: file, from: UInt64(start), count: length)
    var names: [[UInt8]] = []
    var place = 0
    while place + 46 <= list.count, number(list, place, 4) == 0x0201_4B50 {
      let name = number(list, place + 28, 2)
      guard place + 46 + name <= list.count else { return names }
      names.append(Array(list[(place + 46)..<(place + 46 + name)]))
      place += 46 + name + number(list, place + 30, 2) + number(list, place + 32, 2)
    }
    return names
  }

  /// Where the record that ends a zip file begins; a comment may follow it.
  private static func lastEnd(in tail: [UInt8]) -> Int? {
    guard tail.count >= 22 else { return nil }
    return (0...(tail.count - 22)).last { number(tail, $0, 4) == 0x0605_4B50 }
  }

  private static func bytes(of file: FileHandle, from offset: UInt64, count: Int) -> [UInt8] {
    guard (try? file.seek(toOffset: offset)) != nil else { return [] }
    return (try? file.read(upToCount: count)).flatMap { $0 }.map { [UInt8]($0) } ?? []
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }
}
