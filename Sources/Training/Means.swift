import Layers

/// Running means over the samples of an epoch.
///
/// A smaller batch counts for less.
struct Means {
  private let names: [String]
  private var sums: [Double]
  private var counts: [Double]

  init(_ settings: CompileSettings, _ built: BuiltModel) {
    let (losses, metrics) = settings.logNames(outputs: built.model.outputNames)
    isLossOfBatches = built.semantics == .keras3
    names = ["loss"] + losses.compactMap { $0 } + metrics.flatMap { $0 }
    areLossesShown = losses.contains { $0 != nil }
    sums = [Double](repeating: 0, count: names.count)
    counts = sums
  }

  /// Everything added up so far, for a checkpoint.
  var totals: [[Double]] {
    get { [sums, counts] }
    set { if newValue.map(\.count) == [names.count, names.count] { (sums, counts) = (newValue[0], newValue[1]) } }
  }

  /// Whether outputs have losses of their own in the logs.
  private let areLossesShown: Bool
  /// Whether an output's own loss is a mean over batches, whatever their size, as in Keras 3.
  private let isLossOfBatches: Bool

  mutating func add(_ program: StepProgram) {
    let batch = Double(program.batch)
    let totals = program.totals
    sums[0] += Double(totals.loss?.pointee ?? 0) * batch
    counts[0] += batch
    var next = 1
    if areLossesShown {
      for loss in totals.losses {
        guard let loss else { continue }
        let weight = isLossOfBatches ? 1 : batch
        sums[next] += Double(loss.pointee) * weight
        counts[next] += weight
        next += 1
      }
    }
    for output in totals.metrics {
      for metric in output {
        sums[next] += Double(metric.sum.pointee)
        counts[next] += Double(metric.count)
        next += 1
      }
    }
  }

  var loss: Double { counts[0] == 0 ? 0 : sums[0] / counts[0] }

  func logs() -> Logs {
    names.indices.map { (names[$0], counts[$0] == 0 ? 0 : sums[$0] / counts[$0]) }.sorted { $0.0 < $1.0 }
  }
}
