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

  @Test func `numbers are distributed as Keras's`() throws {
    var fixtures = KerasFixtures("k3_initializers")
    try fixtures.each { fixture in
      let known = fixture["config"]?.entries?.filter { !$0.value.isNull && $0.key != "name" } ?? []
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
      #expect(abs((numbers.min() ?? 0) - expected("min")) <= 0.1 * width, "\(fixture)")
      #expect(abs((numbers.max() ?? 0) - expected("max")) <= 0.1 * width, "\(fixture)")
      return true
    }
    #expect(fixtures.hasChecked(20))
  }
}
