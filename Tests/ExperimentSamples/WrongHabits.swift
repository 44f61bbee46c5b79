extension WrongExperiment {
  /// What readers of books and older versions of Keras write, with the way it is written here.
  static let habits = [
    WrongExperiment(
      "a shape at the first layer", "Dense: {units: 8,", "Dense: {input_shape: [4], units: 8,"),
    WrongExperiment(
      "a decay of the learning rate", "{learning_rate: $rate}", "{learning_rate: $rate, decay: 1e-4}"),
    WrongExperiment(
      "a number instead of settings", "Dense: {units: 8, activation: relu}", "Dense: 8"),
    WrongExperiment(
      "a word instead of settings", "Dense: {units: 8, activation: relu}", "Activation: relu"),
    WrongExperiment(
      "a regularizer with a number", "Dense: {units: 8,", "Dense: {kernel_regularizer: {L2: 0.01}, units: 8,"),
    WrongExperiment("a Lambda layer", "Dense: {units: 8, activation: relu}", "Lambda: {function: f}"),
    WrongExperiment("a model in a list of layers", "Dense: {units: 8, activation: relu}", "model: encoder"),
    WrongExperiment(
      "a repeated layer in a list", "Dense: {units: 8, activation: relu}",
      "{Dense: {units: 8, activation: relu}, repeat: 2}"),
    WrongExperiment(
      "a schedule of several lines", "EarlyStopping: {patience: 3}",
      "LearningRateScheduler: {schedule: \"if epoch < 5: 0.1\"}"),
    WrongExperiment(
      "the old name of a metric", "EarlyStopping: {patience: 3}", "EarlyStopping: {monitor: val_acc}"),
    WrongExperiment(
      "a metric of validation that is not computed", "EarlyStopping: {patience: 3}",
      "EarlyStopping: {monitor: val_f1}"),
    WrongExperiment(
      "an unknown value in a file name", "EarlyStopping: {patience: 3}",
      "ModelCheckpoint: {filepath: \"w-{epoch}-{val_acc}.h5\"}"),
    WrongExperiment(
      "a batch in the name of a file an epoch", "EarlyStopping: {patience: 3}",
      "ModelCheckpoint: {filepath: \"w-{epoch}-{batch}.h5\"}"),
    WrongExperiment("a parameter in a body", "return x * factor", "return x * rate", in: goodScript),
    WrongExperiment(
      "an input of an unknown type", "input: [4]\n      layers:\n        first",
      "inputs: {inputs: {shape: [4], dtype: float16}}\n      layers:\n        first", in: goodScript),
  ]
}
