public import Config
public import Diagnostics
import RunEvents

/// Writes what is logged for TensorBoard while the training runs.
///
/// Keras: `keras.callbacks.TensorBoard`: one event file for training and one for validation, values of epochs as
/// `epoch_loss` with epochs from 0 as steps, those of batches as `batch_loss` by the optimizer's steps. The files have no
/// times in them, so that the same run writes the same bytes; `runexp export --to tensorboard` has them.
public struct TensorBoard: Callback {
  public var logDir = "logs"
  public var histogramFreq = 0
  public var writeGraph = true
  public var writeImages = false
  public var writeStepsPerSecond = false
  public var updateFreq = UpdateFrequency.epoch
  public var profileBatch = 0
  public var embeddingsFreq = 0
  public var embeddingsMetadata: String?

  /// What batches logged so far.
  private var batches: [(step: Int, logs: Logs)] = []

  public init() {}

  public static let schema = Schema(
    "TensorBoard", "Writes what is logged for TensorBoard while the training runs.", prototype: Self(),
    Field("log_dir", \.logDir, "The folder of the event files, below the run's.", check: belowFolder),
    Field("histogram_freq", \.histogramFreq, "0; 'plot: weights' and 'plot: activations' show what it would.")
    {
      $0 == 0 ? nil : "must be 0 here: 'plot: weights' and 'plot: activations' show them"
    },
    Field("write_graph", \.writeGraph, "Without effect; 'plot: model_graph' draws the model."),
    Field("write_images", \.writeImages, "false; 'plot: weights' shows kernels as pictures.") {
      $0 ? "must be false here: 'plot: weights' shows kernels as pictures" : nil
    },
    Field(
      "write_steps_per_second", \.writeStepsPerSecond, "false; times are in the run's log, and in no file."
    ) { $0 ? "must be false here: the times of epochs are in the run's log" : nil },
    Field("update_freq", \.updateFreq, "epoch, batch, or after how many batches values are written, too."),
    Field("profile_batch", \.profileBatch, "0; there is no profile for TensorBoard.") {
      $0 == 0 ? nil : "must be 0 here"
    },
    Field("embeddings_freq", \.embeddingsFreq, "0; embeddings are in the saved model.") {
      $0 == 0 ? nil : "must be 0 here: embeddings are in the saved model"
    },
    Field("embeddings_metadata", \.embeddingsMetadata, "Nothing; embeddings are in the saved model.") {
      $0 == nil ? nil : "must be left out here"
    })

  public var batchPeriod: Int? { updateFreq.batches }
  public var files: [String] { [path("train"), path("validation")] }

  public var memory: ConfigNode {
    get {
      .init(
        .list(
          batches.map { batch in
            [
              "step": batch.step.config, "names": .init(.list(batch.logs.map(\.name.config))),
              "values": .init(.list(batch.logs.map { String($0.value).config })),
            ]
          }))
    }
    set {
      batches = (newValue.list ?? []).map { node in
        let names = (node["names"]?.list ?? []).compactMap(\.string)
        let values = (node["values"]?.list ?? []).compactMap { $0.string.flatMap(Double.init) }
        return (
          (node["step"].flatMap { try? Int(config: $0) }) ?? 0, zip(names, values).map { ($0, $1) }
        )
      }
    }
  }

  public mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    switch event {
    case .began: batches = []
    case .batchesLogged(_, _, let logs): batches.append((control.iterations, logs))
    case .epochEnded: try write(control)
    default: break
    }
  }

  private func write(_ control: TrainingControl) throws {
    var (train, validation) = (EventRecords(wallTime: 0), EventRecords(wallTime: 0))
    for (step, logs) in batches {
      for (name, value) in logs { train.add(value, tag: "batch_" + name, step: step, wallTime: 0) }
    }
    var isValidated = false
    for (i, logs) in control.history.enumerated() {
      for (name, value) in logs where !name.hasPrefix(GradientNorms.prefix) {
        let step = control.firstEpoch + i
        if name.hasPrefix("val_") {
          isValidated = true
          validation.add(value, tag: "epoch_" + name.strippingPrefix("val_"), step: step, wallTime: 0)
        } else {
          train.add(value, tag: "epoch_" + name, step: step, wallTime: 0)
        }
      }
    }
    try control.outlet.write(train.bytes, path("train"))
    if isValidated { try control.outlet.write(validation.bytes, path("validation")) }
  }

  private func path(_ part: String) -> String { "\(logDir)/\(part)/events.out.tfevents.0000000000.runexp" }
}

/// When TensorBoard is given values: after epochs, or after batches, too.
public enum UpdateFrequency: ConfigConvertible, Sendable, Equatable {
  case epoch
  /// After so many batches.
  case batches(Int)

  public static var expectation: String { "epoch, batch or a number of batches" }
  public static var jsonSchema: ConfigNode {
    ["anyOf": [["enum": ["epoch", "batch"]], ["type": "integer", "minimum": 1]]]
  }

  public init(config: ConfigNode) throws(Diagnostic) {
    switch config.content {
    case .string("epoch"): self = .epoch
    case .string("batch"): self = .batches(1)
    case .string(let word):
      throw .unknownWord(word, in: ["epoch", "batch"], at: config.span, what: "frequency")
    default:
      let count = try Int(config: config)
      guard (1...1_000_000_000).contains(count) else { throw .mismatch(config, Self.expectation) }
      self = .batches(count)
    }
  }

  public var config: ConfigNode {
    switch self {
    case .epoch: "epoch"
    case .batches(1): "batch"
    case .batches(let count): count.config
    }
  }

  var batches: Int? { if case .batches(let count) = self { count } else { nil } }
}
