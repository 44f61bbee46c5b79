import Running
import Analysis
import Config
import Datasets
import Diagnostics
import Layers
import Losses
import Training

/// An output of a model, and the part of a data set to try it on.
struct OutputPlan {
  let model: String
  let part: DataPartInfo
  /// Which of the model's outputs it is, and the target it is compared with.
  let output: Int
  let target: String
  /// The name of the output, where the model has several.
  let outputName: String?

  /// What is tried, in headings: `m`, or `m, output kind`.
  var subject: String { model + (outputName.map { ", output \($0)" } ?? "") }
  /// What is tried on what, in headings.
  var name: String { "\(subject) on \(part.data).\(part.part)" }

  /// What the model was tried on, and what its output gave, row after row.
  struct Result {
    let built: BuiltModel
    let data: PreparedData
    let rows: DataPart
    let target: Column
    let numbers: [Float]
  }

  /// Runs the model; `nil` where what was planned is not there.
  func run(_ context: RunContext) throws -> Result? {
    guard let built = context.models[model], let data = context.data[part.data], let all = data[part.part]
    else { return nil }
    let batch = built.batchSize(nil, orElse: 128)
    let rows = context.isQuick ? all.first(max(batch, 64 / batch * batch)) : all
    guard let target = rows.targets.first(where: { $0.name == target }) else { return nil }
    let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
    // A figure changes nothing.
    let numbers = try built.withFreshStates { try trainer.predict(rows, batchSize: batch)[output] }
    return Result(built: built, data: data, rows: rows, target: target, numbers: numbers)
  }
}

extension CheckContext {
  /// The model and the part that a figure of predictions names; `nil` after a mistake.
  mutating func tried(
    _ topic: PlotTopic, _ what: String, in cell: PlotCell, default part: String = "test"
  ) -> (model: ModelInfo, part: DataPartInfo, name: String)? {
    let model = self.model(toPlot: topic.of)
    guard case .string = topic.data.content else {
      bag.report(.needsData(what, at: cell.subject))
      return nil
    }
    guard let model, let part = self.part(topic.data, default: part), let name = topic.of.string,
      let model = Fit(model: model, shape: part.shape, span: topic.data.span).settled(&self)?.model
    else { return nil }
    guard checkBatches(model, part, asked: nil, at: topic.data.span) else { return nil }
    let outputs = model.model.outputNames
    if let output = topic.output, !outputs.contains(output) {
      bag.report(.unknownWord(output, in: outputs, at: self.cell.span(of: "output"), what: "output"))
      return nil
    }
    return (model, part, name)
  }

  /// Whether the loss of an output takes its numbers for probabilities of classes.
  func comparesClasses(_ output: Int, of model: String) -> Bool {
    let outputs = names.trainings[model]?.settings.outputs ?? []
    return outputs.indices.contains(output) && outputs[output].loss?.className.contains("Categorical") == true
  }
}

extension Diagnostic {
  /// E0216: a figure that needs a part of a data set.
  static func needsData(_ what: String, at subject: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0216", "\(what) needs 'data'", at: subject.span.map { Label($0, "of which samples?") },
      help: "add 'data: NAME.test'")
  }
}
