package import Datasets
package import GraphEngine
package import KernelABI
package import Kernels

/// A step of training, evaluation or prediction for one batch size.
///
/// A model without conditions on data is one compiled program. With them there is one for each way that data have taken:
/// the way taken last is tried first, and where a condition turns out otherwise before anything was changed, the
/// batch runs again the way it should have gone. Random numbers are counted, not drawn, so running again gives what
/// running right at once would have given.
package final class StepProgram {
  /// Ways that are kept compiled; the one not used for longest goes first.
  static let mostWays = 64

  let batch: Int
  private let site: StepSite
  /// The way taken last is the last.
  private var ways: [CompiledStep]

  /// - Parameter state: set for a training step, which ends with an update of the weights.
  /// - Throws: `Diagnostic` E03xx if the data do not fit the model, or the targets its outputs.
  package init(
    _ built: BuiltModel, _ settings: CompileSettings?, part: DataPart, batch: Int, state: TrainingState?,
    pool: WorkerPool, kernels: KernelTable, clock: StepClock? = nil
  ) throws {
    self.batch = batch
    site = StepSite(
      built: built, settings: settings, part: part, batch: batch, state: state, pool: pool, kernels: kernels,
      clock: clock)
    ways = [try CompiledStep(site, assuming: [])]
  }

  private var last: CompiledStep {
    guard let last = ways.last else { preconditionFailure("a step without a program") }
    return last
  }

  package var program: Program { last.program }
  var totals: StepTotals { last.totals }
  /// All parameters of the model.
  var weights: AlignedBuffer { site.built.slab.storage }
  var outputs: [Place] { last.outputs }

  /// Runs one batch.
  ///
  /// - Parameter iteration: numbers the random draws of this step.
  /// - Throws: E03xx if shapes do not fit on a way that is taken for the first time.
  @inline(__always) package func run(_ rows: UnsafePointer<Int32>, iteration: Int) throws {
    while let failed = last.run(rows, iteration: iteration) { try turn(at: failed) }
  }

  /// Makes the other way at a condition the way to go.
  private func turn(at condition: Int) throws {
    let taken = last.decisions
    let prefix = Array(taken[..<condition]) + [!taken[condition]]
    if let known = ways.lastIndex(where: { $0.decisions.starts(with: prefix) }) {
      return ways.append(ways.remove(at: known))
    }
    if ways.count == Self.mostWays { ways.removeFirst() }
    ways.append(try CompiledStep(site, assuming: prefix))
  }
}
