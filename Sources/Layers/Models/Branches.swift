/// Which condition decides on what: made of the ways on which nodes occur.
struct Branches {
  /// A condition that went one way.
  struct Side: Hashable {
    var condition: Int
    var outcome: Bool
  }

  /// The sides of every condition that went both ways, the innermost first.
  private let all: [(side: Side, ways: Set<Int>)]
  /// The innermost side that each node is computed on; none for what is computed anyway.
  private(set) var sides: [Int: Side] = [:]

  /// - Parameters:
  ///   - outcomes: how each condition went on each way.
  ///   - nodeWays: the ways on which each node occurs.
  init(_ outcomes: [Int: [Int: Bool]], _ nodeWays: [Set<Int>]) {
    var found: [(side: Side, ways: Set<Int>)] = []
    for condition in outcomes.keys.sorted() {
      let went = outcomes[condition] ?? [:]
      for outcome in [false, true] {
        let ways = Set(went.filter { $0.value == outcome }.keys)
        if !ways.isEmpty && ways.count < went.count {
          found.append((Side(condition: condition, outcome: outcome), ways))
        }
      }
    }
    all = found.enumerated().sorted { a, b in
      (a.element.ways.count, b.offset) < (b.element.ways.count, a.offset)
    }.map(\.element)
    for (node, ways) in nodeWays.enumerated() {
      sides[node] = side(of: ways, besides: node)
    }
  }

  /// The innermost side that all of some ways went.
  /// - Parameter node: a condition does not decide on itself.
  func side(of ways: Set<Int>, besides node: Int? = nil) -> Side? {
    all.first { $0.side.condition != node && ways.isSubset(of: $0.ways) }?.side
  }
}
