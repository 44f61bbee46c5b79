import Glibc

/// How long something takes, in repeats long enough for the clock.
struct Stopwatch {
  /// Seconds of one call, in each repeat.
  private(set) var repeats: [Double] = []

  /// Calls `body` as often as fits into `seconds`, at least once, and notes the time of one call.
  mutating func `repeat`(for seconds: Double, _ body: () -> Void) {
    var calls = 1
    var took = Self.time(body)
    if took < seconds / 2 {
      calls = max(1, Int(seconds / max(took, 1e-8)))
      took = Self.time { for _ in 0..<calls { body() } }
    }
    repeats.append(took / Double(calls))
  }

  var median: Double { repeats.sorted()[repeats.count / 2] }
  var shortest: Double { repeats.min() ?? .infinity }

  private static func time(_ body: () -> Void) -> Double {
    let start = now()
    body()
    return now() - start
  }

  private static func now() -> Double {
    var t = timespec()
    clock_gettime(CLOCK_MONOTONIC, &t)
    return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9
  }
}
