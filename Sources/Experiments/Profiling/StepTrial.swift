package import GraphEngine
import Datasets
import Training

/// A training cell that is run to be timed: nothing is logged or written.
package final class StepTrial {
  /// Samples in a step, if not as many as the cell says.
  package var batch: Int?
  package var steps: Int
  package var repeats: Int
  private let clock: StepClock
  /// Nanoseconds of a step without the clock of the profile, one for each repeat.
  package private(set) var stepTimes: [Double] = []
  package private(set) var usedBatch = 0
  /// The profile by layer, and the longest steps.
  package private(set) var profile = ""

  /// - Parameter clock: nanoseconds from any start.
  package init(batch: Int?, steps: Int, repeats: Int, clock: @escaping StepClock) {
    self.batch = batch
    self.steps = steps
    self.repeats = repeats
    self.clock = clock
  }

  /// Fits once to warm up, then timed, then with the profile's clock.
  func run(_ trainer: Trainer, _ part: DataPart, _ cell: FitSettings, _ context: RunContext) throws {
    var fit = cell
    fit.epochs = fit.initialEpoch + 1
    fit.stepsPerEpoch = steps
    fit.callbacks = []
    fit.batchSize = batch ?? fit.batchSize
    fit.resume = nil
    fit.checkpoints = .epoch
    usedBatch = min(fit.batchSize, part.count)
    for number in 0...repeats {
      var seconds = 0.0
      _ = try self.fit(trainer, part, fit) { seconds = $0 }
      if number > 0 { stepTimes.append(seconds * 1e9 / Double(steps)) }
    }
    fit.clock = clock
    guard let costs = try self.fit(trainer, part, fit, { _ in }).costs else { return }
    profile = context.profile(costs, clock).text
  }

  private func fit(
    _ trainer: Trainer, _ part: DataPart, _ settings: FitSettings, _ took: (Double) -> Void
  ) throws -> FitResult {
    try trainer.fit(part, validation: nil, settings, isInterrupted: { false }) { event in
      if case .epochEnded(_, _, let seconds, _) = event { took(seconds) }
    }
  }
}

/// What is done with a training that is ready to begin, instead of running it.
typealias TrainingTrial = (Trainer, DataPart, FitSettings, RunContext) throws -> Void

extension ExperimentPlan {
  /// Runs a training cell for its times.
  /// - Throws: what the cells throw.
  package func run(_ trial: StepTrial, at cell: PlannedCell, services: RunServices) throws {
    try run(cell, services: services, trial: trial.run)
  }

  /// Runs a training cell for a trial of it, and before it, in silence, what it needs; earlier trainings are left out.
  func run(_ cell: PlannedCell, services: RunServices, trial: @escaping TrainingTrial) throws {
    let context = RunContext(services, folder: "", plan: self, isQuick: false)
    context.isRestoring = true
    for earlier in cells.prefix(cell.index) where earlier.isRunAgain {
      context.begin(cell: earlier.index)
      try earlier.run(context)
    }
    context.begin(cell: cell.index)
    context.trial = trial
    try cell.run(context)
  }
}
