import Analysis
import Running
import Plots
import Config
import Datasets
import Diagnostics
import Foundation
import Layers
import Plotting
import Reporting
import RunEvents
import Training

/// What a model predicts for a part of a data set, or for raw rows, written to a CSV file.
struct PredictCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)
  var data = ConfigNode(.null)
  var csv = ConfigNode(.null)
  var file: String?
  var batchSize: Int?
  var resetStates = false
  var probabilities = false

  static let schema = Schema(
    "predict", "What a model predicts, as a CSV file.", prototype: PredictCell(),
    Field(
      "data", \.data, "A part of a data set, such as iris.test. The test part if only a data set is named."),
    Field("csv", \.csv, "A CSV file of raw rows, prepared as the model's training data were."),
    Field("file", \.file, "Name of the file in the run's folder. NAME-predictions.csv if left out.") { file in
      guard let file else { return nil }
      if !file.hasSuffix(".csv") { return "must end in .csv" }
      return file.hasPrefix("/") || file.split(separator: "/").contains("..")
        ? "must lie below the run's folder" : nil
    },
    .batchSize(\.batchSize), .resetStates(\.resetStates),
    Field("probabilities", \.probabilities, "Whether every class has a column."))

  func plan(_ context: inout CheckContext) -> CellRun? {
    let info = context.model(subject)
    guard data.isAbsent != csv.isAbsent else {
      if context.cell.wrongSettings.isEmpty {
        context.bag.report(.notOneOf(["data", "csv"], at: subject.span))
      }
      return nil
    }
    let source = data.isAbsent ? raw(&context) : part(info, &context)
    guard let source, info != nil, let model = subject.string else { return nil }
    let path = file ?? "\(model)-predictions.csv"
    context.claim(file: path, at: subject.span)
    let (asked, isReset, areAllShown) = (batchSize, resetStates, probabilities)
    return { context in
      guard let built = context.models[model] else { return }
      let preparation = try built.preparation
      var (rows, meaning) = try source(context, built, preparation)
      let batchSize = built.batchSize(asked)
      if isReset { built.resetStates() }
      if context.isQuick { rows = rows.first(2 * batchSize) }
      let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
      let table = try PredictionTable(
        trainer, rows, preparation ?? meaning, batchSize: batchSize, areProbabilitiesShown: areAllShown)
      try context.write(
        table.csv(), to: path, mediaType: "text/csv",
        caption: "\(NumberText.grouped(rows.count)) predictions of \(model)")
      try context.note("\(path)   \(NumberText.grouped(rows.count)) rows")
      context.show(.table(table.excerpt(10)))
    }
  }

  /// Gives the rows, and what is known of them beside the model.
  private typealias Source =
    @Sendable (RunContext, BuiltModel, Preparation?) throws -> (DataPart, Preparation?)

  private func part(_ info: ModelInfo?, _ context: inout CheckContext) -> Source? {
    guard let part = context.part(data, default: "test"), let info else { return nil }
    guard Fit(model: info, shape: part.shape, span: data.span).checkInput(&context) else { return nil }
    guard context.checkBatches(info, part, asked: batchSize, at: data.span) else { return nil }
    return { context, _, _ in
      guard let set = context.data[part.data], let rows = set[part.part] else {
        preconditionFailure("a data set that was planned is not there")
      }
      return (rows, set.preparation)
    }
  }

  private func raw(_ context: inout CheckContext) -> Source? {
    let (environment, span) = (context.experiment.environment, csv.span)
    let found = context.bag.collect { () throws(Diagnostic) in
      let written = try String(config: csv)
      let input = RunInput(.data, name: written, place: environment.files.path(of: written))
      try RawRows.check(input.place, at: span)
      return input
    }
    guard let input = found else { return nil }
    context.use([input])
    let path = input.place
    return { _, built, _ in (try built.rows(path, at: span).rows.part, nil) }
  }
}
