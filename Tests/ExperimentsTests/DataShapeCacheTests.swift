import Analysis
import Diagnostics
import Experiments
import Plots
import Running
import Foundation
import Testing

/// What checking learned of data is kept between processes, and nobody notices but by the time it takes.
@Suite struct DataShapeCacheTests {
  private static let table = "a,b,y\n" + (0..<40).map { "\($0),\($0 % 7),\($0 % 3)\n" }.joined()

  private static func experiment(_ settings: String = "", above: String = "") -> String {
    """
    \(above)cells:
      - data: t
        csv: t.csv
        target: y
        types: {y: category}
        \(settings)
      - model: m
        input: [2]
        layers: [{Dense: {units: 3, activation: softmax}}]
      - train: m
        data: t
        loss: sparse_categorical_crossentropy
        optimizer: sgd
    """
  }

  /// Writes other bytes of the same length, with the time of the old ones.
  private static func swap(_ text: String, in scratch: borrowing Scratch) throws {
    let path = scratch.url.path + "/t.csv"
    let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
    try scratch.write(text, to: "t.csv")
    try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: path)
  }

  @Test func `a table is read again when its length or its time is another one, and not before`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "t.csv")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: scratch.url.path + "/t.csv")
    #expect(try scratch.check(Self.experiment(), isRemembered: true).plan != nil)
    try Self.swap(String(repeating: "?", count: Self.table.utf8.count), in: scratch)
    #expect(try scratch.check(Self.experiment(), isRemembered: true).plan != nil)
    #expect(try scratch.check(Self.experiment()).plan == nil)
    try scratch.write(String(repeating: "?", count: Self.table.utf8.count), to: "t.csv")
    #expect(try scratch.check(Self.experiment(), isRemembered: true).plan == nil)
  }

  @Test func `with other parameters a table is not read again`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "t.csv")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: scratch.url.path + "/t.csv")
    let text = Self.experiment(above: "params: {rate: 0.1, units: 4}\n")
      .replacing("optimizer: sgd", with: "optimizer: {SGD: {learning_rate: $rate}}")
      .replacing("layers: [{", with: "layers: [{Dense: {units: $units}}, {")
    let known = DataShapeCache(folder: nil, program: "1")
    let first = try #require(try scratch.check(text, shapes: known).plan)
    try Self.swap(String(repeating: "?", count: Self.table.utf8.count), in: scratch)
    let second = try #require(
      try scratch.check(text, overrides: ["units=8", "rate=0.2"], shapes: known).plan)
    #expect(first.models.map(\.parameters) == [27] && second.models.map(\.parameters) == [51])
    #expect(try scratch.check(text, shapes: DataShapeCache(folder: nil, program: "1")).plan == nil)
  }

  @Test(arguments: ["drop: [a]", "split: {validation: 10}", "one_hot: [b]", "shape: [2, 1]"])
  func `another setting is another entry`(setting: String) throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "t.csv")
    _ = try scratch.check(Self.experiment(), isRemembered: true)
    let (kept, fresh) = (
      try scratch.check(Self.experiment(setting), isRemembered: true),
      try scratch.check(Self.experiment(setting))
    )
    #expect(kept.diagnostics == fresh.diagnostics && (kept.plan == nil) == (fresh.plan == nil))
  }

  @Test func `warnings of what is remembered stand where the cell is now`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "t.csv")
    let settings = "classes: ['0', '1', '2', never]"
    for above in ["", "title: A longer heading\n", "# one\n# two\nseed: 4\n"] {
      let text = Self.experiment(settings, above: above)
      let fresh = try scratch.check(text)
      #expect(fresh.diagnostics.contains { $0.code == "E0412" })
      for _ in 0..<2 {
        #expect(try scratch.check(text, isRemembered: true).diagnostics == fresh.diagnostics)
      }
    }
  }

  @Test func `a damaged entry is made anew`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "t.csv")
    let fresh = try scratch.check(Self.experiment(), isRemembered: true).diagnostics
    let folder = scratch.url.path + "/cache"
    let entries = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(entries.count == 1)
    for damage in ["", "{", "[1]", #"{"features": 3}"#] {
      try scratch.write(damage, to: "cache/\(entries[0])")
      #expect(try scratch.check(Self.experiment(), isRemembered: true).diagnostics == fresh)
    }
  }

  @Test func `data that turn out to be others than those that were checked are not trained on`() throws {
    let scratch = try Scratch()
    try scratch.write(Self.table, to: "t.csv")
    let plan = try #require(try scratch.check(Self.experiment()).plan)
    try scratch.write(Self.table + "1,2,1\n", to: "t.csv")
    #expect { try PlanTests.run(plan, in: scratch.url.path + "/run") } throws: { "\($0)".contains("E0525") }
  }
}
