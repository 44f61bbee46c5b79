import Testing

/// `show FILE.exp --names`: what an experiment gives names to.
@Suite struct NamesTests {
  @Test func `each name is told with its place, its uses and what it is`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("show", "digits.exp", "--names")
    #expect(outcome.status == 0, "\(outcome.err)")
    let lines = outcome.out.split(separator: "\n")
    #expect(lines.first?.split(separator: " ") == ["name", "kind", "line", "used", "in", "is"])
    #expect(lines.contains { $0.hasPrefix("digits") && $0.contains("data") })
    #expect(lines.contains { $0.hasPrefix("m ") && $0.contains("model") && $0.contains("→") })
    let json = try place.runexp("show", "digits.exp", "--names", "--json").json as? [[String: Any]]
    #expect(json?.count == lines.count - 1)
    let model = json?.first { $0["name"] as? String == "m" }
    #expect((model?["defined"] as? [String: Int])?["line"] ?? 0 > 1)
    #expect((model?["used"] as? [[String: Int]])?.isEmpty == false)
  }

  @Test func `a file with a mistake tells its names and the mistake`() throws {
    let place = try Workplace()
    try place.write(digits().replacing("loss:", with: "lost:"), to: "digits.exp")
    let outcome = try place.runexp("show", "digits.exp", "--names")
    #expect(outcome.status == 3 && outcome.err.contains("error["))
    #expect(outcome.out.contains("digits"))
  }
}
