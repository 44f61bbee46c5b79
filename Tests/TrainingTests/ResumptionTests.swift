import Config
import Datasets
import Diagnostics
import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Optimizers
import Testing
import Training

/// Ends a training as a kill would, after so many steps.
private struct Kill: Callback {
  struct Killed: Error {}
  var step = Int.max
  private var count = 0
  init(after step: Int = .max) { self.step = step }
  static var schema: Schema<Self> { Schema("Kill", "Ends the training.", prototype: Self()) }
  var watchesBatches: Bool { true }
  mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    guard case .batchEnded = event else { return }
    count += 1
    if count == step { throw Killed() }
  }
}

/// A training that can be killed at any step, and goes on from the bytes of its last checkpoint.
private struct Course {
  var optimizer: any Optimizer = Adam()
  var callbacks: [any Callback] = []
  var epochs = 4
  var batchSize = 16
  var stepsPerEpoch: Int?
  var frequency = CheckpointFrequency.steps(3)
  /// What callbacks wrote, which a kill leaves where it is.
  var files = CallbackCourse.Files()
  private let data = labelled(90, [8], classes: 3)
  private let validation = labelled(30, [8], classes: 3)
  private let model = chain(
    [8], Dense(20, activation: .relu), BatchNormalization(), Dropout(0.3), Dense(3, activation: .softmax))

  struct Outcome: Equatable {
    var weights: [[UInt32]]
    var history: [[UInt64]]
    var end: FitResult.End
    var restored: Int?
    var files: [String: [UInt8]]
  }

  /// - Returns: `nil` if it was killed, and the last checkpoint.
  func run(killedAfter step: Int = .max, from checkpoint: [UInt8]? = nil) throws -> (Outcome?, [UInt8]?) {
    let built = try BuiltModel(model, seed: 9)
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    trainer.compile(settings(optimizer))
    var fit = FitSettings()
    fit.epochs = epochs
    fit.batchSize = batchSize
    fit.stepsPerEpoch = stepsPerEpoch
    fit.checkpoints = frequency
    fit.callbacks = callbacks + [Kill(after: step)]
    var progress: FitProgress?
    if let checkpoint {
      let file = try CheckpointFile(checkpoint, path: "c")
      let (model, facts) = (file.facts["model"] ?? nil, file.facts["fit"] ?? nil)
      try built.restore(#require(ModelSnapshot(model, named: "m", in: file.arrays)))
      progress = FitProgress(facts, named: "f", in: file.arrays)
      #expect(progress != nil)
    }
    var last = checkpoint
    do {
      let result = try trainer.fit(
        data, validation: validation, fit, from: progress,
        outlet: Outlet(write: { [files] in files.written[$1] = $0 }, read: { [files] in files.written[$0] }),
        isInterrupted: { false },
        checkpoint: { progress in
          let (model, fit) = (ModelSnapshot(built).encoded(as: "m"), progress.encoded(as: "f"))
          last = CheckpointFile(
            facts: ["model": model.facts, "fit": fit.facts], arrays: model.arrays + fit.arrays
          ).encoded()
        }, observe: { _ in })
      let history = result.history.map { $0.map(\.value.bitPattern) }
      return (
        Outcome(
          weights: weightBits(built), history: history, end: result.end, restored: result.restoredEpoch,
          files: files.written),
        last
      )
    } catch is Kill.Killed {
      return (nil, last)
    }
  }

  /// Kills it again and again, and lets it go on each time.
  func run(killedAfter steps: [Int]) throws -> Outcome? {
    var checkpoint: [UInt8]?
    for step in steps {
      let (outcome, last) = try run(killedAfter: step, from: checkpoint)
      if let outcome { return outcome }
      checkpoint = last
    }
    return try run(from: checkpoint).0
  }
}

@Suite struct ResumptionTests {
  /// Callbacks that set the rate, and that write files.
  private func logged(_ frequency: CheckpointFrequency) throws -> Course {
    var plateau = ReduceLROnPlateau()
    plateau.patience = 1
    plateau.minDelta = 10
    plateau.cooldown = 1
    var scheduler = LearningRateScheduler()
    scheduler.schedule = .expression("lr * 0.9")
    var table = CSVLogger()
    table.filename = "log.csv"
    table.append = true
    var board = TensorBoard()
    board.updateFreq = .batches(2)
    let course = Course(callbacks: [plateau, scheduler, table, board], frequency: frequency)
    course.files.written["log.csv"] = Array("before\r\n".utf8)
    return course
  }

  @Test(arguments: [CheckpointFrequency.steps(1), .steps(3), .epoch])
  func `rates and files of callbacks are as if never killed`(frequency: CheckpointFrequency) throws {
    let whole = try logged(frequency).run().0
    #expect(whole?.files.count == 3)
    for step in [1, 5, 6, 7, 11, 12, 13, 23] {
      #expect(try logged(frequency).run(killedAfter: [step]) == whole, "step \(step)")
    }
    #expect(try logged(frequency).run(killedAfter: [7, 4, 3]) == whole)
  }

  static let optimizers: [any Optimizer] = {
    var averaged = SGD(momentum: 0.9)
    averaged.common.useEMA = true
    var gathered = Adam()
    gathered.common.gradientAccumulationSteps = 2
    return [SGD(), Adam(), averaged, gathered]
  }()

  @Test(arguments: 0..<4) func `killed at any step and resumed is as if never killed`(number: Int) throws {
    let course = Course(optimizer: Self.optimizers[number])
    let whole = try course.run().0
    for step in 1...23 { #expect(try course.run(killedAfter: [step]) == whole, "step \(step)") }
    #expect(try course.run(killedAfter: [4, 5, 6, 1, 3, 7]) == whole)
  }

  @Test func `checkpoints after epochs alone do as well`() throws {
    let course = Course(frequency: .epoch)
    let whole = try course.run().0
    for step in [1, 5, 6, 7, 13, 20] { #expect(try course.run(killedAfter: [step]) == whole, "step \(step)") }
  }

  @Test func `early stopping remembers how long it waited, and the weights it kept`() throws {
    var stopping = EarlyStopping()
    stopping.patience = 2
    stopping.restoreBestWeights = true
    let course = Course(optimizer: Adam(learningRate: 0.05), callbacks: [stopping], epochs: 40)
    let whole = try #require(try course.run().0)
    #expect(whole.end == .stopped(by: "EarlyStopping") && whole.restored != nil)
    let steps = whole.history.count * 6
    for step in 1..<steps { #expect(try course.run(killedAfter: [step]) == whole, "step \(step)") }
  }

  @Test func `epochs that are cut short go on in the middle of the data`() throws {
    let course = Course(epochs: 5, stepsPerEpoch: 4)
    let whole = try course.run().0
    for step in 1...19 { #expect(try course.run(killedAfter: [step]) == whole, "step \(step)") }
  }

  @Test func `checkpoints themselves change nothing`() throws {
    #expect(try Course(frequency: .auto).run().0 == Course(frequency: .steps(1)).run().0)
  }

  @Test func `an interruption is written down at its step`() throws {
    let built = try BuiltModel(chain([4], Dense(3, activation: .softmax)), seed: 1)
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    trainer.compile(settings(SGD()))
    var (asked, places) = (0, [[Int]]())
    var fit = FitSettings()
    fit.epochs = 3
    fit.batchSize = 10
    let result = try trainer.fit(
      labelled(40, [4], classes: 3), validation: nil, fit,
      isInterrupted: {
        asked += 1
        return asked == 7
      }, checkpoint: { places.append([$0.epoch, $0.step]) }, observe: { _ in })
    #expect(result.end == .interrupted)
    #expect(places == [[1, 2]])
  }

  @Test func `a snapshot of another model is refused`() throws {
    let (small, large) = (
      try BuiltModel(chain([4], Dense(3)), seed: 1), try BuiltModel(chain([4], Dense(5)), seed: 1)
    )
    let before = weightBits(small)
    #expect { try small.restore(ModelSnapshot(large)) } throws: { ($0 as? Diagnostic)?.code == "E0512" }
    #expect(weightBits(small) == before)
  }

  @Test func `a snapshot of another optimizer is refused`() throws {
    let models = try [SGD(), Adam()].map { (optimizer: any Optimizer) in
      let built = try BuiltModel(chain([4], Dense(3)), seed: 1)
      built.training = TrainingState(settings(optimizer), slab: built.slab, kernels: kernels)
      return built
    }
    #expect { try models[0].restore(ModelSnapshot(models[1])) } throws: {
      ($0 as? Diagnostic)?.code == "E0512"
    }
  }
}

@Suite struct CheckpointFileTests {
  private let file: CheckpointFile = {
    let numbers = AlignedBuffer(5)
    for (i, x) in [1, -0.0, .infinity, .leastNonzeroMagnitude, -3.25].enumerated() {
      numbers.pointer[i] = Float(x)
    }
    return CheckpointFile(
      facts: ["x": 0.1, "y": [1, ConfigNode(.double(.infinity))], "z": ConfigNode(.double(-0.0))],
      arrays: [NamedNumbers("a", numbers), NamedNumbers("none", AlignedBuffer(0))])
  }()

  private func code(_ bytes: [UInt8]) -> String? {
    do throws(Diagnostic) {
      _ = try CheckpointFile(bytes, path: "c")
      return nil
    } catch {
      return error.code
    }
  }

  @Test func `facts and numbers come back to the bit`() throws {
    let read = try CheckpointFile(file.encoded(), path: "c")
    #expect(read.facts == file.facts)
    #expect(read.arrays.map(\.name) == ["a", "none"])
    let (old, new) = (file.arrays[0].numbers, read.arrays[0].numbers)
    #expect((0..<5).map { old.pointer[$0].bitPattern } == (0..<5).map { new.pointer[$0].bitPattern })
  }

  @Test func `a file torn anywhere is recognised`() {
    let bytes = file.encoded()
    for count in 0..<bytes.count { #expect(code(Array(bytes[..<count])) == "E0510", "\(count) bytes") }
  }

  @Test func `any changed byte is recognised`() {
    let bytes = file.encoded()
    for i in bytes.indices where i != 8 {
      var changed = bytes
      changed[i] ^= 4
      #expect(code(changed) != nil, "byte \(i)")
    }
  }

  @Test func `a newer version says so`() {
    var bytes = file.encoded()
    bytes[8] = 2
    #expect(code(bytes) == "E0511")
  }

  @Test func `facts of something else are no progress`() {
    for facts: ConfigNode in [nil, [:], ["epoch": -1, "step": 0], ["epoch": 1, "step": 0, "totals": "x"]] {
      #expect(FitProgress(facts, named: "f", in: []) == nil)
      #expect(ModelSnapshot(facts, named: "m", in: []) == nil)
    }
  }
}

@Suite struct CheckpointFrequencyTests {
  @Test(
    arguments: [("auto", CheckpointFrequency.auto), ("epoch", .epoch), (7, .steps(7))]
      as [(ConfigNode, CheckpointFrequency)])
  func `it is read and written alike`(node: ConfigNode, frequency: CheckpointFrequency) throws {
    #expect(try CheckpointFrequency(config: node) == frequency)
    #expect(frequency.config == node)
  }

  @Test(arguments: ["batch", 0, -3, 1.5, true, nil] as [ConfigNode]) func `anything else is a mistake`(
    node: ConfigNode
  ) {
    #expect(throws: Diagnostic.self) { try CheckpointFrequency(config: node) }
  }
}
