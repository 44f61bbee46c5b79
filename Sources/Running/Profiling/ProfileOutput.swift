import Analysis
import Files
import GraphEngine
import Kernels
import Reporting
import RunEvents
import Training

extension RunContext {
  /// Shows what a training's steps cost: in the report, to whoever looks on, and as a trace in the run's folder.
  func show(_ costs: StepCosts, of model: String) throws {
    guard let clock = services.clock else { return }
    let profile = profile(costs, clock)
    show(.heading("What a step costs", level: 3))
    for table in [profile.layerTable, profile.stepTable] { show(.table(table)) }
    try emit(.shown(cell: cell, text: profile.text))
    trace.add(costs.times, process: cell + 1, name: "train \(model)")
    try writeFile(Array(trace.json.utf8), to: "\(folder)/\(RunFile.profile)")
  }

  /// Costs beside what the threads that took part could do; small programs run on one thread of many.
  func profile(_ costs: StepCosts, _ clock: @escaping StepClock) -> StepProfile {
    let parts = costs.times.parts
    let pool = parts == services.pool.count ? services.pool : WorkerPool(threads: parts)
    return StepProfile(costs, peak: PeakRate.measure(kernels, on: pool, clock: clock))
  }
}
