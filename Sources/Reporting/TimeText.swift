/// Moments as people write them, the same everywhere: `2026-03-01 14:02 UTC`.
public enum TimeText {
  /// - Parameter seconds: since 1970.
  public static func utc(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e11 else { return "–" }
    let minutes = Int((seconds / 60).rounded(.down))
    let (days, minute) = (floor(minutes, 1440), minutes - floor(minutes, 1440) * 1440)
    // Howard Hinnant's civil_from_days: eras of 400 years that begin in March.
    let shifted = days + 719_468
    let era = floor(shifted, 146_097)
    let day = shifted - era * 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let ofYear = day - (365 * year + year / 4 - year / 100)
    let march = (5 * ofYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let date = ofYear - (153 * march + 2) / 5 + 1
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    let civil = year + era * 400 + (month <= 2 ? 1 : 0)
    return "\(civil)-\(two(month))-\(two(date)) \(two(minute / 60)):\(two(minute % 60)) UTC"
  }

  private static func floor(_ number: Int, _ divisor: Int) -> Int {
    number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor)
  }
}
