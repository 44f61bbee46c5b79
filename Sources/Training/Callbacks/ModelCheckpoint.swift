public import Config

/// Saves the model at the end of every epoch, or of every better one. Keras: `keras.callbacks.ModelCheckpoint`.
///
/// `{epoch}` in the path is the number of the epoch, from 1, and may be padded: `{epoch:02d}`.
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
    Field("filepath", \.filepath, "Where, below the run's folder; {epoch} is the number of the epoch.") {
      if !$0.hasSuffix(".h5") { return "must end in .h5" }
      if $0.hasPrefix("/") || $0.split(separator: "/").contains("..") {
        return "must lie below the run's folder"
      }
      // Keras also fills in metrics; a name that changes with them would leave files nobody can count on.
      return $0.replacing(/\{epoch(:0?\d+d?)?\}/, with: "", maxReplacements: 1).contains { "{}".contains($0) }
        ? "may hold {epoch} or {epoch:02d} once, and no other braces" : nil
    },
    Field("monitor", \.monitor, "What decides which epoch is better."),
    Field("save_best_only", \.saveBestOnly, "Whether only epochs better than all before are saved."),
    Field("mode", \.mode, "Whether smaller (min) or larger (max) is better; auto goes by the name."),
    Field("initial_value_threshold", \.initialValueThreshold, "A value to get better than from the start."))

  public var neededLog: String? { saveBestOnly ? monitor : nil }

  public mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    if case .began = event { best = initialValueThreshold }
    guard case .epochEnded(let epoch, let logs) = event else { return }
    if saveBestOnly {
      guard let value = logs.first(where: { $0.name == monitor })?.value, !value.isNaN else { return }
      if let best, mode.grows(monitor) ? value <= best : value >= best { return }
      best = value
    }
    try control.save(path(epoch: epoch + 1))
  }

  /// Fills in the number of the epoch.
  func path(epoch: Int) -> String {
    guard let open = filepath.firstIndex(of: "{"), let close = filepath.firstIndex(of: "}") else {
      return filepath
    }
    let inside = filepath[filepath.index(after: open)..<close]
    let width = inside.split(separator: ":").dropFirst().first.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    let digits = String(epoch)
    let padded = String(repeating: "0", count: max(0, width - digits.count)) + digits
    return filepath[..<open] + padded + filepath[filepath.index(after: close)...]
  }
}
