/// Which element of an axis each element of the result is: what slices, flips, pads and repetitions have in common.
enum AxisMap: Hashable, Sendable {
  /// How the surroundings of an axis are filled.
  enum Edge: Hashable, Sendable { case constant, reflected, symmetric }

  /// The axis as it is; the only map of a batch axis.
  case whole
  case range(start: Int, step: Int, count: Int)
  /// The elements at `start`, `start + step`, …, among `size`; nothing elsewhere.
  case spread(start: Int, step: Int, size: Int)
  case padded(before: Int, after: Int, Edge)
  /// Every element several times in a row.
  case repeated(Int)
  /// The axis several times.
  case tiled(Int)
  /// Everything this far towards the end; what falls off comes in at the start.
  case rolled(Int)
  /// -1 for nothing.
  case indices([Int32])

  /// The size of the result for an axis of `size`, `Int.max` if it cannot be counted.
  func count(of size: Int) -> Int {
    switch self {
    case .whole, .rolled: size
    case .range(_, _, let count): count
    case .spread(_, _, let size): size
    case .padded(let before, let after, _): [before, after].reduce(size) { saturating($0, $1) }
    case .repeated(let times), .tiled(let times):
      size.multipliedReportingOverflow(by: times).overflow ? Int.max : size * times
    case .indices(let indices): indices.count
    }
  }

  private func saturating(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? Int.max : sum
  }

  /// The elements of an axis of `size` that make the result, -1 for nothing.
  func table(of size: Int) -> [Int] {
    switch self {
    case .whole: Array(0..<size)
    case .range(let start, let step, let count): (0..<count).map { start + $0 * step }
    case .spread(let start, let step, let wide):
      (0..<wide).map { i in
        let (element, rest) = (i - start).quotientAndRemainder(dividingBy: step)
        return rest == 0 && (0..<size).contains(element) ? element : -1
      }
    case .padded(let before, let after, let edge):
      (-before..<size + after).map { i in
        if (0..<size).contains(i) { return i }
        switch edge {
        case .constant: return -1
        case .reflected: return fold(i, period: 2 * size - 2)
        case .symmetric: return fold(i < 0 ? -1 - i : i, period: 2 * size, mirror: 2 * size - 1)
        }
      }
    case .repeated(let times): (0..<size * times).map { $0 / times }
    case .tiled(let times): (0..<size * times).map { $0 % size }
    case .rolled(let shift): (0..<size).map { modulo($0 - shift, size) }
    case .indices(let indices): indices.map(Int.init)
    }
  }

  /// Mirrors a place back into the axis.
  private func fold(_ i: Int, period: Int, mirror: Int? = nil) -> Int {
    if period == 0 { return 0 }
    let place = modulo(i, period)
    return min(place, (mirror ?? period) - place)
  }

  private func modulo(_ i: Int, _ n: Int) -> Int { (i % n + n) % n }

  /// The map that undoes this one for an axis of `size`, with nothing where nothing came from.
  ///
  /// `nil` if elements are used more than once.
  func inverse(of size: Int) -> AxisMap? {
    switch self {
    case .whole: .whole
    case .range(let start, let step, _): .spread(start: start, step: step, size: size)
    case .spread(let start, let step, _): .range(start: start, step: step, count: size)
    case .padded(let before, _, .constant): .range(start: before, step: 1, count: size)
    case .rolled(let shift): .rolled(-shift)
    case .padded, .repeated, .tiled, .indices: nil
    }
  }
}

extension AxisMap {
  /// The element of an axis of `size` that stands at a place of the result, by definition; `nil` for nothing.
  func source(of place: Int, in size: Int) -> Int? {
    switch self {
    case .whole: return place
    case .range(let start, let step, _): return start + place * step
    case .spread(let start, let step, _): return (0..<size).first { start + $0 * step == place }
    case .padded(let before, _, let edge):
      var source = place - before
      while !(0..<size).contains(source) {
        switch edge {
        case .constant: return nil
        // The last element is not repeated; of a single one there is nothing else to take.
        case .reflected where size == 1: return 0
        case .reflected: source = source < 0 ? -source : 2 * (size - 1) - source
        case .symmetric: source = source < 0 ? -1 - source : 2 * size - 1 - source
        }
      }
      return source
    case .repeated(let times): return place / times
    case .tiled: return place % size
    case .rolled(let shift): return (0..<size).first { ($0 + shift - place) % size == 0 }
    case .indices(let indices): return indices[place] < 0 ? nil : Int(indices[place])
    }
  }
}
