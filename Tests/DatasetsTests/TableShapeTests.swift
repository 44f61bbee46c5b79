import Config
import Diagnostics
import Foundation
import Testing

@testable import Datasets

/// What is said of files that are tables of another kind, and of places that are no files.
@Suite struct TableShapeTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func diagnose(_ text: String, _ more: ConfigNode = [:]) throws -> Diagnostic {
    try folder.write("t.csv", text)
    let csv = ConfigNode(.string("t.csv"), span: SourceSpan(0, 1))
    let node = ConfigNode(.map([.init("csv", csv), .init("target", "y")] + (more.entries ?? [])))
    return try #require(failure(node, in: folder))
  }

  @Test(arguments: [(";", "';'"), ("\t", "\"\\t\""), ("|", "'|'")])
  func `another separator is named`(separator: String, shown: String) throws {
    let plain = try diagnose("a,b,y\n1.5,2,3\n4,5.5,6\n".replacing(",", with: separator))
    #expect(plain.code == "E0406")
    #expect(plain.help?.contains("separator: \(shown)") == true)
    let comma = "a\(separator)y\n1,5\(separator)2\n3,5\(separator)4\n"
    #expect(try diagnose(comma).help?.contains("separator: \(shown)") == true)
  }

  @Test(arguments: ["# made by x\na,y\n1,2\n", "a,y\n# 1\n1,2\n", "a,y\n1,2\n# the end\n"])
  func `comments are named`(text: String) throws {
    #expect(try diagnose(text).help?.contains("comments") == true)
  }

  @Test func `a column without a name is left out, or not used`() throws {
    let text = ",a,y\n0,1,2\n1,2,3\n"
    let diagnostic = try diagnose(text)
    #expect(diagnostic.code == "E0406")
    #expect(diagnostic.help?.contains("drop: [\"\"]") == true)
    let named: ConfigNode = ["csv": "t.csv", "target": "y", "features": ["a"]]
    #expect(try dataset(named, in: folder).load().train.matrix == [[1], [2]])
    let dropped: ConfigNode = ["csv": "t.csv", "target": "y", "drop": [""]]
    #expect(try dataset(dropped, in: folder).load().train.matrix == [[1], [2]])
    try folder.write("t.csv", "a,y,,\n1,2,,\n3,4,,\n")
    #expect(try dataset(dropped, in: folder).load().train.matrix == [[1], [3]])
  }

  @Test func `one letter is no slip of another`() throws {
    let diagnostic = try diagnose("a,y\n1,p\n2,q\n3,r\n", ["classes": ["p", "q"]])
    #expect(diagnostic.help == "classes: p, q")
  }

  @Test func `pipes and devices are refused at once`() throws {
    let pipe = folder.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, "/dev/zero", "/dev/null", folder.path] {
      let csv = failure(["csv": .init(.string(path)), "target": "y"])
      #expect(csv?.code == "E0401", "\(path)")
      let idx = failure(["idx": ["train": ["images": .init(.string(path)), "labels": .init(.string(path))]]])
      #expect(idx?.code == "E0401", "\(path)")
      #expect { _ = try RawRows(path, Preparation(inputs: [.init("a", shape: [1])])) } throws: {
        ($0 as? Diagnostic)?.code == "E0401"
      }
    }
  }

  @Test func `a table of many columns is read in time that grows with them alone`() throws {
    let names = (0..<50_000).map { "c\($0)" }
    let row = names.map { _ in "0.5" }.joined(separator: ",")
    try folder.write("t.csv", "y," + names.joined(separator: ",") + "\n1,\(row)\n2,\(row)\n")
    let settings: ConfigNode = ["csv": "t.csv", "target": "y", "standardize": ["c7"]]
    #expect(try dataset(settings, in: folder).inspect().features[0].rowShape == [50_000])
  }

  @Test(arguments: ["1,0\n2,1\n", "5.5,1,0\n3,1,1\n", "1,1\n2,0\n", "-1e3,2\n7,8\n"])
  func `a table whose first line is a row needs a header`(text: String) throws {
    try folder.write("t.csv", text)
    let diagnostic = failure(["csv": "t.csv", "target": "y"], in: folder)
    #expect(diagnostic?.help?.contains("add a line above it that names them") == true)
  }

  @Test(arguments: ["sep=;\nb;y\n1;0\n2;1\n", "sep=,\nb,y\n1,0\n", "SEP=;\r\nb;y\r\n1;0\r\n"])
  func `a line that tells Excel the separator is no header`(text: String) throws {
    try folder.write("t.csv", text)
    let diagnostic = failure(["csv": "t.csv", "target": "y"], in: folder)
    #expect(diagnostic?.code == "E0406")
    #expect(diagnostic?.message.contains("Excel") == true)
  }

  @Test func `a header of quotes is read once`() throws {
    let text = "a,y\n\"" + String(repeating: "\"\"", count: 100_000) + "\",1\nx,2\n"
    try folder.write("t.csv", text)
    #expect(try dataset(["csv": "t.csv", "target": "y"], in: folder).load().train.count == 2)
  }

  @Test(
    arguments: [
      ["standardize": ["b"]], ["standardize": ["w"]], ["standardize": "yes"], ["fill_missing": "mode"],
      ["fill_missing": ["a": "mean"]],
    ] as [ConfigNode])
  func `what a run would refuse is found when it is checked`(more: ConfigNode) throws {
    try folder.write("t.csv", "a,w,y\n1,u,2\n2,v,3\n")
    let node = ConfigNode(.map([.init("csv", "t.csv"), .init("target", "y")] + (more.entries ?? [])))
    let set = try dataset(node, in: folder)
    #expect(throws: Diagnostic.self) { _ = try set.inspect() }
  }
}
