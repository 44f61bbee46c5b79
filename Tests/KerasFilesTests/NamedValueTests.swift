import Config
import GraphEngine
import KerasFiles
import Layers
import Testing
import Training

/// Calls with masks and flags, through the files of both dialects.
@Suite struct NamedValueTests {
  private static let model: Functional = {
    let attention = MultiHeadAttention(heads: 2, keyDim: 2)
    return Functional(
      "m",
      layers: [
        NamedLayer("x", InputLayer([4, 3])), NamedLayer("seen", InputLayer([4, 4])),
        NamedLayer("a", attention),
        NamedLayer("b", Attention()),
        NamedLayer("c", GroupQueryAttention(headDim: 2, queryHeads: 2, keyValueHeads: 1)),
        NamedLayer("d", SpatialDropout<1>(0.5)),
      ],
      calls: [
        .init(layer: 0, inputs: []), .init(layer: 1, inputs: []),
        .init(
          layer: 2, inputs: [.init(0), .init(0), .init(1)],
          named: NamedArguments(values: ["attention_mask"], flags: ["use_causal_mask"])),
        .init(layer: 3, inputs: [.init(2), .init(0)], named: NamedArguments(flags: ["use_causal_mask"])),
        .init(layer: 4, inputs: [.init(3), .init(0)]), .init(layer: 5, inputs: [.init(4)]),
      ], inputs: [0, 1], outputs: [.init(5)])
  }()

  @Test(arguments: [
    ("m.h5", Semantics.keras3), ("m.keras", .keras3), ("m.h5", .keras2),
  ])
  func `come back from a file`(name: String, dialect: Semantics) throws {
    try withFolder { folder in
      let built = try BuiltModel(Self.model, seed: 1)
      try built.save(to: "\(folder)/\(name)", as: dialect)
      let loaded = try ModelFile.load("\(folder)/\(name)", seed: 2).built
      let calls = (loaded.model as? Functional)?.calls.map(\.named)
      #expect(calls == Self.model.calls.map(\.named))
      #expect(loaded.slab.entries.map(\.spec.shape) == built.slab.entries.map(\.spec.shape))
    }
  }

  @Test func `an h5 file has the name of a class that Keras finds there`() throws {
    try withFolder { folder in
      try BuiltModel(Self.model, seed: 1).save(to: "\(folder)/m.h5")
      let config = try KerasArchive.read("\(folder)/m.h5").modelConfig
      #expect(config?.json.contains("\"GroupedQueryAttention\"") == true)
    }
  }

  @Test func `a spatial dropout is written without what Keras does not make it with`() {
    #expect(NamedLayer("d", SpatialDropout<1>(0.5)).kerasConfig["config"]?["trainable"] == nil)
  }
}
