import Config
import Diagnostics
import Testing

@testable import Datasets

@Suite struct PreparationTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// What was fitted on a table with everything in it.
  private func fitted() throws -> PreparedData {
    try folder.write("t.csv", "id,size,colour,kind\n1,1,red,a\n2,,blue,b\n3,3,red,a\n4,5,?,b\n")
    return try dataset(
      [
        "csv": "t.csv", "features": ["size", "colour"], "target": "kind", "standardize": true,
        "fill_missing": "mean",
      ], in: folder
    ).load()
  }

  private func rows(_ text: String, _ preparation: Preparation) throws -> RawRows {
    try RawRows(try folder.write("new.csv", text), preparation)
  }

  private func code(_ text: String, _ preparation: Preparation) -> String? {
    do {
      _ = try rows(text, preparation)
      return nil
    } catch {
      return (error as? Diagnostic).map { "\($0.code) \($0.message)" }
    }
  }

  @Test func `raw rows become the numbers that training rows became`() throws {
    let data = try fitted()
    let raw = try rows("size,colour\n1,red\n,blue\n3,red\n5,?\n", data.preparation)
    #expect(raw.part.features == data.train.features)
    #expect(raw.part.count == 4)
  }

  @Test func `columns come in any order, beside others`() throws {
    let data = try fitted()
    let raw = try rows("kind,colour,note,size\nb,red,x,1\n", data.preparation)
    #expect(raw.part.matrix == [data.train.matrix[0]])
    #expect(raw.others.map(\.name) == ["kind", "note"])
    #expect(raw.others.map(\.cells) == [["b"], ["x"]])
  }

  @Test func `a preparation survives its file`() throws {
    let preparation = try fitted().preparation
    let text = preparation.config.json
    #expect(try Preparation(config: ConfigNode(json: text)) == preparation)
  }

  @Test func `a fill value is known though nothing was missing`() throws {
    try folder.write("full.csv", "a,y\n1,0\n3,0\n")
    let data = try dataset(["csv": "full.csv", "target": "y", "fill_missing": "mean"], in: folder).load()
    #expect(try rows("a\nNA\n", data.preparation).part.matrix == [[2]])
  }

  @Test func `the classes of each target are known`() throws {
    try folder.write("two.csv", "x,a,b\n1,u,r\n2,v,s\n")
    let data = try dataset(["csv": "two.csv", "target": ["p": "a", "q": "b"]], in: folder).load()
    #expect(data.preparation.targets.map(\.classes) == [["u", "v"], ["r", "s"]])
  }

  @Test(arguments: [
    ("colour\nred\n", "E0408 'new.csv' has no column 'size'"),
    (
      "size,colour\n1,red\n2,rde\n",
      "E0418 'new.csv' line 3, column 'colour': the model was not trained on 'rde'"
    ),
    ("size,colour\nbig,red\n", "E0409 'new.csv' line 2, column 'size': 'big' in a column of numbers"),
    ("size,colour\n1e999,red\n", "E0409 'new.csv' line 2, column 'size': '1e999' in a column of numbers"),
    ("size,colour\n1\n", "E0406 'new.csv' line 2: a row with 1 cell, the header has 2"),
    ("", "E0406 'new.csv' line 1: the file is empty"),
    ("size,colour\n", "E0406 'new.csv' line 1: a header without rows"),
    ("size,size\n1,1\n", "E0406 'new.csv' line 1: two columns are named 'size'"),
    ("size,colour\n\"1,red\n", "E0406 'new.csv' line 2: a quoted cell is not closed"),
  ])
  func `a wrong file is told with its place`(text: String, message: String) throws {
    #expect(code(text, try fitted().preparation) == message)
  }

  @Test func `without fill values nothing may be missing`() throws {
    try folder.write("full.csv", "a,b,y\n1,u,0\n3,v,0\n")
    let preparation = try dataset(["csv": "full.csv", "target": "y"], in: folder).load().preparation
    #expect(code("a,b\n?,u\n", preparation) == "E0407 'new.csv' line 2, column 'a': a value is missing")
    #expect(code("a,b\n1,\n", preparation) == "E0407 'new.csv' line 2, column 'b': a value is missing")
  }

  @Test func `where no columns are named, they are taken in order`() throws {
    let preparation = Preparation(inputs: [.init("a", shape: [2]), .init("b", shape: [1])])
    let part = try rows("x,y,z\n1,2,3\n4,5,6\n", preparation).part
    #expect(part.features.map(\.storage) == [.floats([1, 2, 4, 5]), .floats([3, 6])])
    #expect(code("x,y\n1,2\n", preparation) == "E0419 'new.csv' has 2 columns, the model takes 3 numbers")
  }

  @Test func `images are scaled as those of the training`() throws {
    try folder.write("i", idx([2, 1, 2], [0, 255, 51, 102]))
    try folder.write("l", idx([2], [1, 0]))
    let settings: ConfigNode = [
      "idx": ["train": ["images": "i", "labels": "l"]], "scale": ConfigNode(.double(1.0 / 255)),
    ]
    let data = try dataset(settings, in: folder).load()
    let preparation = try Preparation(config: data.preparation.config)
    let packed = try folder.write("new.gz", gzip(idx([1, 1, 2], [51, 102])))
    #expect(try RawRows(packed, preparation).part.matrix == [data.train.matrix[1]])
    let other = try folder.write("other", idx([1, 1, 3], [1, 2, 3]))
    #expect(throws: Diagnostic.self) { _ = try RawRows(other, preparation) }
  }

  @Test(arguments: [
    "{}", #"{"inputs": 3}"#, #"{"inputs": [{"name": "a"}]}"#,
    #"{"inputs": [{"name": "a", "shape": [4611686018427387904, 4]}]}"#,
    #"{"inputs": [{"name": "a", "shape": [-1]}]}"#,
    #"{"inputs": [{"name": "a", "shape": [2], "columns": [{"name": "x"}]}]}"#,
    #"{"inputs": [{"name": "a", "shape": [1], "columns": [{"name": "x", "deviation": 0.0}]}]}"#,
    #"{"inputs": [{"name": "a", "shape": [1], "columns": [{"name": "x", "mean": NaN}]}]}"#,
    #"{"inputs": [{"name": "a", "shape": [2], "columns": [{"name": "x", "categories": ["u", "u"]}]}]}"#,
    #"{"inputs": [{"name": "a", "shape": [1]}], "separator": "ab"}"#,
    #"{"inputs": [{"name": "a", "shape": [1]}], "targets": [{"name": "y", "columns": ["y"], "classes": []}]}"#,
  ])
  func `nonsense in a model's file is refused`(json: String) throws {
    let node = try ConfigNode(json: json)
    #expect { _ = try Preparation(config: node) } throws: { ($0 as? Diagnostic)?.code == "E0421" }
  }
}
