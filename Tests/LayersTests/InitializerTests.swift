import Config
import Diagnostics
import EngineTestSupport
import Layers
import TensorCore
import Testing

@Suite struct InitializerTests {
  @Test func `names are unique`() { #expect(Set(Initializer.names).count == Initializer.names.count) }

  @Test(arguments: Initializer.names)
  func `a name is read and written`(name: String) throws {
    let initializer = try Initializer(config: ConfigNode(.string(name)))
    #expect(try Initializer(config: initializer.config) == initializer)
  }

  @Test func `a seed is read and written`() throws {
    let initializer = try Initializer(config: ["HeNormal": ["seed": 7]])
    #expect(initializer.seed == 7)
    #expect(try Initializer(config: initializer.config) == initializer)
  }

  @Test func `a seed draws the same numbers in every experiment`() throws {
    let own = try Initializer(config: ["he_normal": ["seed": 7]])
    #expect(own.tensor([3, 4], seed: 1, path: "m/a") == own.tensor([3, 4], seed: 2, path: "m/a"))
    let common = try Initializer(config: "he_normal")
    #expect(common.tensor([3, 4], seed: 1, path: "m/a") != common.tensor([3, 4], seed: 2, path: "m/a"))
    #expect(common.tensor([3, 4], seed: 1, path: "m/a") != common.tensor([3, 4], seed: 1, path: "m/b"))
  }

  @Test(
    arguments: [
      (["HeNormal": ["sed": 7]], "E0204"), (["Zeros": ["seed": 7]], "E0204"), ("he_norml", "E0205"),
      (["HeNormal": 7], "E0201"), (["HeNormal": ["seed": "x"]], "E0201"), (7, "E0201"), ([:], "E0201"),
    ] as [(ConfigNode, String)])
  func `a mistake is reported`(node: ConfigNode, code: String) throws {
    let error = try #require(throws: Diagnostic.self) { try Initializer(config: node) }
    #expect(error.code == code, "\(error)")
  }

  @Test(arguments: [[5, 5], [7, 3], [3, 7], [2, 2, 5], [1, 1], [4, 1]])
  func `an orthogonal matrix is one on its shorter side`(shape: [Int]) throws {
    let columns = shape.last ?? 1
    let rows = shape.dropLast().reduce(1, *)
    let x = Initializer.orthogonal.tensor(shape, seed: 3, path: "kernel").elements.map { Double($0) }
    let count = min(rows, columns)
    for i in 0..<count {
      for j in 0..<count {
        let product =
          rows >= columns
          ? (0..<rows).reduce(0.0) { $0 + x[$1 * columns + i] * x[$1 * columns + j] }
          : (0..<columns).reduce(0.0) { $0 + x[i * columns + $1] * x[j * columns + $1] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test func `fans follow given axes`() throws {
    let axes: ConfigNode = ["GlorotUniform": ["input_axes": [0], "output_axes": [1, 2]]]
    let wide = try Initializer(config: axes).tensor([4, 3, 7], seed: 1, path: "k").elements
    let limit = Float((6.0 / 25).squareRoot())
    #expect(wide.allSatisfy { abs($0) <= limit } && wide.contains { abs($0) > 0.95 * limit })
  }

  @Test(arguments: [("orthogonal", [3]), ("identity", [2, 2, 2])])
  func `a shape that an initializer cannot fill is E0340`(name: String, shape: [Int]) throws {
    let initializer = try Initializer(config: ConfigNode(.string(name)))
    let error = try #require(throws: Diagnostic.self) { try initializer.check(shape, of: "m/a", at: nil) }
    #expect(error.code == "E0340")
  }

  @Test func `numbers are distributed as Keras's`() throws {
    var fixtures = KerasFixtures("k3_initializers")
    try fixtures.each { fixture in
      let known = fixture["config"]?.entries?.filter { !$0.value.isAbsent && $0.key != "name" } ?? []
      let name = fixture["class_name"] ?? nil
      guard Initializer.names.contains(name.string ?? ""),
        let shape = fixture["shape"]?.numbers.map({ Int($0) })
      else { return false }
      let initializer = try Initializer(config: ["class_name": name, "config": ConfigNode(.map(known))])
      let numbers = initializer.tensor(shape, seed: 0, path: "kernel").elements.map { Double($0) }
      let count = Double(numbers.count)
      let mean = numbers.reduce(0, +) / count
      let deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
      let expected = { (key: String) in fixture[key]?.number ?? .nan }
      let width = expected("std")
      #expect(abs(mean - expected("mean")) <= 6 * width / count.squareRoot(), "\(fixture)")
      #expect(abs(deviation - width) <= 6 * width / (2 * count).squareRoot(), "\(fixture)")
      // Where numbers have no bounds the largest of a few thousand says little.
      let isBounded =
        !["RandomNormal", "Orthogonal"].contains(name.string)
        && fixture["config"]?["distribution"]?.string != "untruncated_normal"
      guard isBounded else { return true }
      #expect(abs((numbers.min() ?? 0) - expected("min")) <= 0.1 * width, "\(fixture)")
      #expect(abs((numbers.max() ?? 0) - expected("max")) <= 0.1 * width, "\(fixture)")
      return true
    }
    #expect(fixtures.unchecked == [])
  }
}
