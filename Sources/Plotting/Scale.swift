import Glibc

/// Where the values of an axis lie between its two ends.
package struct Scale: Sendable, Equatable {
  package enum Kind: Sendable { case linear, log10 }

  package let kind: Kind
  /// Finite, never empty; positive for `log10`.
  package let domain: ClosedRange<Double>

  /// A scale that shows all the values it can show, with a little room at both ends.
  ///
  /// Values that are not finite, or not positive on a logarithmic scale, take no part. Without any
  /// other the scale
  /// goes from 0 to 1 (logarithmic: 1 to 10); a single value is put in the middle.
  package init(_ kind: Kind = .linear, covering values: some Sequence<Double>, padding: Double = 0.05) {
    self.kind = kind
    let shown = values.filter { $0.isFinite && (kind == .linear || $0 > 0) }
    guard let lowest = shown.min(), let highest = shown.max() else {
      domain = kind == .linear ? 0...1 : 1...10
      return
    }
    domain =
      kind == .linear
      ? Self.padded(lowest, highest, padding) : Self.paddedByFactor(lowest, highest, padding)
  }

  /// How far along the axis a value lies, 0 at the lower end, 1 at the upper; nil when it cannot be shown.
  package func fraction(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    let (lower, upper) = (domain.lowerBound, domain.upperBound)
    if kind == .linear {
      // Halves, because the distance between two finite doubles need not be finite.
      return (value / 2 - lower / 2) / (upper / 2 - lower / 2)
    }
    return value > 0 ? (log(value) - log(lower)) / (log(upper) - log(lower)) : nil
  }

  package func ticks(atMost count: Int, wholeNumbers: Bool = false) -> Ticks {
    kind == .linear
      ? .nice(domain, atMost: count, wholeNumbers: wholeNumbers) : .logarithmic(domain, atMost: count)
  }

  /// Beyond this an axis could not go on by its padding.
  private static let largest = Double.greatestFiniteMagnitude / 4

  private static func clamped(_ value: Double, _ least: Double) -> Double { min(max(value, least), largest) }

  private static func padded(_ low: Double, _ high: Double, _ padding: Double) -> ClosedRange<Double> {
    let (low, high) = (clamped(low, -largest), clamped(high, -largest))
    let span = high - low
    let magnitude = max(abs(low), abs(high))
    // Values that agree in twelve digits are one value: the axis must not magnify rounding errors.
    if span > magnitude * 1e-12, span > 1e-290 { return (low - span * padding)...(high + span * padding) }
    let room = magnitude > 1e-290 ? magnitude * 0.1 : 0.5
    return (low - room)...(high + room)
  }

  private static func paddedByFactor(_ low: Double, _ high: Double, _ padding: Double) -> ClosedRange<Double>
  {
    let (low, high) = (clamped(low, 1e-290), clamped(high, 1e-290))
    let factor = high > low * 1.000_001 ? pow(high / low, padding) : 2
    return (low / factor)...(high * max(factor, 1))
  }
}
