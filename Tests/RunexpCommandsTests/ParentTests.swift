import Foundation
import Testing

/// Runs that belong to another run, or to a sweep.
@Suite struct ParentTests {
  @Test func `a run keeps what it belongs to, and is found by it`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let first = try place.runexp("digits.exp", "-q", "--until", "text", "--parent", "sweep-1")
    #expect(first.status == 0, "\(first.err)")
    #expect(try !place.text("reports/index.html").contains("sweep-1"))
    try place.runexp("digits.exp", "-q", "--until", "text")
    #expect(try place.text("reports/digits-1/request.json").contains("\"parent\" : \"sweep-1\""))
    #expect(try !place.text("reports/digits-2/request.json").contains("parent"))
    let list = try place.runexp("list").out.split(separator: "\n")
    #expect(list.first?.split(separator: " ").prefix(3) == ["run", "status", "parent"])
    #expect(list.count == 3 && list.filter { $0.contains("sweep-1") }.count == 1)
    let picked = try place.runexp("list", "--json", "--where", "parent = 'sweep-1'").json as? [[String: Any]]
    #expect(picked?.map { $0["run"] as? String } == ["digits-1"])
    #expect(picked?.map { $0["parent"] as? String } == ["sweep-1"])
    #expect(try place.runexp("show", "digits-1").out.contains("\nparent      sweep-1\n"))
    #expect(try !place.runexp("show", "digits-2").out.contains("parent"))
  }

  @Test func `a list of runs that belong to nothing has no column for it`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--until", "text", "--tag", "t")
    #expect(try place.runexp("list").out.split(separator: " ").prefix(3) == ["run", "status", "tag"])
    #expect(try !place.runexp("list").out.contains("parent"))
  }

  @Test(arguments: ["", "a b", "../a", "-a"]) func `what names nothing is no parent`(name: String) throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let outcome = try place.runexp("run", "digits.exp", "--parent=\(name)")
    #expect(outcome.status == 64 && outcome.err.contains("--parent"))
    #expect(try place.files() == ["digits.exp"])
  }

  @Test func `an archive keeps it, and the run that is made again has it, too`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    try place.runexp("digits.exp", "-q", "--until", "text", "--parent", "sweep-1")
    #expect(try place.runexp("archive", "digits-1").status == 0)
    #expect(try place.runexp("verify", "digits-1.zip").status == 0)
    let again = try place.runexp("reproduce", "digits-1.zip", "-q", "--keep", "again")
    #expect(again.status == 0 && again.out.hasPrefix("identical"), "\(again.out)\(again.err)")
    #expect(try place.runexp("show", "digits-1", "--reports", "again").out.contains("parent      sweep-1"))
  }

  @Test func `an experiment may begin with the latest run, and goes by what that was`() throws {
    let place = try Workplace()
    try place.write(digits(epochs: "1", check: "test.accuracy >= 0"), to: "digits.exp")
    #expect(try place.runexp("digits.exp", "-q").status == 0)
    try place.write(
      "experiment: next\ncells:\n  - load: m\n    from: latest\n  - save: m\n    file: next.h5\n",
      to: "next.exp")
    let next = try place.runexp("next.exp", "-q")
    #expect(next.status == 0, "\(next.err)")
    #expect(try place.text("reports/next-1/request.json").contains("\"latest\" : \"digits-1\""))
    // What is the latest run by now has no such model.
    let again = try place.runexp("reproduce", "next-1", "-q")
    #expect(again.status == 0, "\(again.out)\(again.err)")
  }
}
