import Analysis
import Running
import Plots
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
    let isValidated = held != nil || context.cell.wrongSettings.contains("validation")
    let compile = CompileSyntax(
      loss: loss, lossWeights: lossWeights, optimizer: optimizer, metrics: metrics,
      weightedMetrics: weightedMetrics, outputs: model?.model.outputNames,
      types: model?.trace.outputs.map(\.type), isValidated: isValidated,
      base: subject.string.flatMap { context.names.compilation(of: $0) })
    if compile.base == nil, !context.names.isModelBroken(subject.string) { reportMissing(&context) }
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
    let origin: TrainingJob.Compilation =
      compile.base == nil ? .new : compile.isEmpty ? .continued : .replaced
    var job = TrainingJob(
      model: model.model, settings: training.settings, data: part, validation: held,
      fit: fitSettings(decoded, from: first, of: name))
    job.compilation = origin
    job.classWeights = weights
    job.start = start
    job.memory = memory
    job.batchSize = batchSize
    context.planned.jobs.append((cell: context.cell.index, job))
    return { [job] context in context.isRestoring ? try job.restore(context) : try job.run(context) }
  }

  /// Keras's arguments of `fit`.
  private func fitSettings(_ callbacks: [any Callback], from first: Int, of model: String) -> FitSettings {
    var fit = FitSettings()
    fit.epochs = epochs
    fit.initialEpoch = first
    fit.shuffle = shuffle
    fit.stepsPerEpoch = stepsPerEpoch
    fit.callbacks = callbacks
    fit.stream = "train/\(model)"
    fit.checkpoints = callbacks.lazy.compactMap { ($0 as? BackupAndRestore)?.saveFreq }.first ?? checkpoint
    fit.validationFrequency = validationFreq
    return fit
  }

  /// The model, with the layers trained that `trainable` says.
  private func trainedModel(_ context: inout CheckContext) -> ModelInfo? {
    guard var info = context.model(subject) else { return nil }
    if trainable.isAbsent { return info }
    guard let chosen = TrainableSyntax(node: trainable).read(info.model, &context.bag) else { return nil }
    info.model = info.model.training(chosen)
    let (model, seed, semantics) = (info.model, context.experiment.seed, info.trace.scope.semantics)
    let trace = context.collect { try Trace(model, phase: .training, seed: seed, semantics: semantics) }
    guard let trace else { return nil }
    info.trace = trace
    return info
  }

  /// What only a model that was compiled in its file can do without.
  private func reportMissing(_ context: inout CheckContext) {
    for (key, node) in [("loss", loss), ("optimizer", optimizer)]
    where node.isAbsent && !context.cell.wrongSettings.contains(key) {
      let doc = Self.schema.fields.first { $0.key == key }?.doc ?? ""
      context.bag.report(.missingKey(key, of: "train", doc: doc, at: context.cell.keywordSpan))
    }
  }

  /// What the header has the training start from.
  private func start(
    _ model: ModelInfo?, _ training: TrainingInfo, _ context: inout CheckContext
  ) -> StartingPoint? {
    guard let model, var starts = context.starts else { return nil }
    let seed = context.experiment.seed
    defer { context.starts = starts }
    return context.collect { try starts.take(model, training, seed: seed) } ?? nil
  }

  /// The part to validate on: named, left out, or refused.
  private func validationPart(
    _ part: DataPartInfo?, _ context: inout CheckContext
  ) -> DataPartInfo? {
    if case .bool(false) = validation.content { return nil }
    guard validation.isAbsent else { return context.part(validation, default: "validation") }
    guard var part, part.part == "train", part.shape.validationCount != nil else { return nil }
    part.part = "validation"
    return part
  }
}

extension Diagnostic {
  /// E0202: a training without an epoch.
  static func nothingToTrain(_ first: Int, _ epochs: Int, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0202", "'initial_epoch' must be below 'epochs', there is nothing to train",
      at: span.map { Label($0, "from epoch \(first) to \(epochs)") },
      help: "'epochs' is the number of the last epoch, as in Keras, not how many are added")
  }
}
