import Glibc

/// Equal intervals that values are counted in.
struct Bins: Sendable {
  let lower: Double
  let width: Double
  let count: Int

  /// More would be thinner than can be seen.
  private static let most = 60

  /// Intervals for all the finite values of some series.
  ///
  /// `count` of them, or as wide as Freedman and Diaconis say (twice the middle half, over the cube root of
  /// how many there are). Few whole numbers get one each.
  init(_ series: [[Double]], count wanted: Int?) {
    let all = series.joined().filter { $0.isFinite && abs($0) < 1e300 }.sorted()
    guard let first = all.first, let last = all.last, last > first else {
      let value = all.first ?? 0
      let room = max(abs(value) * 0.1, 0.5)
      lower = value - room
      width = 2 * room / 5
      count = 5
      return
    }
    let areWhole = last - first < Double(Self.most) && all.allSatisfy { $0 == $0.rounded() }
    if areWhole && wanted == nil {
      lower = first - 0.5
      width = 1
      count = Int(last - first) + 1
      return
    }
    let middle = all[all.count * 3 / 4] - all[all.count / 4]
    let longest = series.map(\.count).max() ?? 1
    let ideal = 2 * middle / cbrt(Double(max(1, longest)))
    let guessed = ideal > 0 ? ((last - first) / ideal).rounded(.up) : 30
    count = wanted ?? Int(min(max(guessed, 8), Double(Self.most)))
    lower = first
    width = (last - first) / Double(count)
  }

  /// Where interval number `index` begins.
  func edge(_ index: Int) -> Double { lower + Double(index) * width }

  /// How many of the values lie in each interval; the last includes its end.
  func counts(of values: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for value in values where value.isFinite {
      let place = ((value - lower) / width).rounded(.down)
      guard place >= 0, place <= Double(count) else { continue }
      counts[min(Int(place), count - 1)] += 1
    }
    return counts
  }
}
