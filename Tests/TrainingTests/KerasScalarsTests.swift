import Config
import Datasets
import Diagnostics
import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Losses
import Optimizers
import TensorCore
import Testing
import Training

/// Reads a member of a registry; `nil` if its class or a setting is not there yet.
private func decode<M>(_ registry: Registry<M>, _ name: ConfigNode?, _ config: [ConfigNode.Entry]) -> M? {
  var bag = DiagnosticBag()
  return registry.decode(["class_name": name ?? nil, "config": ConfigNode(.map(config))], into: &bag)
}

@Suite struct KerasScalarsTests {
  @Test(arguments: ["k2", "k3"])
  func `callbacks do what Keras's do`(version: String) throws {
    var fixtures = KerasFixtures("\(version)_callbacks")
    try fixtures.each { fixture in
      var config = fixture["kwargs"]?.entries ?? []
      if let path = fixture["filepath"] { config.append(.init("filepath", path)) }
      let functions = [
        "halve from epoch 2": "lr * 0.5 if epoch >= 2 else lr", "0.1/(1+epoch)": "0.1/(1+epoch)",
      ]
      if let function = fixture["function"]?.string.flatMap({ functions[$0] }) {
        config.append(.init("schedule", function.config))
      }
      guard let callback = decode(CallbackRegistry.all, fixture["callback"], config) else { return false }
      var course = try CallbackCourse(callback, rate: fixture["initial_lr"]?.number)
      let batches = fixture["batches_per_epoch"].map { Int($0.number) } ?? 1
      let series = fixture["series"]?.numbers ?? (fixture["lr_in_epoch"]?.numbers ?? []).map { _ in 1 }
      let monitor = fixture["kwargs"]?["monitor"]?.string ?? "val_loss"
      for value in series where course.stopped == nil {
        try course.epoch([(monitor, value)], batches: batches)
      }
      try course.end()
      if let expected = fixture["saved_per_epoch"]?.list {
        #expect(course.saved == expected.map { ($0.list ?? []).map { $0.string ?? "" } }, "\(fixture)")
      }
      if let expected = fixture["lr_after_epoch"] {
        #expect(distance(course.ratesAfter, expected.numbers) < 1e-6, "\(fixture)")
      }
      if let expected = fixture["lr_in_epoch"] {
        #expect(distance(course.ratesWithin, expected.numbers) < 1e-7, "\(fixture)")
      }
      if let expected = fixture["stopped_after_epoch"] {
        #expect(course.stopped == (expected.isAbsent ? nil : Int(expected.number)), "\(fixture)")
      }
      if let expected = fixture["restored_weights_of_epoch"], !expected.isAbsent {
        #expect(course.weight == expected.floats, "\(fixture)")
        #expect(course.control.restoredEpoch == Int(expected.number) + 1)
      }
      return true
    }
    #expect(fixtures.unchecked == [])
  }

  @Test(arguments: ["k2", "k3"])
  func `trainings log and end as Keras's`(version: String) throws {
    var fixtures = KerasFixtures("\(version)_fit")
    let known: Set = [
      "steps_per_epoch", "initial_epoch", "validation_data", "validation_split", "validation_freq",
      "class_weight", "sample_weight",
    ]
    try fixtures.each { fixture in
      let arguments = fixture["fit_kwargs"]?.entries ?? []
      let compiled = (fixture["compile_kwargs"]?.entries ?? []).map(\.key)
      guard arguments.allSatisfy({ known.contains($0.key) }),
        compiled.allSatisfy({ $0 == "weighted_metrics" })
      else { return false }
      try check(fixture, version == "k2" ? .keras2 : .keras3)
      return true
    }
    #expect(fixtures.unchecked == [])
  }

  private func model(_ fixture: ConfigNode, _ semantics: Semantics) throws -> BuiltModel {
    let integer = { (key: String) in Int(fixture[key]?.number ?? 0) }
    var hidden = Dense(integer("hidden_units"), activation: try Activation(config: "tanh"))
    if let l2 = fixture["kernel_l2_of_first_layer"], !l2.isAbsent {
      hidden.kernel.regularizer = try Regularizer(config: ["L2": ["l2": l2]])
    }
    let output = Dense(
      integer("out_units"), activation: try Activation(config: fixture["out_activation"] ?? nil))
    let layers: [any Layer] =
      fixture["batch_norm"] == true ? [hidden, BatchNormalization(), output] : [hidden, output]
    let model = Sequential("m", input: [4], layers.enumerated().map { NamedLayer("layer_\($0)", $1) })
    return try BuiltModel(model, seed: 1, semantics: semantics)
  }

  private func check(_ fixture: ConfigNode, _ semantics: Semantics) throws {
    let integer = { (key: String) in Int(fixture[key]?.number ?? 0) }
    let built = try model(fixture, semantics)
    // Keras has them layer by layer, those that are trained first in each.
    let specs = built.slab.entries.map(\.spec)
    let weights = (0..<3).flatMap { layer in specs.filter { $0.path.hasPrefix("m/layer_\(layer)/") } }
    for (spec, numbers) in zip(weights, fixture["initial_weights"]?.list ?? []) {
      built.slab.set(spec.path, Tensor(spec.shape, numbers.floats))
    }
    let loss = try #require(decode(LossRegistry.all, fixture["loss"], []))
    let named = { (node: ConfigNode?, prefix: String) in
      try (node?.list ?? []).map {
        NamedMetric(
          prefix + ($0.string ?? ""), try #require(decode(MetricRegistry.all, $0, [])),
          isWeighted: !prefix.isEmpty)
      }
    }
    let metrics =
      try named(fixture["metrics"], "") + named(fixture["compile_kwargs"]?["weighted_metrics"], "weighted_")
    let settings = CompileSettings(
      loss: loss, optimizer: SGD(learningRate: fixture["sgd_lr"]?.number ?? 0), metrics: metrics)
    let samples = data(fixture["x"], fixture["y"], isLabels: fixture["y_dtype"]?.string == "int32")
    let arguments = fixture["fit_kwargs"]
    var (train, held): (DataPart, DataPart?) = (samples, nil)
    if let weights = arguments?["sample_weight"] {
      train.sampleWeights = Column("weight", rowShape: [], .floats(weights.floats))
    }
    if let weights = arguments?["class_weight"]?.entries {
      train = train.weighted(
        byClass: Dictionary(uniqueKeysWithValues: weights.map { (Int($0.key) ?? -1, $0.value.number) }))
    }
    if let split = arguments?["validation_split"]?.number {
      let first = Int(Double(samples.count) * (1 - split))
      train.rows = .range(0..<first)
      held = samples
      held?.rows = .range(first..<samples.count)
    } else if let given = arguments?["validation_data"]?.list {
      held = data(given[0], given[1], isLabels: false)
    }
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    trainer.compile(settings)
    var fit = FitSettings()
    fit.epochs = integer("epochs")
    fit.batchSize = integer("batch_size")
    fit.shuffle = false
    fit.stepsPerEpoch = (arguments?["steps_per_epoch"]?.number).map { Int($0) }
    fit.initialEpoch = Int(arguments?["initial_epoch"]?.number ?? 0)
    fit.validationFrequency = Int(arguments?["validation_freq"]?.number ?? 1)
    let result = try trainer.fit(
      train, validation: held, fit, isInterrupted: { false }, observe: { _ in })
    let tag = fixture["tag"]?.string ?? ""
    let history = fixture["history"]?.entries ?? []
    #expect(Set(result.history.flatMap { $0.map(\.name) }).sorted() == history.map(\.key).sorted(), "\(tag)")
    for column in history {
      let found = result.history.compactMap { logs in logs.first { $0.name == column.key }?.value }
      #expect(distance(found, column.value.numbers) < 2e-5, "\(tag) \(column.key)")
    }
    for (spec, numbers) in zip(weights, fixture["final_weights"]?.list ?? []) {
      let found = built.slab.tensor(spec.path).elements.map { Double($0) }
      #expect(distance(found, numbers.numbers) < 1e-4, "\(tag) \(spec.path)")
    }
    for (name, value) in try trainer.evaluate(samples, settings, batchSize: fit.batchSize) {
      #expect(distance(value, fixture["evaluate"]?[name]?.number ?? .nan) < 2e-5, "\(tag) \(name)")
    }
  }

  private func data(_ x: ConfigNode?, _ y: ConfigNode?, isLabels: Bool) -> DataPart {
    let (x, y) = (x ?? [], y ?? [])
    return part(
      x.floats, Array(x.sizes.dropFirst()), targets: y.floats, Array(y.sizes.dropFirst()), isLabels: isLabels)
  }
}

/// A callback in a training that only pretends.
struct CallbackCourse {
  private var callback: any Callback
  private let built: BuiltModel
  private let state: TrainingState
  let control: TrainingControl
  private let files: Files
  private var epoch = 0
  private var batches = 0
  private(set) var stopped: Int?
  /// The rate at the beginning of each epoch's steps, and after each epoch.
  private(set) var ratesWithin: [Double] = []
  private(set) var ratesAfter: [Double] = []
  /// What was saved in each epoch.
  private(set) var saved: [[String]] = []

  /// What was written.
  final class Files {
    var saved: [String] = []
    var written: [String: [UInt8]] = [:]
    var said: [String] = []
  }

  init(_ callback: any Callback, rate: Double? = nil, metrics: [NamedMetric] = [], files: Files = Files())
    throws
  {
    self.callback = callback
    self.files = files
    built = try BuiltModel(chain([1], Dense(1)), seed: 1)
    let compiled = CompileSettings(
      loss: MeanSquaredError(), optimizer: SGD(learningRate: rate ?? 0.01), metrics: metrics)
    state = TrainingState(compiled, slab: built.slab, kernels: kernels)
    control = TrainingControl(
      built, state,
      Outlet(
        save: { files.saved.append($0) }, write: { files.written[$1] = $0 }, read: { files.written[$0] },
        say: { files.said.append($0) }))
    try self.callback.handle(.began, control)
  }

  /// An epoch that logs this at its end.
  mutating func epoch(_ logs: Logs, batches count: Int = 1) throws {
    // The weight tells which epoch it is of.
    built.slab.set("m/layer_0/bias", Tensor([1], [Float(epoch)]))
    files.saved = []
    try callback.handle(.epochBegan(epoch: epoch), control)
    ratesWithin.append(control.learningRate)
    for batch in 0..<count {
      batches += 1
      if let period = callback.batchPeriod, batches % period == 0 {
        try callback.handle(.batchesLogged(epoch: epoch, batch: batch, logs: logs), control)
      }
    }
    control.history.append(logs)
    try callback.handle(.epochEnded(epoch: epoch, logs: logs), control)
    ratesAfter.append(control.learningRate)
    saved.append(files.saved)
    if control.stopReason != nil { stopped = epoch }
    epoch += 1
  }

  mutating func end() throws { try callback.handle(.ended, control) }
  var weight: [Float] { built.slab.tensor("m/layer_0/bias").elements }
}
