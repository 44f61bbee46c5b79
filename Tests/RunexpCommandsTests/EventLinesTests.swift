import Foundation
import RunEvents
import Testing

/// Runs that another program is told of.
@Suite struct EventLinesTests {
  private func events(_ text: String) throws -> [RunEvent] {
    try text.split(separator: "\n").map { try EventMessage(line: $0).event }
  }

  @Test func `every event is a line on standard output, from the first to the last`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "-q", "--events", "-")
    #expect(outcome.status == 0, "\(outcome.err)")
    let events = try events(outcome.out)
    guard case .runStarted(let record)? = events.first, case .runEnded(.finished, _)? = events.last else {
      Issue.record("\(outcome.out)")
      return
    }
    #expect(record.name == "digits-1" && record.seed == 7)
    let cells = events.filter { if case .cellEnded(_, .finished, _) = $0 { true } else { false } }
    let points = events.filter { if case .metric = $0 { true } else { false } }
    #expect(cells.count == (try place.text("digits.exp").components(separatedBy: "\n  - ").count - 1))
    #expect(!points.isEmpty)
  }

  @Test func `a file is told the same, and of a run that resumes what is left`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--events", "e.jsonl")
    #expect(try events(place.text("e.jsonl")).count > 10)
    let resumed = try place.runexp("resume", "digits-1", "--events", "r.jsonl")
    #expect(resumed.status == 1 && resumed.err.contains("E0712"))
  }

  @Test func `nothing runs if the file cannot be written`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("digits.exp", "--events", "none/e.jsonl")
    #expect(outcome.status == 1 && outcome.err.contains("E0905"))
    #expect(try place.files() == ["digits.exp"])
  }

  @Test func `a reader that goes away does not end the run`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.shell("$RUNEXP digits.exp -q --events - | head -n 1 > first; $RUNEXP list digits")
    #expect(outcome.out.contains("finished"), "\(outcome.out)\(outcome.err)")
    #expect(try events(place.text("first")).count == 1)
  }
}
