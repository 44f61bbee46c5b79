public import Config
public import Diagnostics
import Foundation

/// Saves the model at the end of every epoch, of every better one, or after so many batches.
///
/// Keras: `keras.callbacks.ModelCheckpoint`.
///
/// `{epoch}` in the path is the number of the epoch, from 1, and may be padded: `{epoch:02d}`; `{batch}` that of the
/// batch where batches are counted; the name of a value in the logs is that value: `{val_loss:.2f}`.
public struct ModelCheckpoint: Callback {
  public var filepath = "checkpoints/{epoch:02d}.h5"
  public var monitor = "val_loss"
  public var verbose = 0
  public var saveBestOnly = false
  public var saveWeightsOnly = false
  public var mode = MonitorMode.auto
  public var saveFreq = CheckpointFrequency.epoch
  public var initialValueThreshold: Double?
  private var best: Double?

  public init() {}

  public static let schema = Schema(
    "ModelCheckpoint", "Saves the model at the end of every epoch, or of every better one.",
    prototype: Self(),
    Field(
      "filepath", \.filepath,
      "Where, below the run's folder: .h5, .keras or .weights.h5; {epoch} is the epoch, {val_loss:.2f} a value."
    ) {
      $0.hasSuffix(".h5") || $0.hasSuffix(".keras") ? belowFolder($0) : "must end in .h5 or .keras"
    },
    Field("monitor", \.monitor, "What decides which epoch is better."),
    verboseField(\.verbose),
    Field("save_best_only", \.saveBestOnly, "Whether only epochs better than all before are saved."),
    Field("save_weights_only", \.saveWeightsOnly, "Whether the weights alone are saved, as .weights.h5."),
    Field("mode", \.mode, "Whether smaller (min) or larger (max) is better; auto goes by the metric."),
    Field("save_freq", \.saveFreq, "epoch, or after how many batches.") {
      $0 == .auto ? "must be epoch or a number of batches" : nil
    },
    Field("initial_value_threshold", \.initialValueThreshold, "A value to get better than from the start."))

  public var neededLog: String? { saveBestOnly ? monitor : nil }
  public var files: [String] { [filepath] }
  public var batchPeriod: Int? { if case .steps(let count) = saveFreq { count } else { nil } }

  public func contradiction(at span: SourceSpan?) -> Diagnostic? {
    if saveWeightsOnly != filepath.hasSuffix(".weights.h5") {
      return .contradiction(
        saveWeightsOnly
          ? "weights alone are saved in a .weights.h5 file, not in '\(filepath)'"
          : "a .weights.h5 file holds the weights alone",
        at: span,
        help: saveWeightsOnly
          ? "write 'filepath: NAME.weights.h5', as Keras does"
          : "add 'save_weights_only: true', or end the path in .h5 or .keras")
    }
    if saveBestOnly && batchPeriod != nil && monitor.hasPrefix("val_") {
      return .contradiction(
        "'\(monitor)' is not known between batches", at: span,
        help: "watch 'loss', or leave out 'save_freq' to save after epochs")
    }
    return nil
  }

  public var memory: ConfigNode {
    get { ["best": best.config] }
    set { best = newValue["best"].flatMap { try? Double?(config: $0) } ?? nil }
  }

  public mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    switch event {
    case .began: best = initialValueThreshold
    case .epochEnded(let epoch, let logs) where batchPeriod == nil: try save(epoch: epoch, logs, control)
    case .batchesLogged(let epoch, let batch, let logs): try save(epoch: epoch, batch: batch, logs, control)
    default: break
    }
  }

  private mutating func save(epoch: Int, batch: Int? = nil, _ logs: Logs, _ control: TrainingControl) throws {
    if saveBestOnly {
      guard let value = logs[monitor], !value.isNaN else { return }
      if let best, !MonitorMode.isBetter(value, than: best, by: 0, grows: control.grows(monitor, mode)) {
        return
      }
      best = value
    }
    let path = path(epoch: epoch + 1, batch: batch.map { $0 + 1 }, logs)
    try control.outlet.save(path)
    if verbose > 0 { try control.outlet.say("epoch \(epoch + 1): saved \(path)") }
  }

  /// The names of logged values in the path.
  public var namesInPath: [String] {
    filepath.split(separator: "{").dropFirst().compactMap { part in
      guard let close = part.firstIndex(of: "}") else { return nil }
      let name = String(part[..<close].prefix { $0 != ":" })
      return name == "epoch" || (name == "batch" && batchPeriod != nil) ? nil : name
    }
  }

  /// Fills in what stands in braces.
  ///
  /// What is no name of a value stays as it is.
  func path(epoch: Int, batch: Int? = nil, _ logs: Logs) -> String {
    var (path, rest) = ("", filepath[...])
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let words = rest[rest.index(after: open)..<close].split(separator: ":", maxSplits: 1)
      let value = Self.text(
        of: words.first ?? "", as: words.dropFirst().first ?? "", ["epoch": epoch, "batch": batch], logs)
      path += rest[..<open] + (value ?? String(rest[open...close]))
      rest = rest[rest.index(after: close)...]
    }
    return path + rest
  }

  /// A value as Python formats it: `02d` pads a whole number, `.2f` rounds a fraction.
  private static func text(
    of name: Substring, as format: Substring, _ numbers: [String: Int?], _ logs: Logs
  ) -> String? {
    if let number = numbers[String(name)] ?? nil {
      let digits = String(number)
      let width = min(20, Int(format.filter(\.isNumber)) ?? 0)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    guard let value = logs[String(name)] else { return nil }
    guard let places = format.split(separator: ".").last.flatMap({ Int($0.filter(\.isNumber)) }) else {
      return "\(value)"
    }
    return String(format: "%.\(min(20, places))f", value)
  }
}

extension Diagnostic {
  /// E0382: settings of a callback that do not fit each other.
  static func contradiction(_ message: String, at span: SourceSpan?, help: String) -> Diagnostic {
    Diagnostic("E0382", message, at: span.map { .init($0, "in this callback") }, help: help)
  }
}
