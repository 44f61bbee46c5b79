import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import Layers
import TensorCore
import Testing

@Suite struct ActivationTests {
  @Test func `names are unique`() { #expect(Set(Activation.names).count == Activation.names.count) }

  @Test(arguments: Activation.names)
  func `a name is read and written`(name: String) throws {
    let activation = try Activation(config: ConfigNode(.string(name)))
    #expect(try Activation(config: activation.config) == activation)
  }

  /// Numbers away from the kinks at 0; rounding limits how exact a difference can be.
  @Test(arguments: Activation.names)
  func `a gradient is what differences say`(name: String) throws {
    let activation = try Activation(config: ConfigNode(.string(name)))
    for size in [1, 15, 16, 17, 37] {
      let numbers = noise(3 * size, name).map { $0 < 0 ? $0 - 0.3 : $0 + 0.3 }
      let probe = Probe(TensorType([.batch, .size(size)]), numbers)
      let error = try gradientError([probe], batch: 3, .smooth) { try activation($0[0]) }
      #expect(error < 2e-3, "size \(size): relative error \(error)")
    }
  }

  @Test func `no activation is linear`() throws {
    #expect(try Activation(config: nil) == .linear)
  }

  @Test func `an unknown name is E0205 and suggests the nearest`() throws {
    let error = try #require(throws: Diagnostic.self) { try Activation(config: "rleu") }
    #expect(error.code == "E0205" && error.help == "did you mean 'relu'?")
  }

  @Test func `something else than a name is E0201`() throws {
    let error = try #require(throws: Diagnostic.self) { try Activation(config: 3) }
    #expect(error.code == "E0201")
  }
}
