public import Config
public import Diagnostics

/// How often a training is written down, so that it can go on there after it was killed.
///
/// Keras: `save_freq` of `keras.callbacks.BackupAndRestore`.
public enum CheckpointFrequency: Equatable, Sendable, ConfigConvertible {
  /// After epochs that took a second, and within long ones every minute; always so seldom that it costs less than a
  /// hundredth of the time.
  case auto
  /// After every epoch.
  case epoch
  /// After so many steps.
  case steps(Int)

  public static var expectation: String { "auto, epoch or a number of steps" }

  public init(config: ConfigNode) throws(Diagnostic) {
    switch config.content {
    case .string("auto"): self = .auto
    case .string("epoch"): self = .epoch
    case .string(let word):
      throw .unknownWord(word, in: ["auto", "epoch"], at: config.span, what: "frequency")
    default:
      let steps = try Int(config: config)
      guard (1...1_000_000_000).contains(steps) else { throw .mismatch(config, Self.expectation) }
      self = .steps(steps)
    }
  }

  public var config: ConfigNode {
    switch self {
    case .auto: "auto"
    case .epoch: "epoch"
    case .steps(let count): count.config
    }
  }

  public static var jsonSchema: ConfigNode {
    ["anyOf": [["enum": ["auto", "epoch"]], ["type": "integer", "minimum": 1]]]
  }
}

/// Says when the next checkpoint is due.
struct CheckpointClock {
  /// Seconds between checkpoints at the ends of epochs, and within an epoch.
  private static let (betweenEpochs, withinEpoch) = (1.0, 60.0)
  /// How much dearer than a checkpoint the training between two must be.
  private static let costFactor = 100.0

  private let frequency: CheckpointFrequency
  private var last: Double
  private var cost = 0.0

  init(_ frequency: CheckpointFrequency, at time: Double) {
    self.frequency = frequency
    last = time
  }

  /// - Parameter steps: of the optimizer, over the whole training.
  func isDue(afterStep steps: Int, at time: Double) -> Bool {
    switch frequency {
    case .auto: time - last >= max(Self.withinEpoch, Self.costFactor * cost)
    case .epoch: false
    case .steps(let count): steps % count == 0
    }
  }

  func isDue(afterEpochAt time: Double) -> Bool {
    switch frequency {
    case .auto: time - last >= max(Self.betweenEpochs, Self.costFactor * cost)
    case .epoch: true
    case .steps: false
    }
  }

  mutating func wrote(from start: Double, to end: Double) {
    last = end
    cost = end - start
  }
}
