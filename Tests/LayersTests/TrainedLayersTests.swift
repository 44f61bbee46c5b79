import EngineTestSupport
import GraphEngine
import Layers
import TensorCore
import Testing

/// Which layers a training trains.
@Suite struct TrainedLayersTests {
  private let inner = Sequential(
    "inner", input: [4],
    [
      NamedLayer("first", Dense(3), isTrainable: false), NamedLayer("norm", BatchNormalization()),
      NamedLayer("second", Dense(3)),
    ])
  private var model: Sequential {
    Sequential(
      "m", input: [4],
      [
        NamedLayer("inner", inner, isTrainable: false), NamedLayer("block1", Dense(3)),
        NamedLayer("block2", Dense(2)),
      ])
  }

  /// The trained parameters, without the model's name.
  private func trained(_ model: any Model) throws -> [String] {
    try Trace(model, phase: .training, seed: 1).scope.parameters.map(\.spec).filter(\.isTrainable)
      .map { String($0.path.dropFirst(2)) }
  }

  private let whole = ["block1/kernel", "block1/bias", "block2/kernel", "block2/bias"]

  @Test func `all trains frozen layers too, but no moving averages`() throws {
    #expect(
      try trained(model.training(.all)) == [
        "inner/first/kernel", "inner/first/bias", "inner/norm/gamma", "inner/norm/beta",
        "inner/second/kernel",
        "inner/second/bias",
      ] + whole)
  }

  @Test func `none trains nothing`() throws { #expect(try trained(model.training(.none)) == []) }

  @Test(arguments: [
    (["block*"], ["block1/kernel", "block1/bias", "block2/kernel", "block2/bias"]),
    (["block2"], ["block2/kernel", "block2/bias"]),
    (["*2"], ["block2/kernel", "block2/bias"]),
    (["inner/first"], ["inner/first/kernel", "inner/first/bias"]),
    (["inner/*or*"], ["inner/norm/gamma", "inner/norm/beta"]),
    (["*/s*d"], ["inner/second/kernel", "inner/second/bias"]),
    (["inner/first", "b*1"], ["inner/first/kernel", "inner/first/bias", "block1/kernel", "block1/bias"]),
    (
      ["inner"],
      [
        "inner/first/kernel", "inner/first/bias", "inner/norm/gamma", "inner/norm/beta",
        "inner/second/kernel", "inner/second/bias",
      ]
    ),
  ])
  func `only what a pattern matches is trained, with everything in it`(
    patterns: [String], parameters: [String]
  ) throws {
    #expect(try trained(model.training(.only(patterns))) == parameters)
  }

  @Test func `a pattern that matches nothing is found`() {
    #expect(model.firstUnmatched(["block*", "inner/norm"]) == nil)
    #expect(model.firstUnmatched(["block*", "norm"]) == "norm")
    #expect(model.firstUnmatched(["block/*"]) == "block/*")
    #expect(model.firstUnmatched([String(repeating: "*a", count: 200)]) != nil)
  }
}
