extension WrongExperiment {
  private static func callback(_ name: String, _ callback: String) -> WrongExperiment {
    WrongExperiment(name, "EarlyStopping: {patience: 3}", callback)
  }

  /// The optimizer's rate follows a schedule.
  private static let schedule =
    "{ExponentialDecay: {initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.9}}"

  /// Callbacks that cannot do what they are there for, and weights of classes.
  static let callbacks = [
    callback("a callback of Keras's own works", "ProgbarLogger"),
    callback("a callback that is Python", "LambdaCallback: {on_epoch_end: print}"),
    callback("a rate that a schedule sets already", "ReduceLROnPlateau: {factor: 0.5}")
      .and("{learning_rate: $rate}", "{learning_rate: \(schedule)}"),
    callback("a factor that makes the rate larger", "ReduceLROnPlateau: {factor: 1.5}"),
    callback("a scheduler without a schedule", "LearningRateScheduler: {verbose: 1}"),
    callback("a schedule with an unknown name", "LearningRateScheduler: {schedule: rate * 0.5}"),
    callback("a schedule that is no expression", "LearningRateScheduler: {schedule: lr *}"),
    callback("a schedule that gives no rate", "LearningRateScheduler: {schedule: lr - 0.1}"),
    callback("a schedule that gives a text", "LearningRateScheduler: {schedule: \"'fast'\"}"),
    callback("a rate that falls below 0 in time", "LearningRateScheduler: {schedule: lr - 0.06}"),
    callback("weights alone in a model file", "ModelCheckpoint: {filepath: a.h5, save_weights_only: true}"),
    callback("a model in a file of weights", "ModelCheckpoint: {filepath: a.weights.h5}"),
    callback(
      "the best of the validation between batches",
      "ModelCheckpoint: {filepath: a.h5, save_best_only: true, save_freq: 10}"),
    callback("a table elsewhere", "CSVLogger: {filename: /tmp/log.csv}"),
    callback("a table without a place", "CSVLogger"),
    callback("a separator of two letters", "CSVLogger: {filename: log.csv, separator: \", \"}"),
    callback("histograms for TensorBoard", "TensorBoard: {histogram_freq: 1}"),
    callback("an unknown frequency", "TensorBoard: {update_freq: epochs}"),
    callback("two frequencies of checkpoints", "BackupAndRestore: {save_freq: 10}")
      .and("data: iris\n      loss", "data: iris\n      checkpoint: epoch\n      loss"),
    WrongExperiment("a weight of no class", "metrics: [accuracy]", "class_weight: {virginca: 2}"),
    WrongExperiment("a weight of a fourth class", "metrics: [accuracy]", "class_weight: {3: 2}"),
    WrongExperiment("a negative weight", "metrics: [accuracy]", "class_weight: {0: -1}"),
    WrongExperiment("weights that are a list", "metrics: [accuracy]", "class_weight: [1, 2, 3]"),
    WrongExperiment(
      "a weighted metric twice", "metrics: [accuracy]", "weighted_metrics: [accuracy, accuracy]"),
    WrongExperiment("an unknown weighted metric", "metrics: [accuracy]", "weighted_metrics: [acuracy]"),
  ]
}
