import Config
import Datasets
import Diagnostics
import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import TensorCore
import Testing
import Training

/// A model of one weight, for callbacks that keep and restore weights.
private func tiny() throws -> (built: BuiltModel, state: TrainingState) {
  let built = try BuiltModel(chain([1], Dense(1)), seed: 1)
  return (built, TrainingState(settings(SGD()), slab: built.slab, kernels: kernels))
}

/// Reads a member of a registry; `nil` if its class or a setting is not there yet.
private func decode<M>(_ registry: Registry<M>, _ name: ConfigNode?, _ config: [ConfigNode.Entry]) -> M? {
  var bag = DiagnosticBag()
  return registry.decode(["class_name": name ?? nil, "config": ConfigNode(.map(config))], into: &bag)
}

@Suite struct KerasScalarsTests {
  @Test func `callbacks do what Keras's do`() throws {
    var fixtures = KerasFixtures("k3_callbacks")
    try fixtures.each { fixture in
      var config = fixture["kwargs"]?.entries ?? []
      // Ours are always HDF5 files.
      if let path = fixture["filepath"]?.string {
        config.append(.init("filepath", ConfigNode(.string(path.replacing(".keras", with: ".h5")))))
      }
      guard var callback = decode(CallbackRegistry.all, fixture["callback"], config),
        let series = fixture["series"]
      else { return false }
      let (built, state) = try tiny()
      var saved: [String] = []
      let control = TrainingControl(built, state) { saved.append($0) }
      let monitor = fixture["kwargs"]?["monitor"]?.string ?? "val_loss"
      var stopped: Int?
      try callback.handle(.began, control)
      for (epoch, value) in series.numbers.enumerated() where stopped == nil {
        built.slab.set("m/layer_0/bias", Tensor([1], [Float(epoch)]))
        saved = []
        try callback.handle(.epochEnded(epoch: epoch, logs: [(monitor, value)]), control)
        if control.stopReason != nil { stopped = epoch }
        if let expected = fixture["saved_per_epoch"]?.list?[epoch].list {
          #expect(saved == expected.map { ($0.string ?? "").replacing(".keras", with: ".h5") }, "\(fixture)")
        }
      }
      try callback.handle(.ended, control)
      if let expected = fixture["stopped_after_epoch"] {
        #expect(stopped == (expected.isNull ? nil : Int(expected.number)), "\(fixture)")
      }
      if let expected = fixture["restored_weights_of_epoch"], !expected.isNull {
        #expect(built.slab.tensor("m/layer_0/bias").elements == expected.floats, "\(fixture)")
        #expect(control.restoredEpoch == Int(expected.number) + 1)
      }
      return true
    }
    #expect(fixtures.hasChecked(14))
  }

  @Test func `trainings log and end as Keras's`() throws {
    var fixtures = KerasFixtures("k3_fit")
    let known: Set = ["steps_per_epoch", "initial_epoch", "validation_data", "validation_split"]
    try fixtures.each { fixture in
      let arguments = fixture["fit_kwargs"]?.entries ?? []
      let isPlain = fixture["compile_kwargs"]?.entries?.isEmpty == true && fixture["batch_norm"] == false
      guard isPlain, fixture["kernel_l2_of_first_layer"]?.isNull == true,
        arguments.allSatisfy({ known.contains($0.key) })
      else { return false }
      try check(fixture)
      return true
    }
    #expect(fixtures.hasChecked(4))
  }

  private func check(_ fixture: ConfigNode) throws {
    let tanh = try Activation(config: "tanh")
    let activation = try Activation(config: fixture["out_activation"] ?? nil)
    let integer = { (key: String) in Int(fixture[key]?.number ?? 0) }
    let model = chain(
      [4], Dense(integer("hidden_units"), activation: tanh),
      Dense(integer("out_units"), activation: activation))
    let built = try BuiltModel(model, seed: 1)
    for (entry, numbers) in zip(built.slab.entries, fixture["initial_weights"]?.list ?? []) {
      built.slab.set(entry.spec.path, Tensor(entry.spec.shape, numbers.floats))
    }
    let loss = try #require(decode(LossRegistry.all, fixture["loss"], []))
    let metrics = try (fixture["metrics"]?.list ?? []).map {
      NamedMetric($0.string ?? "", try #require(decode(MetricRegistry.all, $0, [])))
    }
    let settings = CompileSettings(
      loss: loss, optimizer: SGD(learningRate: fixture["sgd_lr"]?.number ?? 0), metrics: metrics)
    let samples = data(fixture["x"], fixture["y"], isLabels: fixture["y_dtype"]?.string == "int32")
    var (train, held): (DataPart, DataPart?) = (samples, nil)
    if let split = fixture["fit_kwargs"]?["validation_split"]?.number {
      let first = Int(Double(samples.count) * (1 - split))
      train.rows = .range(0..<first)
      held = samples
      held?.rows = .range(first..<samples.count)
    } else if let given = fixture["fit_kwargs"]?["validation_data"]?.list {
      held = data(given[0], given[1], isLabels: false)
    }
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    trainer.compile(settings)
    var fit = FitSettings()
    (fit.epochs, fit.batchSize, fit.shuffle) = (integer("epochs"), integer("batch_size"), false)
    fit.stepsPerEpoch = (fixture["fit_kwargs"]?["steps_per_epoch"]?.number).map { Int($0) }
    fit.initialEpoch = Int(fixture["fit_kwargs"]?["initial_epoch"]?.number ?? 0)
    let result = try trainer.fit(
      train, validation: held, fit, save: { _ in }, isInterrupted: { false }, observe: { _ in })
    let tag = fixture["tag"]?.string ?? ""
    let history = fixture["history"]?.entries ?? []
    #expect(result.history.first?.map(\.name).sorted() == history.map(\.key).sorted(), "\(tag)")
    for column in history {
      let found = result.history.map { logs in logs.first { $0.name == column.key }?.value ?? .nan }
      #expect(distance(found, column.value.numbers) < 2e-5, "\(tag) \(column.key)")
    }
    for (entry, numbers) in zip(built.slab.entries, fixture["final_weights"]?.list ?? []) {
      let found = built.slab.tensor(entry.spec.path).elements.map { Double($0) }
      #expect(distance(found, numbers.numbers) < 1e-4, "\(tag) \(entry.spec.path)")
    }
    for (name, value) in try trainer.evaluate(samples, settings, batchSize: fit.batchSize) {
      #expect(distance(value, fixture["evaluate"]?[name]?.number ?? .nan) < 2e-5, "\(tag) \(name)")
    }
  }

  private func data(_ x: ConfigNode?, _ y: ConfigNode?, isLabels: Bool) -> DataPart {
    let (x, y) = (x ?? [], y ?? [])
    return part(
      x.floats, Array(x.sizes.dropFirst()), y.floats, Array(y.sizes.dropFirst()), isLabels: isLabels)
  }
}
