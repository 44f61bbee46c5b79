import Foundation
import RunEvents
import RunLog
import Testing

/// `--profile`: what a training step costs.
@Suite struct ProfileTests {
  private func profiled(_ arguments: String...) throws -> (place: Workplace, outcome: Outcome) {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try Running(["digits.exp", "--profile", "--threads", "2"] + arguments, place, [:]).end()
    #expect(outcome.status == 0, "\(outcome.err)")
    return (place, outcome)
  }

  @Test func `the console has a line for each layer, for what is none, and for the sum`() throws {
    let text = try profiled().outcome.err
    for name in [
      "(input) ", "dense ", "dropout ", "dense_1 ", "(loss) ", "(metrics) ", "(optimizer) ", "the program ",
      "around it ", "a step ",
    ] {
      #expect(text.contains("\n  \(name)"), "\(name) in \(text)")
    }
    #expect(text.contains("100.0%"))
    #expect(text.contains("longest of 17 steps"))
  }

  @Test func `the report has both tables, and the log of the run no time of them`() throws {
    let place = try profiled().place
    #expect(try place.text("reports/digits-1/report.md").contains("What a step costs"))
    #expect(try place.text("reports/digits-1/report.html").contains("What a step costs"))
    #expect(try place.text("reports/digits-1/log.txt").contains("the program"))
    let log = try RunStore.read(place.folder.path + "/reports/digits-1/run.sqlite")
    #expect(try log.artifacts(of: "digits-1").allSatisfy { $0.path != "profile.json" })
  }

  @Test func `the trace is what Chrome's viewer reads: complete events on the workers of a process`() throws {
    let place = try profiled("--until", "train").place
    let json = try JSONSerialization.jsonObject(with: place.bytes("reports/digits-1/profile.json"))
    let events = try #require((json as? [String: Any])?["traceEvents"] as? [[String: Any]])
    let names = events.filter { $0["ph"] as? String == "M" }.compactMap { $0["args"] as? [String: Any] }
    #expect(names.first?["name"] as? String == "train m")
    let steps = events.filter { $0["ph"] as? String == "X" }
    #expect(steps.count % 17 == 0 && (17...20_000).contains(steps.count))
    #expect(names.count + steps.count == events.count)
    #expect(Set(steps.compactMap { $0["pid"] as? Int }).count == 1)
    for step in steps {
      #expect(step["ts"] as? Double ?? -1 >= 0 && step["dur"] as? Double ?? -1 >= 0)
      #expect(step["name"] is String && step["tid"] is Int)
      #expect((step["args"] as? [String: Any])?["result"] is [Int])
    }
    let products = steps.filter { ($0["name"] as? String)?.hasSuffix(" matmul") == true }
    #expect(products.allSatisfy { (($0["args"] as? [String: Any])?["flops"] as? Int ?? 0) > 0 })
  }

  @Test func `timing changes no bit of what is trained`() throws {
    let place = try profiled().place
    #expect(try place.runexp("digits.exp", "-q").status == 0)
    #expect(try place.bytes("reports/digits-1/m.h5") == place.bytes("reports/digits-2/m.h5"))
    #expect(try place.files("reports/digits-2").allSatisfy { $0 != "profile.json" })
  }

  @Test func `a profiled run is archived without its times, and reproduces`() throws {
    let place = try profiled("-q").place
    #expect(try place.runexp("archive", "digits-1", "-o", "digits-1.zip").status == 0)
    // Archives are not compressed, so the name would stand there.
    #expect(try place.bytes("digits-1.zip").range(of: Data("profile.json".utf8)) == nil)
    #expect(try place.runexp("reproduce", "digits-1.zip", "-q").out.hasPrefix("identical"))
  }

  @Test func `a training of two steps has a profile, too`() throws {
    let text = try profiled("--quick", "--until", "train").outcome.err
    #expect(text.contains("Means over 2 steps"), "\(text)")
  }
}
