/// The marked values of an axis and what is written beside them.
package struct Ticks: Sendable, Equatable {
  package var values: [Double] = []
  package var labels: [String] = []

  /// At most `count` multiples of 1, 2 or 5 times a power of ten; at least two when `count` is 5 or more.
  ///
  /// `wholeNumbers` allows no step below 1, for epochs and counts. A range without finite ends, or so narrow
  /// that its doubles are farther apart than a step, has no ticks.
  package static func nice(_ range: ClosedRange<Double>, atMost count: Int, wholeNumbers: Bool = false)
    -> Ticks
  {
    let (lower, upper, count) = (range.lowerBound, range.upperBound, max(count, 1))
    let spacing = upper / Double(count) - lower / Double(count)
    guard lower.isFinite, upper.isFinite, spacing > 0 else { return Ticks() }
    var exponent = max(NumberText.decimalExponent(spacing), -300)
    if wholeNumbers { exponent = max(exponent, 0) }
    while exponent <= 308 {
      for multiple in [1, 2, 5] {
        let step = NumberText.scaled(multiple, exponent: exponent)
        guard let steps = multiples(of: step, in: range) else { continue }
        if steps.count <= count { return Ticks(steps.map { $0 * multiple }, exponent: exponent) }
      }
      exponent += 1
    }
    return Ticks()
  }

  /// Powers of ten, with 2 and 5 times them where those are few; linear ticks when the range is narrow.
  package static func logarithmic(_ range: ClosedRange<Double>, atMost count: Int) -> Ticks {
    guard range.lowerBound > 0, range.upperBound.isFinite else { return Ticks() }
    let decades = NumberText.decimalExponent(range.lowerBound)...NumberText.decimalExponent(range.upperBound)
    let dense = decades.flatMap { decade in [1, 2, 5].map { NumberText.scaled($0, exponent: decade) } }
      .filter(range.contains)
    if dense.count < 2 { return nice(range, atMost: count) }
    if dense.count <= count { return Ticks(dense) }
    let stride = (decades.count + count - 1) / max(count, 1)
    let shown = decades.filter {
      $0.isMultiple(of: max(stride, 1)) && range.contains(NumberText.powerOfTen($0))
    }
    return Ticks(decades: shown)
  }

  private init(_ values: [Double]) {
    self.values = values
    labels = values.map { NumberText.significant($0) }
  }

  /// Powers of ten, written as such when one of them would be long.
  private init(decades: [Int]) {
    values = decades.map(NumberText.powerOfTen)
    let areShort = decades.allSatisfy((-3...4).contains)
    labels = decades.map {
      areShort || $0 == 0 ? NumberText.significant(NumberText.powerOfTen($0)) : NumberText.scientific("1", $0)
    }
  }

  private init() {}

  /// Ticks at whole multiples of a power of ten; exact in decimals, so that a label never reads
  /// 0.30000000000000004.
  private init(_ units: [Int], exponent: Int) {
    values = units.map { NumberText.scaled($0, exponent: exponent) }
    let largest = values.map(\.magnitude).max() ?? 0
    guard largest >= 1e7 || (largest > 0 && largest < 1e-3) else {
      labels = units.map { NumberText.decimal(units: $0, exponent: exponent) }
      return
    }
    // Small whole mantissas are kept: 2×10⁶ … 10×10⁶ reads better than 0.2×10⁷ … 1.0×10⁷.
    let areShort = units.allSatisfy { $0.magnitude < 100 }
    let shared = areShort ? exponent : NumberText.decimalExponent(largest)
    labels = units.map { unit in
      guard unit != 0 else { return "0" }
      return NumberText.scientific(NumberText.decimal(units: unit, exponent: exponent - shared), shared)
    }
  }

  /// The whole numbers whose product with `step` lies in the range, or nil where doubles cannot tell
  /// them apart.
  private static func multiples(of step: Double, in range: ClosedRange<Double>) -> ClosedRange<Int>? {
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard first.magnitude < 1e14, last.magnitude < 1e14, first <= last else { return nil }
    return Int(first)...Int(last)
  }
}
