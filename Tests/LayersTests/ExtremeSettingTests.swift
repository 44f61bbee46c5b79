import Config
import Diagnostics
import EngineTestSupport
import Fuzzing
import Layers
import Testing

/// Settings far beyond what anything is made of: they are taken or refused, and never end the program.
@Suite struct ExtremeSettingTests {
  private static let trials = LayerSample.all.map {
    LayerTrial($0.node, inputs: $0.inputs, shape: $0.shape)
  }

  @Test(arguments: trials)
  func `a layer with a setting at its extreme is a layer or a diagnostic`(trial: LayerTrial) throws {
    #expect(try trial.isRight())
    for key in trial.wholeNumbers {
      for number in LayerTrial.extremes {
        for asList in [false, true] {
          _ = try trial.setting(key, to: trial.value(number, of: key, asList: asList)).isRight()
        }
      }
    }
  }

  @Test func `layers with several settings at their extremes are layers or diagnostics`() throws {
    let fuzzer = ExtremesFuzzer(Self.trials)
    for seed in 0..<300 as Range<UInt64> {
      let node = try ConfigNode(json: fuzzer.bytes(seed))
      let layer = try #require(node["layer"])
      let shape = try [Int](config: try #require(node["shape"]))
      _ = try LayerTrial(layer, inputs: 1, shape: shape).isRight()
    }
  }

  @Test(arguments: ["units", "seed"])
  func `no whole number is larger than what is counted, but for seeds`(key: String) {
    let node: ConfigNode =
      key == "units"
      ? ["Dense": ["units": Int.max.config]] : ["Dropout": ["rate": 0.5, "seed": Int.max.config]]
    var bag = DiagnosticBag()
    _ = LayerRegistry.all.decode(node, into: &bag)
    #expect(bag.all.map(\.code) == (key == "units" ? ["E0202"] : []))
  }
}
