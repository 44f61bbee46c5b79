import Experiments
import Plots
import Running
import Foundation
import Kernels
import Synchronization
import Testing

/// Trainings that are run for their times alone.
@Suite struct StepTrialTests {
  /// A clock that is a millisecond later whenever it is looked at.
  private final class Ticks: Sendable {
    private let time = Atomic<UInt64>(0)
    func next() -> UInt64 { time.add(1_000_000, ordering: .relaxed).newValue }
  }

  private func trial(_ cells: String, batch: Int?) throws -> TrialTimes {
    let scratch = try Scratch()
    let checked = try scratch.check("seed: 4\ncells:\n" + cells)
    let plan = try #require(checked.plan, "\(checked.diagnostics)")
    let ticks = Ticks()
    let trial = StepTrial(batch: batch, steps: 5, repeats: 3) { ticks.next() }
    let services = RunServices(
      pool: WorkerPool(threads: 1), now: { Double(ticks.next()) * 1e-9 }, isInterrupted: { false },
      render: { _, _ in [] }, sinks: [])
    let cell = try #require(plan.cell(called: "train m"))
    return try plan.times(trial, of: cell, services: services)
  }

  private let cells = """
      - text: Nothing to be timed
      - data: iris
        source: iris
        split: {validation: 30}
      - model: m
        input: [4]
        layers:
          - Dense: {units: 6, activation: relu, name: hidden}
          - Dense: {units: 3, activation: softmax, name: head}
      - train: m
        data: iris
        loss: sparse_categorical_crossentropy
        optimizer: sgd
        batch_size: 16
        callbacks: [{ModelCheckpoint: {filepath: never.h5}}]
    """

  @Test func `a training is timed as often as asked for, and profiled once`() throws {
    let trial = try trial(cells, batch: nil)
    #expect(trial.steps.count == 3 && trial.usedBatch == 16)
    #expect(trial.steps.allSatisfy { $0 > 0 })
    for layer in ["hidden", "head", "(loss)", "(optimizer)", "a step"] {
      #expect(trial.profile.contains("\n" + layer), "\(trial.profile)")
    }
    #expect(trial.profile.contains("Means over 3 steps of 16 samples, after the first 2; on 1 thread."))
  }

  @Test func `another batch may be asked for, though not more than there are samples`() throws {
    #expect(try trial(cells, batch: 4).usedBatch == 4)
    #expect(try trial(cells, batch: 4000).usedBatch == 120)
  }
}
