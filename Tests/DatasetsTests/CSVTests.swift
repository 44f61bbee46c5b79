import Config
import Diagnostics
import Testing

@testable import Datasets

@Suite struct CSVTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func load(_ text: String, _ settings: ConfigNode) throws -> PreparedData {
    try folder.write("t.csv", text)
    return try dataset(with(settings), in: folder).load()
  }

  private func diagnose(_ text: String, _ settings: ConfigNode) throws -> Diagnostic {
    try folder.write("t.csv", text)
    return try #require(failure(with(settings), in: folder))
  }

  private func with(_ settings: ConfigNode) -> ConfigNode {
    .init(.map([.init("csv", "t.csv")] + (settings.entries ?? [])))
  }

  @Test func `numbers are features and a numeric target`() throws {
    let data = try load("a,b,y\n1,2,10\n3,4.5,20\n", ["target": "y"])
    #expect(data.train.matrix == [[1, 2], [3, 4.5]])
    #expect(data.train.targets[0] == Column("y", rowShape: [1], .floats([10, 20])))
    #expect(data.classNames == nil)
  }

  @Test func `texts become categories in order`() throws {
    let data = try load("size,colour,y\n1,red,1\n2,blue,2\n3,red,3\n", ["target": "y"])
    #expect(data.train.matrix == [[1, 0, 1], [2, 1, 0], [3, 0, 1]])
    #expect(data.encoding("colour") == .categories(["blue", "red"], canBeMissing: false))
  }

  @Test func `a target of texts becomes labels`() throws {
    let data = try load("a,y\n1,cat\n2,ant\n3,cat\n", ["target": "y"])
    #expect(data.classNames == ["ant", "cat"])
    #expect(data.train.targets[0] == Column("y", rowShape: [], .integers([1, 0, 1])))
  }

  @Test func `classes put labels in an order of their own`() throws {
    let data = try load("a,y\n1,2\n2,1\n3,2\n", ["target": "y", "classes": [2, 1]])
    #expect(data.train.targets[0].storage == .integers([0, 1, 0]))
  }

  @Test func `numbers can be read as categories, sorted by size`() throws {
    let data = try load("zip,y\n10,1\n9,2\n", ["target": "y", "one_hot": ["zip"]])
    #expect(data.train.matrix == [[0, 1], [1, 0]])
  }

  @Test func `quotes follow the standard`() throws {
    let data = try load("\"a\",\"b, c\",y\r\n\"x\"\"y\",\"l\n1\",1\r\n z ,w,2\r\n", ["target": "y"])
    #expect(data.encoding("a") == .categories(["x\"y", "z"], canBeMissing: false))
    #expect(data.encoding("b, c") == .categories(["l\n1", "w"], canBeMissing: false))
  }

  @Test func `missing numbers are filled from the training part`() throws {
    let text = "a,y\n100,1\n1,1\n,1\n3,1\n8,1\n"
    let split: ConfigNode = ["validation": 1]
    #expect(
      try load(text, ["target": "y", "fill_missing": "mean", "split": split]).train.matrix == [
        [1], [4], [3], [8],
      ])
    #expect(try load(text, ["target": "y", "fill_missing": "median", "split": split]).train.matrix[1] == [3])
    #expect(try load(text, ["target": "y", "fill_missing": 0, "split": split]).train.matrix[1] == [0])
  }

  @Test func `a missing category is all zeros`() throws {
    let data = try load("a,y\nu,1\n?,2\nv,3\n", ["target": "y", "fill_missing": 0])
    #expect(data.train.matrix == [[1, 0], [0, 0], [0, 1]])
  }

  @Test func `standardizing uses the training part and the population variance`() throws {
    let data = try load(
      "a,y\n100,1\n1,1\n3,1\n", ["target": "y", "standardize": true, "split": ["validation": 1]])
    #expect(data.train.matrix == [[-1], [1]])
    #expect(data.validation?.matrix == [[98]])
    #expect(data.encoding("a") == .numbers(mean: 2, deviation: 1))
  }

  @Test func `standardizing a constant column gives zeros`() throws {
    #expect(try load("a,y\n5,1\n5,2\n", ["target": "y", "standardize": ["a"]]).train.matrix == [[0], [0]])
  }

  @Test func `inputs and outputs can have names`() throws {
    let settings: ConfigNode = [
      "features": ["wide": ["a", "b"], "deep": ["b", "c"]], "target": ["main": "y", "aux": "z"],
    ]
    let data = try load("a,b,c,y,z\n1,2,3,4,5\n", settings)
    #expect(data.train.features.map(\.name) == ["wide", "deep"])
    #expect(data.train.values(of: data.train.features[1], sample: 0) == [2, 3])
    #expect(data.train.targets.map(\.name) == ["main", "aux"])
  }

  @Test func `a test table may have its columns in another order`() throws {
    try folder.write("test.csv", "y;a\n7;8\n")
    try folder.write("t.csv", "a;y\n1;2\n")
    let node: ConfigNode = ["csv": ["train": "t.csv", "test": "test.csv", "separator": ";"], "target": "y"]
    let data = try dataset(node, in: folder).load()
    #expect(data.test?.matrix == [[8]])
    #expect(data.test?.labels == [7])
  }

  @Test func `inspecting tells the shape that loading gives`() throws {
    try folder.write("t.csv", "a,b,y\n1,u,p\n2,v,q\n")
    let set = try dataset(with(["target": "y", "shape": [3, 1]]), in: folder)
    let shape = try set.inspect()
    #expect(shape.features[0].rowShape == [3, 1])
    #expect(try set.load().train.features[0].rowShape == [3, 1])
    #expect(shape.classNames == ["p", "q"])
  }

  static let mistakes: [(String, ConfigNode, String, String)] = [
    ("a,y\n1,2\n3\n", ["target": "y"], "E0406", "line 3: a row with 1 cell,"),
    ("a,a\n1,2\n", ["target": "a"], "E0406", "two columns"),
    ("", ["target": "y"], "E0406", "empty"), ("a,y\n", ["target": "y"], "E0406", "without rows"),
    (",y\n1,2\n", ["target": "y"], "E0406", "no name"),
    ("a,y\n\"1,2\n", ["target": "y"], "E0406", "line 2: a quoted cell is not closed"),
    ("a,y\n\"1\"x,2\n", ["target": "y"], "E0406", "behind a quoted"),
    ("a,y\n1,2\n,3\n", ["target": "y"], "E0407", "line 3, column 'a'"),
    ("a,y\n1,2\n2,NA\n", ["target": "y", "fill_missing": 0], "E0407", "line 3, column 'y'"),
    ("a,y\n?,2\n?,3\n", ["target": "y", "fill_missing": 0], "E0407", "no values"),
    ("a,y\n1,2\n", ["target": "z"], "E0408", "'z'"),
    ("a,y\n1,2\n", [:], "E0408", "target"),
    ("a,y\n1,2\n", ["target": "y", "features": ["a", "y"]], "E0408", "both"),
    ("y\n1\n", ["target": "y"], "E0408", "no column but"),
    ("a,y\n1,2\n2,3\nx,4\n", ["target": "y"], "E0409", "line 4, column 'a': 'x'"),
    ("a,y\n1,u\n2,v\n", ["target": "y", "classes": ["u", "w"]], "E0411", "unknown class 'v'"),
    ("a,y\n1,2\n", ["target": "y", "shape": [2]], "E0416", "[2]"),
    ("a,y\n1,2\n", ["target": "y", "standardize": ["b"]], "E0205", "'b'"),
    ("a,y\n1,2\n", ["target": "y", "standardize": true, "scale": 2], "E0415", "scale"),
    ("a,y\n1,2\n", ["target": "y", "fill_missing": "mode"], "E0201", "mean, median"),
    ("a,y\n1,2\n", ["target": "y", "one_hot": ["b"]], "E0408", "'b'"),
    ("a,y\ninf,2\n1,2\n2,2\n", ["target": "y"], "E0409", "inf"),
  ]
  @Test(arguments: mistakes)
  func `mistakes are explained`(text: String, settings: ConfigNode, code: String, words: String) throws {
    let diagnostic = try diagnose(text, settings)
    #expect(diagnostic.code == code)
    #expect(diagnostic.message.contains(words), "\(diagnostic.message)")
  }

  @Test func `a column of names is no feature`() throws {
    let text = "name,y\n" + (0..<1001).map { "n\($0),1\n" }.joined()
    #expect(try diagnose(text, ["target": "y"]).code == "E0417")
  }

  @Test func `a missing target suggests the nearest column`() throws {
    #expect(try diagnose("size,price\n1,2\n", ["target": "Price"]).help == "did you mean 'price'?")
  }

  @Test func `mutations never crash`() throws {
    var random = Random()
    let good = Array("a,b,c\n1,\"x, y\",2\n3,\"q\"\"r\",4\n5,z,6\n".utf8)
    for _ in 0..<1000 {
      var bytes = good
      for _ in 0...random.below(4) {
        let at = random.below(bytes.count)
        if random.below(2) == 0 {
          bytes[at] = UInt8(random.below(256))
        } else {
          bytes.insert(Array("\",\r\n?x".utf8)[random.below(6)], at: at)
        }
      }
      if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count)) }
      try folder.write("t.csv", bytes)
      let diagnostic = failure(
        with(["target": "c", "fill_missing": "median", "standardize": true]), in: folder)
      if let diagnostic { #expect(diagnostic.code.hasPrefix("E04")) }
    }
  }
}

@Suite struct SplitTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.write("t.csv", "a,y\n" + (0..<10).map { "\($0),\($0)\n" }.joined())
  }

  private func parts(_ split: ConfigNode, shuffle: Bool = false, seed: UInt64 = 1) throws -> [[Float]] {
    let node: ConfigNode = ["csv": "t.csv", "target": "y", "split": split, "shuffle": .init(.bool(shuffle))]
    let data = try dataset(node, in: folder, seed: seed).load()
    return [data.train, data.validation, data.test].map { $0?.matrix.flatMap { $0 } ?? [] }
  }

  @Test func `the first samples are for validation, the next for testing`() throws {
    #expect(try parts(["validation": 3, "test": 0.2]) == [[5, 6, 7, 8, 9], [0, 1, 2], [3, 4]])
  }

  @Test func `a shuffled split has each sample once, and depends on the seed alone`() throws {
    let first = try parts(["validation": 3, "test": 2], shuffle: true)
    #expect(first.flatMap { $0 }.sorted() == (0..<10).map { Float($0) })
    #expect(try parts(["validation": 3, "test": 2], shuffle: true) == first)
    #expect(try parts(["validation": 3, "test": 2], shuffle: true, seed: 2) != first)
    #expect(first != [[5, 6, 7, 8, 9], [0, 1, 2], [3, 4]])
  }

  @Test func `a split copies nothing`() throws {
    let node: ConfigNode = ["csv": "t.csv", "target": "y", "split": ["validation": 3]]
    let data = try dataset(node, in: folder).load()
    #expect(data.train.rows == .range(3..<10))
    #expect(data.validation?.features == data.train.features)
  }

  static let impossible: [ConfigNode] = [
    ["validation": 10], ["validation": 6, "test": 0.4], ["validation": 0], ["validation": -1],
    ["validation": 1.5],
    ["validation": 0.01], ["validation": "many"],
  ]
  @Test(arguments: impossible) func `an impossible split is refused`(split: ConfigNode) {
    #expect(failure(["csv": "t.csv", "target": "y", "split": split], in: folder)?.code == "E0410")
  }

  @Test func `an unknown part suggests the right one`() {
    #expect(failure(["csv": "t.csv", "target": "y", "split": ["valid": 3]], in: folder)?.code == "E0204")
  }

  @Test func `a second test part is refused`() throws {
    let node: ConfigNode = ["csv": ["train": "t.csv", "test": "t.csv"], "target": "y", "split": ["test": 3]]
    #expect(failure(node, in: folder)?.code == "E0410")
  }
}
