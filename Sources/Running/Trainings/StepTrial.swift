import Analysis
import Datasets
package import GraphEngine
import Training

/// How the steps of a training are timed: nothing is logged or written.
package struct StepTrial {
  /// Samples in a step, if not as many as the cell says.
  package var batch: Int?
  package var steps: Int
  package var repeats: Int
  /// Nanoseconds from any start.
  package var clock: StepClock

  package init(batch: Int?, steps: Int, repeats: Int, clock: @escaping StepClock) {
    self.batch = batch
    self.steps = steps
    self.repeats = repeats
    self.clock = clock
  }
}

/// What the steps of a training took.
package struct TrialTimes {
  /// Nanoseconds of a step without the clock of the profile, one for each repeat.
  package var steps: [Double] = []
  package var usedBatch = 0
  /// The profile by layer, and the longest steps.
  package var profile = ""
}

extension ExperimentPlan {
  /// Runs a training for its times: once to warm up, then timed, then with the profile's clock.
  /// - Throws: what the cells throw.
  package func times(_ trial: StepTrial, of cell: PlannedCell, services: RunServices) throws -> TrialTimes {
    let context = try contextBefore(cell, services)
    let job = trainings.first { $0.cell == cell.index }?.job
    return try job?.withReady(context) { try $0.times(trial, context) } ?? TrialTimes()
  }

  /// What a training finds: the cells that it needs are run in silence, earlier trainings are left out.
  func contextBefore(_ cell: PlannedCell, _ services: RunServices) throws -> RunContext {
    let context = RunContext(services, folder: "", plan: self, isQuick: false)
    context.isRestoring = true
    try context.runAgain(cells.prefix(cell.index))
    context.begin(cell: cell.index)
    return context
  }
}

extension ReadyTraining {
  fileprivate func times(_ trial: StepTrial, _ context: RunContext) throws -> TrialTimes {
    var fit = settings
    fit.epochs = fit.initialEpoch + 1
    fit.stepsPerEpoch = trial.steps
    fit.callbacks = []
    fit.batchSize = trial.batch ?? fit.batchSize
    fit.checkpoints = .epoch
    var times = TrialTimes(usedBatch: min(fit.batchSize, part.count))
    for number in 0...trial.repeats {
      var seconds = 0.0
      _ = try fitted(fit) { seconds = $0 }
      if number > 0 { times.steps.append(seconds * 1e9 / Double(trial.steps)) }
    }
    fit.clock = trial.clock
    guard let costs = try fitted(fit, { _ in }).costs else { return times }
    times.profile = context.profile(costs, trial.clock).text
    return times
  }

  private func fitted(_ settings: FitSettings, _ took: (Double) -> Void) throws -> FitResult {
    try trainer.fit(part, validation: nil, settings, isInterrupted: { false }) { event in
      if case .epochEnded(_, _, let seconds, _) = event { took(seconds) }
    }
  }
}
