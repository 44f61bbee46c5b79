import Analysis
import Datasets
import Config
import Diagnostics
import GraphEngine
import Kernels
import Layers
import Losses
import TensorCore
package import Training

extension ExperimentPlan {
  /// What a step of a training is compiled to.
  /// - Parameters:
  ///   - model: the model that is trained; may be left out where there is one.
  ///   - batch: samples in the step; 32 or what the model is fixed to if left out.
  /// - Throws: E0137 if nothing is trained, E0138 if it is not said which of several models is meant.
  package func program(of model: String?, batch: Int?) throws -> ProgramView {
    let names = trainings.map(\.job.name).uniqued
    guard !names.isEmpty else {
      throw Diagnostic.nothingTrained(path, "so there is no training step to show")
    }
    guard let name = model ?? (names.count == 1 ? names[0] : nil),
      let training = trainings.first(where: { $0.job.name == name })
    else { throw Diagnostic.whichTraining(model, names) }
    return try training.job.program(batch: batch)
  }
}

extension TrainingJob {
  /// What a step is compiled to; no data are read.
  fileprivate func program(batch: Int?) throws -> ProgramView {
    let built = try BuiltModel(model, seed: 0, isDrawn: false)
    let (features, targets) = (data.shape.features, data.shape.targets)
    return try ProgramView(
      built, settings,
      part: DataPart(
        zeros: features.map { ($0.name, $0.batchType) }, targets.map { ($0.name, $0.batchType) },
        count: built.batchSize(batch)))
  }
}

/// Batches of a column, by its name.
private typealias Batch = (name: String, type: TensorType)

extension BuiltModel {
  /// What a step of the training that a model was compiled for is compiled to.
  /// - Throws: E0137 if it was not compiled.
  package func program(batch: Int?) throws -> ProgramView {
    guard let settings = training?.settings else { throw Diagnostic.notCompiled(model.name) }
    let names = model.outputNames
    let targets = zip(names, zip(settings.outputs, outputs)).compactMap {
      name, output -> Batch? in
      let (settings, type) = output
      let wanted =
        settings.loss?.target(for: type, offered: type)
        ?? settings.metrics.first?.metric.target(for: type, offered: type)
      return wanted.map { (name, $0) }
    }
    let features = model.inputs.map { (name: $0.name, type: $0.type) }
    return try ProgramView(self, settings, part: DataPart(zeros: features, targets, count: batchSize(batch)))
  }
}

extension DataPart {
  /// Samples to compile a step with, not to run it.
  fileprivate init(zeros features: [Batch], _ targets: [Batch], count: Int) {
    func column(_ batch: Batch) -> Column {
      let shape = batch.type.shape(batch: count)
      let numbers = shape.reduce(1, *)
      return Column(
        batch.name, rowShape: Array(shape.dropFirst()),
        batch.type.element == .int32
          ? .integers([Int32](repeating: 0, count: numbers)) : .floats([Float](repeating: 0, count: numbers)))
    }
    self.init(features: features.map(column), targets: targets.map(column), rows: .range(0..<count))
  }
}

extension [String] {
  fileprivate var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension Diagnostic {
  /// E0137: a program of what is not trained.
  static func nothingTrained(_ path: String, _ consequence: String) -> Diagnostic {
    Diagnostic(
      "E0137", "nothing is trained in '\(path)', \(consequence)",
      help: "add a 'train' cell; 'runexp show MODEL.h5' shows a model without one")
  }

  fileprivate static func notCompiled(_ model: String) -> Diagnostic {
    Diagnostic(
      "E0137", "'\(model)' was saved without a loss and an optimizer, so there is no training step to show",
      help: "show the experiment that trains it: 'runexp show FILE.exp --program'")
  }

  /// E0138: one of several trainings.
  fileprivate static func whichTraining(_ model: String?, _ names: [String]) -> Diagnostic {
    let near = model.flatMap { nearest(to: $0, in: names) }
    return Diagnostic(
      "E0138", model.map { "no model '\($0)' is trained" } ?? "several models are trained",
      help: near.map { "did you mean '\($0)'?" }
        ?? "name one of them with '--model': \(names.joined(separator: ", "))")
  }
}
