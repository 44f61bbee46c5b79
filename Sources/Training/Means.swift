import Layers
import Losses

/// What was logged so far in an epoch: means of losses, and metrics of their totals.
///
/// A smaller batch counts for less.
package struct Means {
  private let names: [String]
  private let metrics: [any Metric]
  /// The loss, then those of outputs where they are logged, each with what it is divided by.
  private var losses: [(sum: Double, weight: Double)]
  /// What each metric has added up; empty before the first batch.
  private var totals: [[Double]]
  /// Whether outputs have losses of their own in the logs.
  private let areLossesShown: Bool
  private var gradients: GradientNorms?

  /// - Parameter gradients: set if the lengths of gradients are logged, too.
  package init(
    _ settings: CompileSettings, _ built: BuiltModel, gradients: GradientNorms? = nil
  ) {
    self.gradients = gradients
    let outputs = built.model.outputNames
    let shown = settings.logNames(outputs: outputs).losses.compactMap { $0 }
    names = settings.allLogNames(outputs: outputs)
    areLossesShown = !shown.isEmpty
    metrics = settings.outputs.flatMap { $0.metrics.map(\.metric) }
    losses = (0...shown.count).map { _ in (0, 0) }
    totals = metrics.map { _ in [] }
  }

  package mutating func add(_ program: StepProgram) {
    let batch = Double(program.batch)
    let sums = program.totals
    add(sums.loss?.pointee ?? 0, weight: batch, to: 0)
    var next = 1
    if areLossesShown {
      for loss in sums.losses {
        guard let loss else { continue }
        add(loss.pointee, weight: batch, to: next)
        next += 1
      }
    }
    next = 0
    for output in sums.metrics {
      for metric in output {
        if totals[next].isEmpty { totals[next] = [Double](repeating: 0, count: metric.count) }
        metric.add(to: &totals[next])
        next += 1
      }
    }
    gradients?.add()
  }

  private mutating func add(_ loss: Float, weight: Double, to place: Int) {
    losses[place].sum += Double(loss) * weight
    losses[place].weight += weight
  }

  private func mean(_ loss: (sum: Double, weight: Double)) -> Double {
    loss.weight == 0 ? 0 : loss.sum / loss.weight
  }

  var loss: Double { mean(losses[0]) }

  /// Everything added up so far, for a checkpoint: the losses, what each metric has, the lengths of gradients.
  var sums: [[Double]] {
    [losses.map(\.sum), losses.map(\.weight)] + totals + (gradients.map { [$0.sums] } ?? [])
  }

  /// Goes on with sums of an earlier training.
  /// - Parameter step: to tell whether they are of a training like this one.
  /// - Returns: whether they are; nothing is changed otherwise.
  mutating func restore(_ sums: [[Double]], of step: StepTotals) -> Bool {
    let counts = step.metrics.joined().map(\.count)
    var sums = sums
    if let count = gradients?.sums.count {
      guard let last = sums.popLast(), last.count == count else { return false }
      gradients?.sums = last
    }
    guard sums.count == 2 + totals.count, sums[0].count == losses.count, sums[1].count == losses.count,
      zip(sums.dropFirst(2), counts).allSatisfy({ $0.isEmpty || $0.count == $1 })
    else { return false }
    losses = zip(sums[0], sums[1]).map { ($0, $1) }
    totals = Array(sums.dropFirst(2))
    return true
  }

  func logs() -> Logs {
    let results = zip(metrics, totals).flatMap { metric, totals in
      totals.isEmpty ? [Double](repeating: 0, count: max(1, metric.parts.count)) : metric.results(totals)
    }
    return zip(names, losses.map(mean) + results).map { ($0, $1) }.sorted { $0.0 < $1.0 }
      + (gradients?.logs ?? [])
  }
}
