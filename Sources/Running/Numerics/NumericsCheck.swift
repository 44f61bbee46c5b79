import Analysis
import Datasets
import Diagnostics
import Layers
import Training

/// How the numerics of trainings are checked.
package struct NumericsOptions {
  /// Samples of the first batch; as many as can be done in time, but not more than ``usualSamples``, if left out.
  package var samples: Int?
  /// Random directions for each parameter along which differences are taken.
  package var directions: Int

  package static let usualSamples = 8
  /// Operations that take a minute or two.
  package static let mostOperations = 2e10

  package init(samples: Int? = nil, directions: Int = 3) {
    self.samples = samples
    self.directions = directions
  }
}

extension ExperimentPlan {
  /// Compares loss and gradients of every training, before its first step, in single and in double precision and with
  /// differences of the loss.
  ///
  /// The cells that a training needs are run in silence; nothing is written, and no training is run.
  /// - Throws: E0137 if nothing is trained, E0393 if it would take too long, and what the cells throw.
  package func numerics(_ options: NumericsOptions, services: RunServices) throws -> [NumericsReport] {
    guard !trainings.isEmpty else {
      throw Diagnostic.nothingTrained(path, "so there are no gradients to check")
    }
    var reports: [NumericsReport] = []
    for (index, job) in trainings {
      let cell = cells[index]
      _ = try job.withReady(contextBefore(cell, services)) { ready in
        guard let sample = try ready.affordable(options, in: cell.title) else { return }
        let numerics = GradientNumerics(sample, directions: options.directions, seed: seed)
        reports.append(
          NumericsReport(
            cell: cell.title, model: job.name, batchSize: min(ready.settings.batchSize, ready.part.count),
            directions: options.directions, numerics: numerics))
      }
    }
    return reports
  }
}

extension ReadyTraining {
  /// As many samples as were asked for, or as can be done in time.
  fileprivate func affordable(_ options: NumericsOptions, in cell: String) throws -> LossSample? {
    let wanted = options.samples ?? NumericsOptions.usualSamples
    guard let sample = try LossSample(built, part, settings, samples: wanted) else { return nil }
    func cost(_ samples: Int) -> Double {
      GradientNumerics.cost(sample, batch: samples, directions: options.directions)
    }
    let most = NumericsOptions.mostOperations
    if cost(sample.batch) <= most {
      try sample.checkMemory(of: cell)
      return sample
    }
    var fitting = sample.batch
    while fitting > 0 && cost(fitting) > most { fitting /= 2 }
    guard options.samples == nil, fitting > 0 else {
      throw Diagnostic.tooLong(cell, cost(sample.batch) / most, samples: sample.batch, fitting: fitting)
    }
    let fewer = try LossSample(built, part, settings, samples: fitting)
    try fewer?.checkMemory(of: cell)
    return fewer
  }
}

extension Diagnostic {
  /// E0393: a check that would take too long.
  fileprivate static func tooLong(
    _ cell: String, _ times: Double, samples: Int, fitting: Int
  ) -> Diagnostic {
    let factor = times < 10 ? "\((times * 10).rounded() / 10)" : "\(Int(min(times, 1e15)))"
    return Diagnostic(
      "E0393",
      "'\(cell)' with \(samples) sample\(samples == 1 ? "" : "s") would take \(factor) times as long as is sensible in float64",
      help: fitting > 0
        ? "'--samples \(fitting)' can be done"
        : "check a smaller model of the same layers, or '--directions 1'")
  }
}
