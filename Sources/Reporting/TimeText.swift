import Foundation

/// Moments in coordinated universal time, the same everywhere.
public enum TimeText {
  /// As people write them: `2026-03-01 14:02 UTC`.
  /// - Parameter seconds: since 1970.
  public static func utc(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e11 else { return "–" }
    let (day, time) = parts(seconds)
    return "\(day) \(time.prefix(5)) UTC"
  }

  /// As RFC 3339 has them, with an offset: `2026-03-01T14:02:59+00:00`.
  /// - Parameter seconds: since 1970; what is no moment is its beginning.
  public static func iso(_ seconds: Double) -> String {
    let (day, time) = parts(seconds.isFinite ? max(0, min(seconds, 4e9)) : 0)
    return "\(day)T\(time)+00:00"
  }

  private static func parts(_ seconds: Double) -> (day: String, time: String) {
    var time = time_t(seconds.rounded(.down))
    var parts = tm()
    gmtime_r(&time, &parts)
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return (
      "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))",
      "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    )
  }
}
