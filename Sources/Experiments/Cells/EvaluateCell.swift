import Analysis
import Running
import Plots
import Config
import Datasets
import Diagnostics
import ExpLanguage
import Layers
import Plotting
import Reporting
import RunEvents
import Training

/// The loss and the metrics of a trained model over a part of a data set.
struct EvaluateCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)
  var data = ConfigNode(.null)
  var batchSize: Int?
  var resetStates = false
  var name: String?

  static let schema = Schema(
    "evaluate", "The loss and the metrics of a trained model over a part of a data set.",
    prototype: EvaluateCell(),
    Field(
      "data", \.data, "A part of a data set, such as fashion.test. The test part if only a data set is named."
    ).required,
    .batchSize(\.batchSize), .resetStates(\.resetStates),
    Field("name", \.name, "What the results are called: NAME.loss. The part's name if left out.") { name in
      name.map(isFileName) ?? true ? nil : "must be letters, digits, '_' and '-' only"
    })

  func plan(_ context: inout CheckContext) -> CellRun? {
    let training = context.training(subject)
    let part = context.part(data, default: "test")
    guard let training, let part, let info = context.model(subject), let model = subject.string else {
      return nil
    }
    guard Fit(model: info, shape: part.shape, span: data.span).check(training, &context) else { return nil }
    guard context.checkBatches(info, part, asked: batchSize, at: data.span) else { return nil }
    let series = name ?? part.part
    context.declare(results: training.own, of: series, at: data.span)
    let (settings, asked, isReset) = (training.settings, batchSize, resetStates)
    return { context in
      guard let built = context.models[model], let rows = context.data[part.data]?[part.part] else { return }
      let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
      let batchSize = built.batchSize(asked)
      if isReset { built.resetStates() }
      let used = context.isQuick ? rows.first(2 * batchSize) : rows
      let logs = try trainer.evaluate(used, settings, batchSize: batchSize)
      for (metric, value) in logs {
        context.results["\(series).\(metric)"] = .double(value)
        let step = built.training?.iterations ?? 0
        try context.emit(
          .metric(MetricPoint(series: series, name: metric, epoch: nil, step: step, value: value)))
      }
      try context.note(
        logs.map { "\($0.name) \(NumberText.significant($0.value, digits: 4))" }.joined(separator: "   "))
      context.show(.metrics(logs.map { ReportMetric("\(series).\($0.name)", $0.value, n: used.count) }))
    }
  }
}

extension Field {
  /// How many samples a cell takes at once.
  static func batchSize(_ path: any WritableKeyPath<Root, Int?> & Sendable) -> Field {
    Field(
      "batch_size", path, "Samples in one step: 32 if left out, or what the model is fixed to.",
      check: ModelInput.checkBatch)
  }

  /// Whether a cell that only asks a model lets it forget the last batch.
  static func resetStates(_ path: any WritableKeyPath<Root, Bool> & Sendable) -> Field {
    Field(
      "reset_states", path,
      "Whether stateful layers begin with 0, not where the last batch ended, here and in what comes next.")
  }
}
