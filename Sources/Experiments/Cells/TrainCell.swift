import Config
import Datasets
import Diagnostics
import ExpLanguage
import GraphEngine
import Layers
import Plotting
import Reporting
import RunEvents
import TensorCore
import Training

/// Trains a model: what Keras calls `compile` and `fit`, with Keras's arguments.
struct TrainCell: Cell {
  var subject = ConfigNode(.null)
  var data = ConfigNode(.null)
  var validation = ConfigNode(.null)
  var loss = ConfigNode(.null)
  var optimizer = ConfigNode(.null)
  var lossWeights = ConfigNode(.null)
  var metrics = ConfigNode(.null)
  var weightedMetrics = ConfigNode(.null)
  var classWeight = ConfigNode(.null)
  var callbacks: [ConfigNode] = []
  var epochs = 1
  var initialEpoch = 0
  var batchSize: Int?
  var stepsPerEpoch: Int?
  var validationFreq = 1
  var shuffle = true
  var checkpoint = CheckpointFrequency.auto
  var memory = CompileSettings.Memory.normal
  var trainable = ConfigNode(.null)

  static let schema = Schema(
    "train", "Trains a model, or trains a loaded one on as it was compiled.", prototype: TrainCell(),
    Field("data", \.data, "A data set; its training part is trained on.").required,
    Field(
      "validation", \.validation, "Another part to validate on, or false. The validation part if left out."),
    Field(
      "loss", \.loss, "What is made small, such as mse; or one for each output, by name.",
      schema: .reference(to: "losses")),
    Field(
      "loss_weights", \.lossWeights,
      "What each output's loss counts in the sum, such as {main: 0.9, aux: 0.1}."),
    Field(
      "optimizer", \.optimizer, "How, such as sgd or {Adam: {learning_rate: 0.001}}.",
      schema: .reference(to: "optimizer")),
    Field(
      "metrics", \.metrics,
      "What is watched beside the loss: a list such as [accuracy], or one for each output by name.",
      schema: .reference(to: "metrics")),
    Field(
      "weighted_metrics", \.weightedMetrics,
      "Metrics in which samples count as much as in the loss: by 'class_weight'.",
      schema: .reference(to: "metrics")),
    Field(
      "class_weight", \.classWeight,
      "How much the samples of each class count, such as {0: 1, 1: 5}, by number or name; 1 if left out."),
    Field(
      "callbacks", \.callbacks, "What watches the training and may end it or change its rate.",
      schema: .list(of: "callback")),
    Field("epochs", \.epochs, "How often all samples are seen.", check: within(1...1_000_000_000)),
    Field("initial_epoch", \.initialEpoch, "Epochs that count as done.", check: within(0...1_000_000_000)),
    .batchSize(\.batchSize),
    Field("steps_per_epoch", \.stepsPerEpoch, "Ends an epoch early.") {
      (1...1_000_000_000).contains($0 ?? 1) ? nil : "must be between 1 and 1000000000"
    },
    Field("validation_freq", \.validationFreq, "Epochs between two validations.", check: atLeast(1)),
    Field("shuffle", \.shuffle, "Whether samples come in a new order each epoch."),
    Field(
      "checkpoint", \.checkpoint,
      "How often the training is written down, to go on there after it was killed: auto, epoch, or a number of steps."
    ),
    Field(
      "memory", \.memory,
      "low: what the gradients need is computed again instead of kept, which takes longer and gives the same numbers."
    ),
    Field(
      "trainable", \.trainable,
      "Layers that this training trains, with all others frozen: all, none, or a list of names, paths such as encoder/dense, and patterns such as block5*. As the model says if left out."
    ))

  func plan(_ context: inout CheckContext) -> CellRun? {
    let model = trainedModel(&context)
    let part = context.part(data)
    let held = validationPart(part, &context)
    let isValidated = held != nil || context.wrongSettings.contains("validation")
    let compile = CompileSyntax(
      loss: loss, lossWeights: lossWeights, optimizer: optimizer, metrics: metrics,
      weightedMetrics: weightedMetrics, outputs: model?.model.outputNames,
      types: model?.trace.outputs.map(\.type), isValidated: isValidated,
      base: subject.string.flatMap { context.compilation(of: $0) })
    if compile.base == nil, !context.isModelBroken(subject.string) { reportMissing(&context) }
    var training = compile.info(&context)
    let syntax = CallbackSyntax(
      nodes: callbacks, checkpoint: checkpoint, epochs: initialEpoch..<max(initialEpoch, epochs),
      isUnvalidated: validation.content == .bool(false))
    let decoded = syntax.read(&context)
    let weights = ClassWeightSyntax(node: classWeight).read(model, part, &context)
    guard let decoded, training != nil, let name = subject.string else { return nil }
    if decoded.contains(where: \.setsLearningRate) { training?.logs.append("learning_rate") }
    guard let training else { return nil }
    var isRight = syntax.check(decoded, training, isDataKnown: part != nil, &context)
    let start = start(model, training, &context)
    let first = max(initialEpoch, start?.epochs ?? 0)
    if first >= epochs {
      context.bag.report(.nothingToTrain(first, epochs, at: subject.span))
      isRight = false
    }
    guard let model, let part, let weights else { return nil }
    for obstacle in model.trace.scope.obstacles { context.bag.report(obstacle) }
    isRight = isRight && model.trace.scope.obstacles.isEmpty
    isRight = Fit(model: model, shape: part.shape, span: data.span).check(training, &context) && isRight
    if let held, held.data != part.data {
      isRight =
        isRight && Fit(model: model, shape: held.shape, span: validation.span).check(training, &context)
    }
    isRight = context.checkBatches(model, part, asked: batchSize, at: data.span) && isRight
    if let held, isRight {
      let span = validation.isAbsent ? data.span : validation.span
      isRight = context.checkBatches(model, held, asked: batchSize, at: span)
    }
    if shuffle { context.warnOfShuffling(model) }
    let hasRoom: Void? = context.bag.collect { () throws(Diagnostic) in
      try TrainingState.checkMemory(
        training.settings, parameters: model.parameterCount, of: name, at: subject.span)
    }
    isRight = isRight && hasRoom != nil
    guard isRight else { return nil }
    context.declare(training, of: name)
    for case let saved as ModelCheckpoint in decoded
    where !saved.saveWeightsOnly && !saved.filepath.contains("{") {
      context.declareSaved(name, as: saved.filepath)
    }
    context.plannedTrainings.append(
      PlannedTraining(
        model: model.model, settings: training.settings,
        features: part.shape.features.map { ($0.name, $0.batchType) },
        targets: part.shape.targets.map { ($0.name, $0.batchType) }))
    var cell = self
    cell.initialEpoch = first
    if let backup = decoded.lazy.compactMap({ $0 as? BackupAndRestore }).first {
      cell.checkpoint = backup.saveFreq
    }
    let isContinued = compile.base != nil && compile.isEmpty
    return { [cell] context in
      try context.models[name]?.train(as: model.model)
      try cell.compile(
        context, name, training.settings, isContinued: isContinued, wasCompiled: compile.base != nil)
      try cell.run(context, name, training.settings, decoded, part, weights, held, start)
    }
  }

  /// The model, with the layers trained that `trainable` says.
  private func trainedModel(_ context: inout CheckContext) -> CheckContext.ModelInfo? {
    guard var info = context.model(subject) else { return nil }
    if trainable.isAbsent { return info }
    guard let chosen = TrainableSyntax(node: trainable).read(info.model, &context.bag) else { return nil }
    info.model = info.model.training(chosen)
    let (model, seed, semantics) = (info.model, context.seed, info.trace.scope.semantics)
    let trace = context.collect { try Trace(model, phase: .training, seed: seed, semantics: semantics) }
    guard let trace else { return nil }
    info.trace = trace
    return info
  }

  /// What only a model that was compiled in its file can do without.
  private func reportMissing(_ context: inout CheckContext) {
    for (key, node) in [("loss", loss), ("optimizer", optimizer)]
    where node.isAbsent && !context.wrongSettings.contains(key) {
      let doc = Self.schema.fields.first { $0.key == key }?.doc ?? ""
      context.bag.report(.missingKey(key, of: "train", doc: doc, at: context.cellSpan))
    }
  }

  /// Compiles the model, or leaves it as its file had it: then the optimizer goes on where it was.
  private func compile(
    _ context: RunContext, _ name: String, _ settings: CompileSettings, isContinued: Bool, wasCompiled: Bool
  ) throws {
    guard let built = context.models[name] else { return }
    // A training that was cut off has said it already.
    let isFirst = context.interrupted?.model != name
    if isContinued, let training = built.training {
      let words = "goes on with \(settings.optimizer.className) after \(training.iterations) steps"
      return isFirst ? try context.note(words) : ()
    }
    built.training = nil  // what the last optimizer kept is not needed beside that of this one
    try TrainingState.checkMemory(settings, built.slab, of: name)
    Trainer(built, pool: context.services.pool, now: context.services.now).compile(settings)
    if wasCompiled && isFirst {
      try context.note("compiled anew: \(settings.optimizer.className) begins without memory")
    }
  }

  /// What the header has the training start from.
  private func start(
    _ model: CheckContext.ModelInfo?, _ training: CheckContext.TrainingInfo, _ context: inout CheckContext
  ) -> StartingPoint? {
    guard let model, var starts = context.starts else { return nil }
    let seed = context.seed
    defer { context.starts = starts }
    return context.collect { try starts.take(model, training, seed: seed) } ?? nil
  }

  /// The part to validate on: named, left out, or refused.
  private func validationPart(
    _ part: CheckContext.DataPartInfo?, _ context: inout CheckContext
  ) -> CheckContext.DataPartInfo? {
    if case .bool(false) = validation.content { return nil }
    guard validation.isAbsent else { return context.part(validation, default: "validation") }
    guard var part, part.part == "train", part.shape.validationCount != nil else { return nil }
    part.part = "validation"
    return part
  }

  private func run(
    _ context: RunContext, _ name: String, _ settings: CompileSettings, _ callbacks: [any Callback],
    _ data: CheckContext.DataPartInfo, _ weights: [Int: Double], _ held: CheckContext.DataPartInfo?,
    _ start: StartingPoint?
  ) throws {
    guard let built = context.models[name], var part = context.data[data.data]?[data.part] else { return }
    if !weights.isEmpty { part = part.weighted(byClass: weights) }
    let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
    if let preparation = context.data[data.data]?.preparation {
      built.attachments[Preparation.attachment] = preparation.config
    }
    if context.isRestoring && context.trial == nil {
      context.histories[name] = TrainingRecord(history: [], epochs: 0, settings: settings)
      return
    }
    var fit = FitSettings()
    fit.epochs = epochs
    fit.initialEpoch = initialEpoch
    fit.batchSize = built.batchSize(batchSize)
    fit.shuffle = shuffle
    fit.stepsPerEpoch = stepsPerEpoch
    fit.callbacks = callbacks
    fit.stream = "train/\(name)"
    fit.checkpoints = checkpoint
    fit.validationFrequency = validationFreq
    fit.recordsGradientNorms = context.gradientModels.contains(name)
    fit.clock = context.services.clock
    if context.isQuick {
      fit.epochs = min(epochs, initialEpoch + 2)
      fit.stepsPerEpoch = 2
    }
    var validation = held.flatMap { context.data[$0.data]?[$0.part] }
    if context.isQuick { validation = validation?.first(2 * fit.batchSize) }
    let total = fit.epochs
    built.training?.memoryUse = memory
    built.takeParts()
    defer { built.giveParts() }
    if let interrupted = context.takeInterruptedFit(of: name) {
      try built.restore(interrupted.snapshot)
      fit.resume = interrupted.progress
    } else if let start {
      try start.apply(to: built)
      try context.note(
        "starts from \(start.origin)" + (start.epochs > 0 ? ", after \(start.epochs) epochs" : ""))
    }
    if fit.resume == nil {
      for layer in try trainer.adapt(to: part) {
        try context.note("adapted '\(layer)' to the \(part.count) samples of \(data.data).\(data.part)")
      }
    }
    if let trial = context.trial { return try trial(trainer, part, fit, context) }
    let result = try trainer.fit(
      part, validation: validation, fit,
      outlet: context.outlet(for: built),
      isInterrupted: context.services.isInterrupted, checkpoint: { try context.checkpoint((name, $0)) },
      observe: { event in
        if case .traced(let trace) = event {
          return try context.emit(.steps(cell: context.cell, series: name, trace))
        }
        if var progress = EpochProgress(event, model: name, epochs: total) {
          if progress.isEpochEnd {
            for (metric, value) in progress.metrics {
              let step = built.training?.iterations ?? 0
              try context.emit(
                .metric(
                  MetricPoint(series: name, name: metric, epoch: progress.epoch, step: step, value: value)))
            }
          }
          progress.metrics = progress.metrics.shown
          try context.emit(.progress(progress))
        }
      })
    let best = result.restoredEpoch ?? Self.best(result.history)
    context.histories[name] = TrainingRecord(
      history: result.history, bestEpoch: best, epochs: initialEpoch + result.history.count,
      settings: settings)
    context.results["\(name).epochs"] = .int(result.history.count)
    for (metric, value) in result.history.last?.shown ?? [] {
      context.results["\(name).\(metric)"] = .double(value)
    }
    if !result.history.isEmpty { context.show(.table(Self.table(result.history, best))) }
    if let costs = result.costs { try context.show(costs, of: name) }
    switch result.end {
    case .interrupted: throw Runner.Interruption()
    case .stopped(let reason):
      let words = "\(reason) ended the training after \(result.history.count) of \(total) epochs"
      context.show(
        .remark(
          .note, words + (result.restoredEpoch.map { "; the weights are those of epoch \($0)." } ?? ".")))
      try context.note(words)
    case .finished: break
    }
    if let (epoch, step) = result.firstNonFinite {
      throw Diagnostic.notANumber(name, epoch: epoch, step: step)
    }
  }

  /// The epoch, from 1, with the smallest validation loss, or loss.
  private static func best(_ history: [Logs]) -> Int? {
    let key = history.contains { $0.contains { $0.name == "val_loss" } } ? "val_loss" : "loss"
    let values = history.map { logs in logs.first { $0.name == key }?.value ?? .nan }
    return values.indices.filter { !values[$0].isNaN }.min { values[$0] < values[$1] }.map { $0 + 1 }
  }

  private static func table(_ history: [Logs], _ best: Int?) -> ReportTable {
    var picked = [1, history.count]
    if let best { picked.append(best) }
    // Epochs without a validation log less.
    let names = (history.max { $0.count < $1.count } ?? []).shown.map(\.name)
    let rows = Set(picked).sorted().map { epoch -> [String] in
      let logs = history[epoch - 1]
      return [epoch == best ? "\(epoch) (best)" : "\(epoch)"]
        + names.map { name in
          logs.first { $0.name == name }.map { NumberText.significant($0.value, digits: 4) } ?? ""
        }
    }
    return ReportTable(header: ["epoch"] + names, rows: rows, alignments: [.left] + names.map { _ in .right })
  }
}

extension Logs {
  /// What is told of an epoch: lengths of gradients are for figures only.
  fileprivate var shown: Logs { filter { !$0.name.hasPrefix(GradientNorms.prefix) } }
}

extension ConfigNode {
  /// Where the name of `relu`, or of `Dense: {units: 1}`, stands.
  var nameSpan: SourceSpan? { entries?.first?.keySpan ?? span }
}

extension EpochProgress {
  init?(_ event: TrainingEvent, model: String, epochs: Int) {
    switch event {
    case .epochBegan, .traced: return nil
    case .progress(let epoch, let step, let steps, let seconds, let logs):
      self.init(
        model: model, epoch: epoch, epochs: epochs, step: step, steps: steps, seconds: seconds, metrics: logs,
        isEpochEnd: false)
    case .epochEnded(let epoch, let steps, let seconds, let logs):
      self.init(
        model: model, epoch: epoch, epochs: epochs, step: steps, steps: steps, seconds: seconds,
        metrics: logs,
        isEpochEnd: true)
    }
  }
}

extension Diagnostic {
  /// E0501: a loss that is not a number.
  static func notANumber(_ model: String, epoch: Int, step: Int) -> Diagnostic {
    Diagnostic(
      "E0501", "the loss of '\(model)' is not a number from epoch \(epoch), step \(step) on",
      help: "a smaller learning_rate, or inputs of the size of 1 (scale, standardize), most often mend it")
  }

  /// E0202: a training without an epoch.
  static func nothingToTrain(_ first: Int, _ epochs: Int, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0202", "'initial_epoch' must be below 'epochs', there is nothing to train",
      at: span.map { Label($0, "from epoch \(first) to \(epochs)") },
      help: "'epochs' is the number of the last epoch, as in Keras, not how many are added")
  }
}
