import Config
import Datasets
import Diagnostics
import EngineTestSupport
import Foundation
import GraphEngine
import Kernels
import Layers
import Optimizers
import TensorCore
import Testing
import Training

@Suite struct CallbackTests {
  private func model() throws -> (built: BuiltModel, state: TrainingState) {
    let built = try BuiltModel(chain([1], Dense(1)), seed: 1)
    return (built, TrainingState(settings(SGD()), slab: built.slab, kernels: kernels))
  }

  @Test func `names are unique, everything is documented and comes back`() throws {
    let entries = CallbackRegistry.all.entries
    #expect(Set(entries.map(\.name)).count == entries.count)
    for entry in entries {
      #expect(entry.summary.hasSuffix("."))
      for property in entry.jsonSchema["properties"]?.entries ?? [] {
        #expect(
          property.value["description"]?.string?.hasSuffix(".") == true, "\(entry.name).\(property.key)")
      }
      var bag = DiagnosticBag()
      let node: ConfigNode = ["class_name": .init(.string(entry.name)), "config": entry.defaults]
      let callback = try #require(CallbackRegistry.all.decode(node, into: &bag), "\(bag.all)")
      func encode<T: Configurable>(_ value: T) -> ConfigNode { T.schema.encode(value) }
      #expect(encode(callback) == entry.defaults)
    }
  }

  @Test(arguments: [
    ("{epoch}.h5", "7.h5"), ("{epoch:03d}.h5", "007.h5"), ("a/{epoch:02d}-{val_loss:.2f}.h5", "a/07-0.80.h5"),
    ("{val_loss}.h5", "0.795.h5"), ("{nonsense:.2f}.h5", "{nonsense:.2f}.h5"), ("plain.h5", "plain.h5"),
    ("{.h5", "{.h5"), ("}{epoch}.h5", "}7.h5"), ("{epoch:99d}{}.h5", "00000000000000000007{}.h5"),
  ])
  func `a checkpoint is named after its epoch and its logs`(template: String, expected: String) throws {
    let (built, state) = try model()
    var saved: [String] = []
    var callback = ModelCheckpoint()
    callback.filepath = template
    let control = TrainingControl(built, state, Outlet(save: { saved.append($0) }))
    try callback.handle(.epochEnded(epoch: 6, logs: [("loss", 1), ("val_loss", 0.795)]), control)
    #expect(saved == [expected])
  }

  @Test(arguments: ["a.txt", "/tmp/a.h5", "../a.h5", "a/../../b.h5"])
  func `a checkpoint stays in the folder of its run`(path: String) {
    var bag = DiagnosticBag()
    _ = CallbackRegistry.all.decode(["ModelCheckpoint": ["filepath": .init(.string(path))]], into: &bag)
    #expect(bag.all.map(\.code) == ["E0202"])
  }

  @Test func `without a good epoch the first weights come back`() throws {
    let (built, state) = try model()
    var callback = EarlyStopping()
    callback.patience = 1
    callback.restoreBestWeights = true
    let control = TrainingControl(built, state)
    try callback.handle(.began, control)
    for epoch in 0..<3 {
      built.slab.set("m/layer_0/bias", Tensor([1], [Float(epoch)]))
      try callback.handle(.epochEnded(epoch: epoch, logs: [("val_loss", .nan)]), control)
    }
    try callback.handle(.ended, control)
    #expect(control.stopReason == "EarlyStopping" && control.restoredEpoch == 1)
    #expect(built.slab.tensor("m/layer_0/bias").elements == [0])
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a loss that is not a number ends the training`(loss: Double) throws {
    let (built, state) = try model()
    let control = TrainingControl(built, state)
    let callback = TerminateOnNaN()
    callback.handle(.batchEnded(loss: 1e30), control)
    #expect(control.stopReason == nil)
    callback.handle(.batchEnded(loss: loss), control)
    #expect(control.stopReason == "TerminateOnNaN")
  }
}
