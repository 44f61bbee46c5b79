import Config
import Datasets
import Diagnostics
import Losses
import Testing
import Training

/// Callbacks that write files, and those that set the learning rate.
@Suite struct LoggingCallbackTests {
  private func text(_ files: CallbackCourse.Files, _ path: String) -> String {
    String(decoding: files.written[path] ?? [], as: UTF8.self)
  }

  @Test func `a CSV file has a row for each epoch, as Keras writes it`() throws {
    var logger = CSVLogger()
    logger.filename = "log.csv"
    let files = CallbackCourse.Files()
    var course = try CallbackCourse(logger, files: files)
    try course.epoch([("loss", 0.5), ("val_loss", 1e-7)])
    try course.epoch([("loss", .nan)])
    #expect(text(files, "log.csv") == "epoch,loss,val_loss\r\n0,0.5,1e-07\r\n1,nan,NA\r\n")
  }

  @Test func `without a validation in the first epoch there is room for one, as in Keras`() throws {
    var logger = CSVLogger()
    logger.filename = "log.csv"
    logger.separator = ";"
    let files = CallbackCourse.Files()
    var course = try CallbackCourse(logger, files: files)
    try course.epoch([("mae", 2), ("loss", 1)])
    #expect(text(files, "log.csv") == "epoch;loss;mae;val_loss;val_mae\r\n0;1.0;2.0;NA;NA\r\n")
  }

  @Test func `a CSV file that is added to keeps its rows and its one header`() throws {
    var logger = CSVLogger()
    logger.filename = "log.csv"
    logger.append = true
    let files = CallbackCourse.Files()
    for _ in 0..<2 {
      var course = try CallbackCourse(logger, files: files)
      try course.epoch([("loss", 1), ("val_loss", 2)])
    }
    #expect(text(files, "log.csv") == "epoch,loss,val_loss\r\n0,1.0,2.0\r\n0,1.0,2.0\r\n")
  }

  @Test func `what a CSV file held before is remembered for a resumption`() throws {
    var logger = CSVLogger()
    logger.filename = "log.csv"
    logger.append = true
    let files = CallbackCourse.Files()
    files.written["log.csv"] = Array("epoch,loss\r\n0,1.0\r\n".utf8)
    let control = try CallbackCourse(logger, files: files).control
    try logger.handle(.began, control)
    var resumed = CSVLogger()
    resumed.memory = logger.memory
    #expect(resumed.memory == ["before": "epoch,loss\r\n0,1.0\r\n"])
  }

  @Test func `TensorBoard gets one file for training and one for validation`() throws {
    let files = CallbackCourse.Files()
    var course = try CallbackCourse(TensorBoard(), files: files)
    try course.epoch([("loss", 0.5), ("val_loss", 0.75)], batches: 3)
    let name = "events.out.tfevents.0000000000.runexp"
    #expect(files.written.keys.sorted() == ["logs/train/\(name)", "logs/validation/\(name)"])
    #expect(files.written.values.allSatisfy { String(decoding: $0, as: UTF8.self).contains("epoch_loss") })
  }

  @Test func `TensorBoard remembers what batches logged`() throws {
    var callback = TensorBoard()
    callback.updateFreq = .batches(2)
    let control = try CallbackCourse(callback).control
    try callback.handle(.batchesLogged(epoch: 0, batch: 1, logs: [("loss", .nan), ("mae", 0.1)]), control)
    var resumed = callback
    try resumed.handle(.began, control)
    #expect(resumed.memory == [])
    resumed.memory = callback.memory
    #expect(resumed.memory == callback.memory && resumed.memory != [])
  }

  @Test func `what is better follows from the metric`() throws {
    let metrics = [NamedMetric("score", F1Score()), NamedMetric("off", LossMetric<MeanAbsoluteError>())]
    let control = try CallbackCourse(EarlyStopping(), metrics: metrics).control
    var best: [String: String] = [:]
    for monitor in ["score", "val_score", "off", "val_off", "loss"] {
      var callback = EarlyStopping()
      callback.monitor = monitor
      callback.restoreBestWeights = false
      try callback.handle(.began, control)
      for (epoch, value) in [1.0, 2].enumerated() {
        try callback.handle(.epochEnded(epoch: epoch, logs: [(monitor, value)]), control)
      }
      best[monitor] = callback.memory["best_epoch"]?.json
    }
    #expect(best == ["score": "1", "val_score": "1", "off": "0", "val_off": "0", "loss": "0"])
  }

  @Test func `a schedule of Keras's sets the rate by the epoch`() throws {
    var bag = DiagnosticBag()
    let node: ConfigNode = [
      "LearningRateScheduler": [
        "schedule": ["PiecewiseConstantDecay": ["boundaries": [0, 1], "values": [0.5, 0.25, 0.125]]]
      ]
    ]
    let callback = try #require(CallbackRegistry.decode(node, into: &bag), "\(bag.all)")
    var course = try CallbackCourse(callback)
    for _ in 0..<4 { try course.epoch([("loss", 1)]) }
    #expect(course.ratesWithin == [0.5, 0.25, 0.125, 0.125])
  }

  @Test(arguments: CallbackRegistry.withoutMeaning.map(\.name))
  func `a callback without a meaning says what to use instead`(name: String) {
    var bag = DiagnosticBag()
    #expect(CallbackRegistry.decode(.init(.string(name)), into: &bag) == nil)
    #expect(bag.all.map(\.code) == ["E0380"] && bag.all.first?.help?.isEmpty == false)
  }

  @Test func `a rate that gets smaller is told of if that is wanted`() throws {
    var callback = ReduceLROnPlateau()
    callback.patience = 1
    callback.verbose = 1
    callback.factor = 0.5
    let files = CallbackCourse.Files()
    var course = try CallbackCourse(callback, rate: 0.5, files: files)
    for _ in 0..<2 { try course.epoch([("val_loss", 1)]) }
    #expect(files.said == ["epoch 2: the learning rate goes from 0.5 to 0.25"])
  }

  @Test func `samples count as much as their class, also where a row says which it is`() {
    let x = [Float](repeating: 0, count: 4)
    let labels = part(x, [1], targets: [0, 2, 1, 2], [], isLabels: true).weighted(byClass: [2: 5, 0: 0.5])
    #expect(labels.sampleWeights?.storage == .floats([0.5, 5, 1, 5]))
    let rows = part(x, [1], targets: [1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0], [3], isLabels: false)
    #expect(rows.weighted(byClass: [2: 5, 0: 0.5]).sampleWeights?.storage == .floats([0.5, 5, 1, 0.5]))
  }
}
