public import Config
import Foundation

/// Saves the model at the end of every epoch, or of every better one.
///
/// Keras: `keras.callbacks.ModelCheckpoint`.
///
/// `{epoch}` in the path is the number of the epoch, from 1, and may be padded: `{epoch:02d}`; the name of a value
/// in the logs is that value: `{val_loss:.2f}`.
public struct ModelCheckpoint: Callback {
  public var filepath = "checkpoints/{epoch:02d}.h5"
  public var monitor = "val_loss"
  public var saveBestOnly = false
  public var mode = MonitorMode.auto
  public var initialValueThreshold: Double?
  private var best: Double?

  public init() {}

  public static let schema = Schema(
    "ModelCheckpoint", "Saves the model at the end of every epoch, or of every better one.",
    prototype: Self(),
    Field(
      "filepath", \.filepath,
      "Where, below the run's folder; {epoch} is the number of the epoch, {val_loss:.2f} a value."
    ) {
      if !$0.hasSuffix(".h5") { return "must end in .h5" }
      if $0.hasPrefix("/") || $0.split(separator: "/").contains("..") {
        return "must lie below the run's folder"
      }
      return nil
    },
    Field("monitor", \.monitor, "What decides which epoch is better."),
    Field("save_best_only", \.saveBestOnly, "Whether only epochs better than all before are saved."),
    Field("mode", \.mode, "Whether smaller (min) or larger (max) is better; auto goes by the name."),
    Field("initial_value_threshold", \.initialValueThreshold, "A value to get better than from the start."))

  public var neededLog: String? { saveBestOnly ? monitor : nil }

  public var memory: ConfigNode {
    get { ["best": best.config] }
    set { best = newValue["best"].flatMap { try? Double?(config: $0) } ?? nil }
  }

  public mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    if case .began = event { best = initialValueThreshold }
    guard case .epochEnded(let epoch, let logs) = event else { return }
    if saveBestOnly {
      guard let value = logs.first(where: { $0.name == monitor })?.value, !value.isNaN else { return }
      if let best, mode.grows(monitor) ? value <= best : value >= best { return }
      best = value
    }
    try control.save(path(epoch: epoch + 1, logs))
  }

  /// Fills in what stands in braces.
  ///
  /// What is no name of a value stays as it is.
  func path(epoch: Int, _ logs: Logs) -> String {
    var (path, rest) = ("", filepath[...])
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let words = rest[rest.index(after: open)..<close].split(separator: ":", maxSplits: 1)
      let value = Self.text(words.first ?? "", words.dropFirst().first ?? "", epoch: epoch, logs)
      path += rest[..<open] + (value ?? String(rest[open...close]))
      rest = rest[rest.index(after: close)...]
    }
    return path + rest
  }

  /// A value as Python formats it: `02d` pads a whole number, `.2f` rounds a fraction.
  private static func text(_ name: Substring, _ format: Substring, epoch: Int, _ logs: Logs) -> String? {
    if name == "epoch" {
      let digits = String(epoch)
      let width = min(20, Int(format.filter(\.isNumber)) ?? 0)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    guard let value = logs.first(where: { $0.name == name })?.value else { return nil }
    guard let places = format.split(separator: ".").last.flatMap({ Int($0.filter(\.isNumber)) }) else {
      return "\(value)"
    }
    return String(format: "%.\(min(20, places))f", value)
  }
}
