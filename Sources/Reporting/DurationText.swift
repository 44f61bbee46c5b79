internal import Plotting

/// Durations as people say them: `0.41 s`, `34 s`, `2 min 5 s`, `1 h 12 min`.
public enum DurationText {
  public static func text(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds < 9.95 { return NumberText.significant(seconds, digits: 2) + " s" }
    let whole = Int(seconds.rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    if hours > 0 { return "\(NumberText.grouped(hours)) h \(minutes) min" }
    return minutes > 0 ? "\(minutes) min \(whole % 60) s" : "\(whole) s"
  }
}
