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

  @Test(arguments: [
    LayerTrial(["TimeDistributed": ["layer": ["LayerNormalization": nil]]], inputs: 1, shape: [1 << 31, 2]),
    LayerTrial(
      ["MultiHeadAttention": ["num_heads": 1, "key_dim": 1, "sliding_window": 9]], inputs: 2,
      shape: [1 << 20, 1]),
    LayerTrial(["GRU": ["units": (1 << 30).config]], inputs: 1, shape: [1, 1]),
    LayerTrial(
      ["UpSampling2D": ["size": (1 << 20).config, "interpolation": "bilinear"]], inputs: 1, shape: [4, 4, 1]),
    LayerTrial(["RandomSharpness": ["factor": 0.4]], inputs: 1, shape: [4, 5, 1 << 31]),
    LayerTrial(["RandomRotation": ["factor": 0.4]], inputs: 1, shape: [1, 1 << 31, 1]),
    LayerTrial(
      ["LocallyConnected1D": ["filters": (1 << 20).config, "kernel_size": 1, "implementation": 2]], inputs: 1,
      shape: [1 << 10, 2]),
    LayerTrial(
      ["Dense": ["units": 100_000, "kernel_regularizer": ["OrthogonalRegularizer": ["mode": "columns"]]]],
      inputs: 1, shape: [2]),
    LayerTrial(["ConvLSTM1D": ["filters": 2, "kernel_size": 2]], inputs: 1, shape: [1 << 20, 6, 2]),
    LayerTrial(["CenterCrop": ["height": 1, "width": (1 << 24).config]], inputs: 1, shape: [2, 2, 1]),
  ])
  func `what would need a table or a call for each of too many is refused`(trial: LayerTrial) throws {
    #expect(try !trial.isRight())
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
