package import Datasets
package import GraphEngine
package import KernelABI
package import Kernels

/// A step of training, evaluation or prediction for one batch size.
///
/// Most models are one compiled program. One that leaves lengths open has one for each length that batches of padded
/// sequences have had; one with conditions on data has one for each way that data have taken: the way taken last is
/// tried first, and where a condition turns out otherwise before anything was changed, the batch runs again the way it
/// should have gone. Random numbers are counted, not drawn, so running again gives what running right at once would
/// have given.
package final class StepProgram {
  /// Programs that are kept; the one not used for longest goes first.
  static let mostPrograms = 64
  /// Floats that the programs which are kept hold together, a gibibyte; the one at work may hold more.
  static let mostMemory = 1 << 28

  let batch: Int
  private let site: StepSite
  /// The one that ran last is the last.
  private var programs: [CompiledStep]

  /// - Parameter state: set for a training step, which ends with an update of the weights.
  /// - Throws: `Diagnostic` E03xx if the data do not fit the model, or the targets its outputs; E0389 if the model is
  ///   fixed to another batch.
  package init(
    _ built: BuiltModel, _ settings: CompileSettings?, part: DataPart, batch: Int, state: TrainingState?,
    pool: WorkerPool, kernels: KernelTable, clock: StepClock? = nil
  ) throws {
    try built.checkBatches(of: batch, samples: batch)
    self.batch = batch
    site = StepSite(
      built: built, settings: settings, part: part, batch: batch, state: state, pool: pool, kernels: kernels,
      clock: clock, lengths: built.openLengths(in: part))
    let longest = site.lengths.compactMap { $0.max() }.max()
    programs = [try CompiledStep(site, cutTo: longest.map { max(1, Int($0)) }, assuming: [])]
  }

  private var last: CompiledStep {
    guard let last = programs.last else { preconditionFailure("a step without a program") }
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
  /// - Throws: E03xx if shapes do not fit at a length, or on a way, that comes for the first time.
  @inline(__always) package func run(_ rows: UnsafePointer<Int32>, iteration: Int) throws {
    let length = site.length(of: rows)
    if length != last.length { try turn(to: length, deciding: []) }
    last.prepare()
    while let failed = last.run(rows, iteration: iteration) { try turn(at: failed) }
  }

  /// Makes the other way at a condition the way to go.
  private func turn(at condition: Int) throws {
    let taken = last.decisions
    try turn(to: last.length, deciding: Array(taken[..<condition]) + [!taken[condition]])
  }

  /// Makes the program for a length and a way that begins so the one that runs next.
  private func turn(to length: Int?, deciding prefix: [Bool]) throws {
    let known = programs.lastIndex { $0.length == length && $0.decisions.starts(with: prefix) }
    if let known { return programs.append(programs.remove(at: known)) }
    programs.append(try CompiledStep(site, cutTo: length, assuming: prefix))
    var memory = programs.map(\.program.arena.count).reduce(0, +)
    while programs.count > 1, programs.count > Self.mostPrograms || memory > Self.mostMemory {
      memory -= programs.removeFirst().program.arena.count
    }
  }
}
