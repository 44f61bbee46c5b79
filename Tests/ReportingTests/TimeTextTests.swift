import Reporting
import Testing

@Suite struct TimeTextTests {
  @Test(arguments: [
    (0.0, "1970-01-01 00:00 UTC"), (951_782_399, "2000-02-28 23:59 UTC"),
    (951_868_800, "2000-03-01 00:00 UTC"),
    (951_782_400, "2000-02-29 00:00 UTC"), (1_709_164_800, "2024-02-29 00:00 UTC"),
    (1_795_426_478.5, "2026-11-23 09:34 UTC"), (-1, "1969-12-31 23:59 UTC"),
    (4_107_542_399, "2100-02-28 23:59 UTC"),
    (4_107_542_400, "2100-03-01 00:00 UTC"), (.nan, "–"), (1e300, "–"),
  ])
  func `a moment is written as a date`(seconds: Double, text: String) {
    #expect(TimeText.utc(seconds) == text)
  }
}
