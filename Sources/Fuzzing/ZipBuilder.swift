public import Foundation

/// Makes zip files, sound ones and others, byte by byte.
public struct ZipBuilder {
  /// A file in it.
  public struct Member {
    public var name: String
    public var data: Data
    /// What the headers say of it.
    public var method: UInt16 = 0
    public var claimedSize: UInt32?
    public var checksum: UInt32?
    /// Kind and permissions, as Unix has them.
    public var unixMode: UInt32?
  }

  public var members: [Member] = []
  /// Whether the list says that every member is where the first one is.
  public var areOverlapping = false

  public init(_ members: [(String, Data)]) { self.members = members.map { Member(name: $0.0, data: $0.1) } }

  /// The bytes of the whole file.
  public var data: Data {
    var (out, directory) = (Data(), Data())
    for member in members {
      let offset = UInt32(out.count)
      let facts = facts(of: member)
      out += number(0x0403_4B50, 4) + number(20, 2) + facts + member.name.utf8 + member.data
      directory += number(0x0201_4B50, 4) + number(member.unixMode == nil ? 20 : 3 << 8 | 20, 2)
      directory += number(20, 2) + facts + number(0, 2) + number(0, 2) + number(0, 2)
      directory += number((member.unixMode ?? 0) << 16, 4) + number(areOverlapping ? 0 : offset, 4)
      directory += member.name.utf8
    }
    let (count, start) = (UInt32(members.count), UInt32(out.count))
    out += directory
    out += number(0x0605_4B50, 4) + number(0, 4) + number(count, 2) + number(count, 2)
    return out + number(UInt32(directory.count), 4) + number(start, 4) + number(0, 2)
  }

  /// From the flags to the length of the extra field, as both headers have them.
  private func facts(of member: Member) -> Data {
    let size = member.claimedSize ?? UInt32(member.data.count)
    return number(0, 2) + number(UInt32(member.method), 2) + number(0, 2) + number(33, 2)
      + number(member.checksum ?? crc32(member.data), 4) + number(UInt32(member.data.count), 4)
      + number(size, 4) + number(UInt32(member.name.utf8.count), 2) + number(0, 2)
  }

  private func number(_ value: UInt32, _ width: Int) -> Data {
    Data((0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
  }
}

/// The checksum of zip files, bit by bit.
public func crc32(_ data: Data) -> UInt32 {
  ~data.reduce(~UInt32(0)) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { bits, _ in bits >> 1 ^ (bits & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
}

/// The members of a zip file whose members are stored, in its order.
public func storedMembers(_ data: Data) -> [(name: String, data: Data)] {
  func number(_ at: Int, _ width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(data[at + $1]) << ($1 * 8) }
  }
  var members: [(String, Data)] = []
  var place = 0
  while place + 30 < data.count, number(place, 4) == 0x0403_4B50, number(place + 8, 2) == 0 {
    let (size, name, extra) = (number(place + 22, 4), number(place + 26, 2), number(place + 28, 2))
    let start = place + 30 + name + extra
    members.append(
      (String(decoding: data[place + 30..<place + 30 + name], as: UTF8.self), data[start..<start + size]))
    place = start + size
  }
  return members
}
