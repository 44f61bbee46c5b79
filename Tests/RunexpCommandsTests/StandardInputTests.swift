import Foundation
import Testing

/// Experiments that come through a pipe.
@Suite struct StandardInputTests {
  @Test func `an experiment is read from standard input, with its files named from here`() throws {
    let place = try Workplace()
    try place.write("a,b,y\n" + (0..<40).map { "\($0),\($0 % 7),\(2 * $0)\n" }.joined(), to: "data/t.csv")
    try place.write(
      """
      experiment: piped
      cells:
        - data: d
          csv: data/t.csv
          target: y
          standardize: true
          split: {test: 0.2}
        - model: m
          input: [2]
          layers: [{Dense: {units: 1}}]
        - train: m
          data: d
          loss: mse
          optimizer: sgd
          epochs: 2
        - save: m

      """, to: "piped.txt")
    let outcome = try place.shell(
      "cat piped.txt | $RUNEXP - --seed 3 && cat piped.txt | $RUNEXP run - -q --seed 3")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.err.contains("checked <stdin>: 4 cells"))
    #expect(try place.bytes("reports/piped-1/m.h5") == place.bytes("reports/piped-2/m.h5"))
    #expect(try place.text("reports/piped-1/experiment.exp") == place.text("piped.txt"))
    // The command in the report needs no pipe that is gone.
    let report = try place.text("reports/piped-1/report.md")
    let line = try #require(report.split(separator: "\n").last { $0.hasPrefix("runexp run") })
    #expect(try place.shell("runexp() { $RUNEXP \"$@\"; }; \(line)").status == 0, "\(line)")
    #expect(try place.bytes("reports/piped-1/m.h5") == place.bytes("reports/piped-3/m.h5"))
    #expect(try place.runexp("reproduce", "piped-1").status == 0)
  }

  @Test func `what is wrong in standard input has its place`() throws {
    let place = try Workplace()
    try place.write("experiment: x\ncells:\n  - mdel: m\n", to: "x.txt")
    let text = try place.shell("$RUNEXP check - < x.txt")
    #expect(text.status == 3 && text.err.contains("--> <stdin>:3:5"), "\(text.err)")
    let json = try place.shell("$RUNEXP check - --format json < x.txt").json as? [[String: Any]]
    #expect((json?.first?["at"] as? [String: Any])?["line"] as? Int == 3)
    #expect(try place.shell("$RUNEXP - < /dev/null").status == 3)
    #expect(try place.shell("$RUNEXP check - - < x.txt").status == 64)
  }

  @Test func `without a name of its own it is called experiment, and shown with parameters filled in`() throws
  {
    let place = try Workplace()
    try place.write("params: {a: 2}\ncells:\n  - text: It is {{ a }}.\n", to: "x.txt")
    #expect(try place.shell("$RUNEXP -q - < x.txt").status == 0)
    #expect(try place.files("reports").contains("experiment-1/run.sqlite"))
    #expect(try place.shell("$RUNEXP show - -p a=7 < x.txt").out.contains("a: 7"))
  }
}
