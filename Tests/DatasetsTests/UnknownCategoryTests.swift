import Config
import Diagnostics
import Testing

@testable import Datasets

/// Categories and classes are those of the training part, in every part and for rows to predict on.
@Suite struct UnknownCategoryTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.write("train.csv", "c,a,y\nw,1,1\nx,2,2\nx,3,3\nz,4,4\nz,5,5\n")
    try folder.write("test.csv", "c,a,y\nx,1,1\nq,2,2\n")
  }

  private func settings(_ more: ConfigNode, test: Bool = false) -> ConfigNode {
    let csv: ConfigNode = test ? ["train": "train.csv", "test": "test.csv"] : "train.csv"
    return ConfigNode(.map([.init("csv", csv), .init("target", "y")] + (more.entries ?? [])))
  }

  @Test func `a category of the test file alone is refused with its line`() throws {
    let diagnostic = try #require(failure(settings([:], test: true), in: folder))
    #expect(diagnostic.code == "E0418")
    #expect(diagnostic.message == "'test.csv' line 3, column 'c': the training part has no 'q'")
  }

  @Test(arguments: [["validation": 1], ["test": 1], ["validation": 1, "test": 1]] as [ConfigNode])
  func `a category of another part of the split alone is refused`(split: ConfigNode) throws {
    let diagnostic = try #require(failure(settings(["split": split]), in: folder))
    #expect(diagnostic.message == "'train.csv' line 2, column 'c': the training part has no 'w'")
  }

  @Test func `checking finds it, too`() throws {
    let set = try dataset(settings([:], test: true), in: folder)
    #expect { _ = try set.inspect() } throws: { ($0 as? Diagnostic)?.code == "E0418" }
  }

  @Test func `zeros stand for it where that is said, for rows to predict on as well`() throws {
    let node = settings(["unknown_categories": "zeros", "split": ["validation": 1]], test: true)
    let set = try dataset(node, in: folder)
    let data = try set.load()
    #expect(data.encoding("c") == .categories(["x", "z"], canBeMissing: false))
    #expect(try set.inspect().features[0].rowShape == [3])
    #expect(data.validation?.matrix == [[0, 0, 1]])
    #expect(data.test?.matrix == [[1, 0, 1], [0, 0, 2]])
    let kept = try Preparation(config: ConfigNode(json: data.preparation.config.json))
    let rows = try RawRows(try folder.write("new.csv", "a,c\n7,other\n8,z\n"), kept)
    #expect(rows.part.matrix == [[0, 0, 7], [0, 1, 8]])
  }

  @Test func `a training part of one class is worth a warning`() throws {
    try folder.write("sorted.csv", "a,y\n" + (0..<8).map { "\($0),\($0 < 4 ? "p" : "q")\n" }.joined())
    let node: ConfigNode = ["csv": "sorted.csv", "target": "y", "split": ["validation": 4]]
    #expect(try dataset(node, in: folder).inspect().warnings.map(\.code) == ["E0427"])
    #expect(try dataset(node, in: folder).load().warnings.map(\.code) == ["E0427"])
  }
}
