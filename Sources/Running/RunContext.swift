import Analysis
package import Config
package import Datasets
import KerasFiles
import Layers
package import Diagnostics
package import ExpLanguage
import Files
import Foundation
public import GraphEngine
public import Kernels
public import Plotting
package import Reporting
public import RunEvents
package import Training

/// Everything outside the process that a run may touch, passed in so that tests control it.
public struct RunServices {
  public var pool: WorkerPool
  /// Seconds from any start.
  public var now: () -> Double
  /// Asked before every training step.
  public var isInterrupted: () -> Bool
  public var render: (any Figure, FigureFormat) throws -> [UInt8]
  public var sinks: [any EventSink]
  /// If given, the steps of trainings are timed by it and shown.
  public var clock: StepClock?

  public init(
    pool: WorkerPool, now: @escaping () -> Double, isInterrupted: @escaping () -> Bool,
    render: @escaping (any Figure, FigureFormat) throws -> [UInt8], sinks: [any EventSink],
    clock: StepClock? = nil
  ) {
    self.pool = pool
    self.now = now
    self.isInterrupted = isInterrupted
    self.render = render
    self.sinks = sinks
    self.clock = clock
  }
}

/// What cells share while a run is under way.
///
/// Owned by the run's task.
public final class RunContext {
  public let services: RunServices
  /// Where the run writes.
  public let folder: String
  public let seed: UInt64
  /// Two batches a cell: a quick look whether everything works.
  public let isQuick: Bool
  package let parameters: Parameters
  /// Models whose trainings record the lengths of gradients.
  package let gradientModels: Set<String>
  package var data: [String: PreparedData] = [:]
  package var dataRecords: [String: DatasetRecord] = [:]
  package var models: [String: BuiltModel] = [:]
  package var histories: [String: TrainingRecord] = [:]
  /// Results by the names that checks and prose use.
  package var results: [String: ScriptValue] = [:]
  /// What failed in `check:` cells.
  package var failedChecks = 0
  /// The cell at work and what it has to show.
  private(set) var cell = 0
  private(set) var blocks: [ReportBlock] = []
  /// Whether cells are run again only to have what later cells need of them: nothing is reported or written.
  package var isRestoring = false
  /// What is known of where trainings spent their time.
  var trace = ProfileTrace()
  /// Writes the run down, with the training under way.
  package var checkpoint: ((model: String, progress: FitProgress)?) throws -> Void = { _ in }
  /// The training that was under way when the run was cut off, for its cell to go on with.
  var interrupted: InterruptedFit?

  package init(_ services: RunServices, folder: String, plan: ExperimentPlan, isQuick: Bool) {
    self.services = services
    self.folder = folder
    self.isQuick = isQuick
    seed = plan.seed
    parameters = plan.parameters
    gradientModels = plan.gradientModels
  }

  package func begin(cell: Int) {
    self.cell = cell
    blocks = []
  }
  package func show(_ block: ReportBlock) { blocks.append(block) }
  package func note(_ text: String) throws { try emit(.cellNote(index: cell, text: text)) }
  package func emit(_ event: RunEvent) throws {
    if isRestoring { return }
    for sink in services.sinks { try sink.receive(event) }
  }

  /// Parameters and results, for expressions.
  package var scope: ScriptScope {
    let (results, parameters) = (results, parameters.scope)
    return ScriptScope("result", names: results.keys.sorted() + parameters.names) {
      results[$0] ?? parameters.lookup($0)
    }
  }

  /// Writes a file into the run's folder, aside first, and logs it.
  package func write(_ bytes: [UInt8], to path: String, mediaType: String, caption: String) throws {
    if isRestoring { return }
    try writeFile(bytes, to: folder + "/" + path)
    try log(path, mediaType, caption)
  }

  /// Saves a model into the run's folder and logs the file.
  /// - Returns: what computes differently, or cannot be read, in the Keras it is written for.
  @discardableResult
  package func save(
    _ built: BuiltModel, to path: String, as format: Semantics = .keras3, caption: String
  ) throws -> [Diagnostic] {
    if isRestoring { return [] }
    try makeFolder(of: folder + "/" + path)
    let notes = try ModelFile.save(built, to: folder + "/" + path, as: format)
    try log(path, path.hasSuffix(".keras") ? "application/zip" : "application/x-hdf5", caption)
    return notes
  }

  /// Logs a file that was written into the run's folder.
  private func log(_ path: String, _ mediaType: String, _ caption: String) throws {
    let (bytes, hash) = try sha256(file: folder + "/" + path)
    try emit(
      .artifact(
        Artifact(path: path, mediaType: mediaType, bytes: bytes, sha256: hash, caption: caption, cell: cell)))
  }

  /// Draws a figure into the run's folder and shows it in the report.
  /// - Parameter format: another format to draw it in beside the PNG that reports show.
  package func show(
    _ figure: some Figure, as name: String, format: FigureFormat = .png, caption: String
  ) throws {
    let png = try services.render(figure, .png)
    let path = RunFile.figure(name)
    try write(png, to: path, mediaType: FigureFormat.png.mediaType, caption: caption)
    var shown = ReportFigure(path: path, caption: caption, png: png)
    if format != .png {
      let other = RunFile.figure(name, format.rawValue)
      try write(try services.render(figure, format), to: other, mediaType: format.mediaType, caption: caption)
      shown.original = other
    }
    show(.figure(shown))
  }
}

/// A training that was cut off: where it was, and the model and its optimizer there.
struct InterruptedFit {
  package let model: String
  package let progress: FitProgress
  let snapshot: ModelSnapshot
}

/// What a training left behind for figures and results.
package struct TrainingRecord {
  package var history: [Logs]
  /// From 1; the epoch whose weights the model has, or the best by validation loss.
  package var bestEpoch: Int?
  /// The number of the last epoch; more than there are in the history where others were counted as done.
  package var epochs: Int
  package var settings: CompileSettings

  package func values(of name: String) -> [Double] {
    history.map { logs in logs.first { $0.name == name }?.value ?? .nan }
  }
}
