import Config
import Datasets
import KerasFiles
import Layers
package import Diagnostics
import ExpLanguage
import Files
import Foundation
public import GraphEngine
public import Kernels
public import Plotting
import Reporting
public import RunEvents
import Training

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
  let parameters: Parameters
  /// Models whose trainings record the lengths of gradients.
  let gradientModels: Set<String>
  var data: [String: PreparedData] = [:]
  var dataRecords: [String: DatasetRecord] = [:]
  var models: [String: BuiltModel] = [:]
  var histories: [String: TrainingRecord] = [:]
  /// Results by the names that checks and prose use.
  var results: [String: ScriptValue] = [:]
  /// What failed in `check:` cells.
  var failedChecks = 0
  /// The cell at work and what it has to show.
  private(set) var cell = 0
  private(set) var blocks: [ReportBlock] = []
  /// Whether cells are run again only to have what later cells need of them: nothing is reported or written.
  var isRestoring = false
  /// What is known of where trainings spent their time.
  var trace = ProfileTrace()
  /// Writes the run down, with the training under way.
  var checkpoint: ((model: String, progress: FitProgress)?) throws -> Void = { _ in }
  /// The training that was under way when the run was cut off, for its cell to go on with.
  var interrupted: InterruptedFit?

  init(_ services: RunServices, folder: String, plan: ExperimentPlan, isQuick: Bool) {
    self.services = services
    self.folder = folder
    self.isQuick = isQuick
    seed = plan.seed
    parameters = plan.parameters
    gradientModels = plan.gradientModels
  }

  func begin(cell: Int) {
    self.cell = cell
    blocks = []
  }
  func show(_ block: ReportBlock) { blocks.append(block) }
  func note(_ text: String) throws { try emit(.cellNote(index: cell, text: text)) }
  func emit(_ event: RunEvent) throws {
    if isRestoring { return }
    for sink in services.sinks { try sink.receive(event) }
  }

  /// Parameters and results, for expressions.
  var scope: ScriptScope {
    let (results, parameters) = (results, parameters.scope)
    return ScriptScope("result", names: results.keys.sorted() + parameters.names) {
      results[$0] ?? parameters.lookup($0)
    }
  }

  /// Writes a file into the run's folder, aside first, and logs it.
  func write(_ bytes: [UInt8], to path: String, mediaType: String, caption: String) throws {
    if isRestoring { return }
    try writeFile(bytes, to: folder + "/" + path)
    try log(path, mediaType, caption)
  }

  /// Saves a model into the run's folder and logs the file.
  /// - Returns: what computes differently, or cannot be read, in the Keras it is written for.
  @discardableResult
  func save(
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
  func show(
    _ figure: some Figure, as name: String, format: FigureFormat = .png, caption: String
  ) throws {
    let png = try services.render(figure, .png)
    let path = "figures/\(name).png"
    try write(png, to: path, mediaType: FigureFormat.png.mediaType, caption: caption)
    var shown = ReportFigure(path: path, caption: caption, png: png)
    if format != .png {
      let other = "figures/\(name).\(format.rawValue)"
      try write(try services.render(figure, format), to: other, mediaType: format.mediaType, caption: caption)
      shown.original = other
    }
    show(.figure(shown))
  }
}

/// A training that was cut off: where it was, and the model and its optimizer there.
struct InterruptedFit {
  let model: String
  let progress: FitProgress
  let snapshot: ModelSnapshot
}

/// What a training left behind for figures and results.
struct TrainingRecord {
  var history: [Logs]
  /// From 1; the epoch whose weights the model has, or the best by validation loss.
  var bestEpoch: Int?
  /// The number of the last epoch; more than there are in the history where others were counted as done.
  var epochs: Int
  var settings: CompileSettings

  func values(of name: String) -> [Double] {
    history.map { logs in logs.first { $0.name == name }?.value ?? .nan }
  }
}

/// Writes a file aside, makes sure it is on the disk, and renames it into place: it is there whole or not at all.
/// - Throws: E0905 if it cannot be written.
package func writeFile(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
  try writeFile(to: path) { put in bytes.withUnsafeBytes(put) }
}

/// The same for a file that nobody has as a whole.
/// - Parameter body: hands on one piece after another.
package func writeFile(
  to path: String, _ body: (_ put: (UnsafeRawBufferPointer) -> Void) -> Void
) throws(Diagnostic) {
  func failing(_ place: String, _ reason: String) -> Diagnostic { .cannotWrite(path, reason) }
  try makeFolder(of: path)
  try replaceFile(path, failing: failing) { aside throws(Diagnostic) in
    let file = open(aside, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard file >= 0 else { throw .cannotWrite(path, systemError()) }
    defer { close(file) }
    var failure: Int32 = 0
    body { piece in
      var rest = piece
      while failure == 0, !rest.isEmpty {
        let count = Foundation.write(file, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { failure = errno } else { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
      }
    }
    guard failure == 0 else { throw .cannotWrite(path, String(cString: strerror(failure))) }
  }
}

extension Diagnostic {
  /// E0905: a file of a run that cannot be written.
  static func cannotWrite(_ path: String, _ error: any Error) -> Diagnostic {
    // Foundation wraps the system's reason in words that say nothing.
    let system = error as? POSIXError ?? (error as? CocoaError)?.underlying as? POSIXError
    let reason =
      system.map { String(cString: strerror($0.code.rawValue)) } ?? "\(error.localizedDescription)"
    return cannotWrite(path, reason)
  }

  /// E0905 with the system's reason.
  fileprivate static func cannotWrite(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0905", "'\(path)' cannot be written: \(reason.lowercased())",
      help: "free some room or check the permissions of the folder; what was logged so far is kept")
  }
}

/// Makes the folder that a file is in.
func makeFolder(of path: String) throws(Diagnostic) {
  do {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  } catch {
    throw .cannotWrite(path, error)
  }
}
