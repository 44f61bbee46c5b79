public import Config

/// How often a training is written down, so that it can go on there after it was killed.
///
/// Keras: `keras.callbacks.BackupAndRestore`. A run does this always, as its `train` cell's `checkpoint` says, and
/// `runexp resume` goes on; the callback is another way to say how often.
public struct BackupAndRestore: Callback {
  public var backupDir: String?
  public var saveFreq = CheckpointFrequency.epoch
  public var doubleCheckpoint = false
  public var deleteCheckpoint = true
  public init() {}

  public static let schema = Schema(
    "BackupAndRestore", "Writes the training down, to go on there after it was killed.", prototype: Self(),
    Field(
      "backup_dir", \.backupDir, "Keras's folder for it; a run has its own, checkpoints/, and uses that."),
    Field("save_freq", \.saveFreq, "How often: epoch, or a number of steps."),
    Field(
      "double_checkpoint", \.doubleCheckpoint,
      "Whether Keras keeps the one before; a run does so always."),
    Field(
      "delete_checkpoint", \.deleteCheckpoint,
      "Whether Keras deletes it at the end; a run keeps the last, for other runs to start from."))

  /// Whoever trains asks for ``saveFreq``; there is nothing more to do.
  public func handle(_ event: CallbackEvent, _ control: TrainingControl) {}
}
