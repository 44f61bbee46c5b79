import Config
import Diagnostics
import Foundation
import TensorCore
import Testing

@testable import Datasets

@Suite struct IDXTests {
  private let folder: Folder
  private let pixels: [UInt8] = (0..<24).map { UInt8($0 * 10) }
  private let settings: ConfigNode = ["idx": ["train": ["images": "i", "labels": "l"]]]

  init() throws {
    folder = try Folder()
    try folder.write("i", idx([6, 2, 2], pixels))
    try folder.write("l", idx([6], [0, 1, 2, 0, 1, 2]))
  }

  @Test func `images stay bytes and are scaled when a batch is filled`() throws {
    var all = settings.entries ?? []
    all.append(.init("scale", .init(.double(1.0 / 255))))
    let data = try dataset(.init(.map(all)), in: folder).load()
    #expect(data.train.features[0].storage == .bytes(pixels))
    #expect(data.train.matrix[1] == [40, 50, 60, 70].map { Float($0) * Float(1.0 / 255) })
    #expect(data.train.targets[0] == Column("label", rowShape: [], .integers([0, 1, 2, 0, 1, 2])))
    #expect(data.classNames == ["0", "1", "2"])
  }

  @Test func `inspecting reads the head of the images, and the labels`() throws {
    try folder.write("big", Array(idx([6, 2, 2], []).prefix(16)))
    let shape = try dataset(
      ["idx": ["train": ["images": "big", "labels": "l"]], "split": ["validation": 2]], in: folder
    ).inspect()
    #expect(shape.features == [.init(name: "image", rowShape: [2, 2], element: .float32)])
    #expect(shape.targets == [.init(name: "label", rowShape: [], element: .int32, classes: ["0", "1", "2"])])
    #expect((shape.trainCount, shape.validationCount, shape.testCount) == (4, 2, nil))
  }

  @Test func `gzipped files are the same as plain ones`() throws {
    try folder.write("i", gzip(idx([6, 2, 2], pixels)))
    try folder.write("l", gzip(idx([6], [0, 1, 2, 0, 1, 2])))
    let data = try dataset(settings, in: folder).load()
    #expect(data.train.features[0].storage == .bytes(pixels))
    #expect(try dataset(settings, in: folder).inspect().trainCount == 6)
  }

  @Test func `a folder with MNIST's names has a test part`() throws {
    try folder.write("train-images-idx3-ubyte.gz", gzip(idx([6, 2, 2], pixels)))
    try folder.write("train-labels-idx1-ubyte", idx([6], [0, 1, 2, 0, 1, 2]))
    try folder.write("t10k-images-idx3-ubyte", idx([1, 2, 2], [9, 9, 9, 9]))
    try folder.write("t10k-labels-idx1-ubyte", idx([1], [2]))
    let data = try dataset(["idx": "."], in: folder).load()
    #expect(data.test?.matrix == [[9, 9, 9, 9]])
    #expect(data.test?.labels == [2])
    #expect(data.train.count == 6)
    #expect(data.files.count == 4)
  }

  @Test func `other number types are big-endian`() throws {
    try folder.write("i", idx([6], [0, 1, 255, 255, 0, 3, 0, 4, 0, 5, 1, 0], type: 0x0B))
    let data = try dataset(settings, in: folder).load()
    #expect(data.train.features[0].storage == .floats([1, -1, 3, 4, 5, 256]))
  }

  @Test func `labels may be vectors`() throws {
    let data = try dataset(
      ["idx": ["train": ["images": "i", "labels": "l"]], "one_hot": ["label"]], in: folder
    ).load()
    #expect(data.train.values(of: data.train.targets[0], sample: 1) == [0, 1, 0])
  }

  @Test func `standardized images have mean 0 and deviation 1 on the training part`() throws {
    let node: ConfigNode = [
      "idx": ["train": ["images": "i", "labels": "l"]], "standardize": true, "split": ["validation": 3],
    ]
    let all = try dataset(node, in: folder).load().train.matrix.flatMap { $0 }
    let mean = all.reduce(0, +) / Float(all.count)
    #expect(abs(mean) < 1e-6)
    #expect(abs(all.map { $0 * $0 }.reduce(0, +) / Float(all.count) - 1) < 1e-5)
  }

  static let damaged: [(String, [UInt8], String)] = [
    ("empty", [], "E0402"), ("text", Array("hello".utf8), "E0402"),
    ("an unknown type", idx([6], [1], type: 7), "E0402"),
    ("no dimension", [0, 0, 8, 0], "E0402"), ("half a head", [0, 0, 8, 3, 0, 0], "E0403"),
    ("too short", idx([6, 2, 2], [1, 2]), "E0403"),
    ("too long", idx([6], [UInt8](repeating: 1, count: 7)), "E0404"),
    ("another count", idx([5], [1, 2, 3, 4, 5]), "E0405"),
    ("huge dimensions", idx([6, 1 << 30, 1 << 30], []), "E0402"),
    ("damaged gzip", Array(gzip(idx([6], [1, 2, 3, 4, 5, 6])).dropLast(9)), "E0403"),
    ("a zip bomb", gzip(idx([6, 40_000, 40_000], [])), "E0403"),
  ]
  @Test(arguments: damaged) func `a damaged file is explained`(what: String, bytes: [UInt8], code: String)
    throws
  {
    try folder.write("i", bytes)
    #expect(failure(settings, in: folder)?.code == code)
  }

  @Test func `a missing file suggests a neighbour`() throws {
    try folder.write("images.idx", idx([6], [1, 2, 3, 4, 5, 6]))
    let diagnostic = failure(["idx": ["train": ["images": "image.idx", "labels": "l"]]], in: folder)
    #expect(diagnostic?.code == "E0401")
    #expect(diagnostic?.help == "did you mean 'images.idx'?")
  }

  @Test func `too few class names are refused, unused ones mentioned`() throws {
    var node: ConfigNode = ["idx": ["train": ["images": "i", "labels": "l"]], "classes": ["a", "b"]]
    #expect(failure(node, in: folder)?.code == "E0411")
    node = ["idx": ["train": ["images": "i", "labels": "l"]], "classes": ["a", "b", "c", "d"]]
    #expect(try dataset(node, in: folder).load().warnings.map(\.code) == ["E0412"])
  }

  @Test func `mutations never crash`() throws {
    var random = Random()
    let files = [idx([6, 2, 2], pixels), gzip(idx([6, 2, 2], pixels))]
    for _ in 0..<600 {
      var bytes = files[random.below(2)]
      for _ in 0...random.below(3) where !bytes.isEmpty {
        bytes[random.below(bytes.count)] = UInt8(random.below(256))
      }
      if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count)) }
      try folder.write("i", bytes)
      if let diagnostic = failure(settings, in: folder) { #expect(diagnostic.code.hasPrefix("E04")) }
    }
  }
}

/// The same numbers in every run.
struct Random {
  private let stream = RandomStream(seed: 5, "fuzz")
  private var position = 0

  mutating func below(_ bound: Int) -> Int {
    position += 1
    return Int(stream[position]) % max(1, bound)
  }
}

@Suite struct BuiltInTests {
  @Test func `digits are images of 8 by 8`() throws {
    let data = try dataset(["source": "digits", "split": ["validation": 0.2, "test": 100], "shuffle": true])
      .load()
    #expect(data.train.count == 1338)
    #expect(data.train.features[0].rowShape == [8, 8])
    #expect(data.train.targets[0].element == .int32)
    #expect(data.classNames?.count == 10)
    #expect(data.train.matrix[0].allSatisfy { (0...16).contains($0) })
  }

  @Test func `iris has three species`() throws {
    let data = try dataset(["source": "iris"]).load()
    #expect(data.classNames == ["setosa", "versicolor", "virginica"])
    #expect(data.train.matrix[0] == [5.1, 3.5, 1.4, 0.2])
    #expect(data.train.labels.filter { $0 == 2 }.count == 50)
  }

  @Test(.enabled(if: DataPath("/usr/share/datasets/fashion-mnist", span: nil).isFolder))
  func `Fashion-MNIST has 60,000 and 10,000 images`() throws {
    let set = try dataset(["source": "fashion-mnist", "split": ["validation": 5000]])
    let shape = try set.inspect()
    #expect((shape.trainCount, shape.validationCount, shape.testCount) == (55_000, 5_000, 10_000))
    let data = try set.load()
    #expect(data.train.features[0].rowShape == [28, 28])
    #expect(data.train.features[0].rowCount == 70_000)
    #expect(data.validation?.labels.prefix(3) == [9, 0, 0])
    #expect(data.test?.labels.prefix(3) == [9, 2, 1])
    #expect(data.classNames?[9] == "Ankle boot")
    #expect(data.warnings.isEmpty)
  }

  @Test func `an absent data set says how to get it`() {
    let diagnostic = failure(["source": "mnist"])
    #expect(diagnostic?.code == "E0413")
    #expect(diagnostic?.help?.contains("RUNEXP_DATA") == true)
  }

  @Test func `an unknown data set suggests the nearest`() {
    #expect(failure(["source": "fashion_mnist"])?.help == "did you mean 'fashion-mnist'?")
  }

  @Test func `a folder of the user comes first`() throws {
    let data = try Folder()
    let own = data.path + "/fashion-mnist"
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    try data.write("fashion-mnist/train-images-idx3-ubyte", idx([2, 1, 1], [1, 2]))
    try data.write("fashion-mnist/train-labels-idx1-ubyte", idx([2], [0, 9]))
    #expect(try dataset(["source": "fashion-mnist"], data: data.path).load().train.count == 2)
  }

  static let unclear: [ConfigNode] = [
    [:], ["source": "iris", "csv": "a.csv"], ["source": 3], ["idx": 3], ["idx": ["test": "a"]],
    ["idx": ["trian": "a"]],
  ]
  @Test(arguments: unclear) func `an unclear source is refused`(node: ConfigNode) {
    #expect(failure(node) != nil)
  }
}
