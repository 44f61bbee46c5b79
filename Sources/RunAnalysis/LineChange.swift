/// A line that only one of two texts has.
public struct LineChange: Sendable, Equatable {
  /// Its number from 1 in the first text, or `nil` if it is in the second alone.
  public var first: Int?
  public var second: Int?
  public var text: String

  public init(first: Int? = nil, second: Int? = nil, text: String) {
    self.first = first
    self.second = second
    self.text = text
  }

  /// The fewest lines to remove and to add, in the order of reading: removed lines before those in their place.
  static func between(_ first: String, _ second: String) -> [LineChange] {
    if first == second { return [] }
    let (a, b) = (lines(first), lines(second))
    let difference = b.difference(from: a)
    let removed = Set(difference.removals.map(\.offset))
    let added = Set(difference.insertions.map(\.offset))
    var (i, j) = (0, 0)
    var changes: [LineChange] = []
    while i < a.count || j < b.count {
      if i < a.count && removed.contains(i) {
        changes.append(LineChange(first: i + 1, text: a[i]))
        i += 1
      } else if j < b.count && added.contains(j) {
        changes.append(LineChange(second: j + 1, text: b[j]))
        j += 1
      } else {
        i += 1
        j += 1
      }
    }
    return changes
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

extension CollectionDifference.Change {
  fileprivate var offset: Int {
    switch self {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}
