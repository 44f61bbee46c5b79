import Foundation

/// The good experiment with one piece of it replaced.
package struct WrongExperiment: Sendable {
  package var name: String
  var changes: [(old: String, new: String)]
  package var overrides: [String] = []
  package var files: [WrongFile] = []
  /// The right experiment.
  var base: String

  init(_ name: String, _ old: String, _ new: String, in base: String = goodExperiment) {
    self.name = name
    self.base = base
    changes = []
    self = and(old, new)
  }

  func and(_ old: String, _ new: String) -> WrongExperiment {
    var copy = self
    // The good experiment lost the indentation of the source it stands in; so do the changes.
    copy.changes.append(
      (old.replacingOccurrences(of: "\n  ", with: "\n"), new.replacingOccurrences(of: "\n  ", with: "\n")))
    return copy
  }

  func with(_ name: String, _ text: String) -> WrongExperiment {
    var copy = self
    copy.files.append(WrongFile(name: name, content: .text(text)))
    return copy
  }

  /// - Parameter fixture: a committed model file.
  func with(_ name: String, fixture: String) -> WrongExperiment {
    var copy = self
    copy.files.append(WrongFile(name: name, content: .fixture(fixture)))
    return copy
  }

  /// The start of the last file.
  func keeping(_ count: Int) -> WrongExperiment {
    var copy = self
    if let last = files.indices.last { copy.files[last].length = count }
    return copy
  }

  /// The last file with a piece replaced by one of the same length, everywhere.
  func replacing(_ old: String, _ new: String) -> WrongExperiment {
    var copy = self
    if let last = files.indices.last { copy.files[last].change = (old, new) }
    return copy
  }

  func with(override: String) -> WrongExperiment {
    var copy = self
    copy.overrides.append(override)
    return copy
  }

  package var text: String {
    changes.reduce(base) { text, change in
      let first = text.range(of: change.old)
      return first.map { text.replacingCharacters(in: $0, with: change.new) } ?? ""
    }
  }

  package static let all =
    header + parameters + cells + layers + trainings + figures + plots + results + data + several
    + callbacks + graphs + perOutput + bodies + signatures + parts + modelFiles + starts
    + states + habits + tables + bounds + newerLayers

  static let header = [
    WrongExperiment("a misspelt key of the header", "seed: 1", "sed: 1"),
    WrongExperiment("an unknown key of the header", "seed: 1", "sweep: {trials: 3}"),
    WrongExperiment("a cell in the header", "seed: 1", "model: m"),
    WrongExperiment("a seed that is a text", "seed: 1", "seed: one"),
    WrongExperiment("a negative seed", "seed: 1", "seed: -1"),
    WrongExperiment("a name that is no folder", "experiment: flowers", "experiment: my flowers/1"),
    WrongExperiment("a misspelt 'cells'", "cells:", "cels:"),
    WrongExperiment("a misspelt 'params'", "params:", "parms:"),
  ]

  static let parameters = [
    WrongExperiment("a parameter that is not there", "$epochs", "$epoch"),
    WrongExperiment("a parameter that is a mapping", "rate: 0.1", "rate: {value: 0.1}"),
    WrongExperiment("a parameter of the wrong kind", "epochs: 2", "epochs: many"),
    WrongExperiment("a parameter out of range", "rate: 0.1", "rate: -0.1"),
    WrongExperiment("an override of nothing", "seed: 1", "seed: 2").with(override: "epoch=3"),
    WrongExperiment("an override that is no assignment", "seed: 1", "seed: 2").with(override: "epochs 3"),
    WrongExperiment("an override of another kind", "seed: 1", "seed: 2").with(override: "epochs=many"),
    WrongExperiment("an expression without an end", "epochs: $epochs", "epochs: $(2 * epochs"),
  ]

  static let cells = [
    WrongExperiment("an unknown kind of cell", "- data: iris", "- dta: iris"),
    WrongExperiment("a misspelt training", "- train: m", "- trian: m"),
    WrongExperiment(
      "settings before the kind", "- evaluate: m\n      data: iris.test", "- batch_size: 5\n      evaluate: m"
    ),
    WrongExperiment("a model without a name", "- model: m", "- model:"),
    WrongExperiment("a model whose name is a number", "- model: m", "- model: 3"),
    WrongExperiment("a name with a blank", "- model: m", "- model: my model"),
    WrongExperiment(
      "a training above its model", "- model: m\n",
      "- train: m\n      data: iris\n      loss: mse\n      optimizer: sgd\n    - model: m\n"),
    WrongExperiment(
      "a repeated name", "- show: iris.train\n      count: 4",
      "- model: iris\n      input: [4]\n      layers: [Flatten]"),
    WrongExperiment("a model that is not there", "- save: m", "- save: mm"),
    WrongExperiment("a data set that is not there", "- show: iris.train", "- show: irs"),
    WrongExperiment("a part that is not there", "data: iris.test", "data: iris.tset"),
    WrongExperiment("a missing test part", "split: {validation: 30, test: 30}", "split: {validation: 30}"),
    WrongExperiment("a setting of no cell", "count: 4", "cuont: 4"),
    WrongExperiment("a setting out of range", "count: 4", "count: 0"),
    WrongExperiment("a setting that is written twice", "count: 4", "count: 4\n      count: 5"),
    WrongExperiment("prose that is a number", "- text: |\n        Learning rate {{ rate }}.", "- text: 3"),
  ]

  static let layers = [
    WrongExperiment("an unknown layer", "- Dense: {units: 8", "- Dens: {units: 8"),
    WrongExperiment("an unknown setting of a layer", "units: 8,", "unit: 8,"),
    WrongExperiment("a missing setting of a layer", "{units: 8, activation: relu}", "{activation: relu}"),
    WrongExperiment("a layer with nothing behind it", "- Dense: {units: 8, activation: relu}", "- Dense:"),
    WrongExperiment(
      "a layer as a word that needs settings", "- Dense: {units: 8, activation: relu}", "- Dense"),
    WrongExperiment(
      "settings beside the layer", "- Dense: {units: 8, activation: relu}", "- Dense:\n          units: 8"),
    WrongExperiment("a setting of the wrong kind", "units: 8", "units: many"),
    WrongExperiment("a setting of a layer out of range", "units: 8", "units: 0"),
    WrongExperiment("an unknown activation", "activation: relu", "activation: rleu"),
    WrongExperiment("an unknown initializer", "activation: relu", "kernel_initializer: he_norml"),
    WrongExperiment("a rate of one", "- Dense: {units: 8, activation: relu}", "- Dropout: {rate: 1.5}"),
    WrongExperiment("two layers with one name", "units: 8,", "units: 8, name: a,").and(
      "units: 3,", "units: 3, name: a,"),
    WrongExperiment(
      "a shape that does not fit", "- Dense: {units: 8",
      "- Reshape: {target_shape: [3, 3]}\n        - Dense: {units: 8"),
    WrongExperiment(
      "no layers",
      "layers:\n        - Dense: {units: 8, activation: relu}\n        - Dense: {units: 3, activation: softmax}",
      "layers: []"),
    WrongExperiment(
      "layers left out",
      "layers:\n        - Dense: {units: 8, activation: relu}\n        - Dense: {units: 3, activation: softmax}\n",
      "\n"),
    WrongExperiment("no input", "input: [4]", ""),
    WrongExperiment("an input of no size", "input: [4]", "input: [0]"),
    WrongExperiment("a misspelt input", "input: [4]", "inputs: [4]"),
    WrongExperiment("weights of an unknown length", "input: [4]", "input: [null]"),
    WrongExperiment("an input of any length for data without it", "input: [4]", "input: [null, 4]")
      .and("- Dense: {units: 8, activation: relu}", "- LSTM: {units: 8}"),
    WrongExperiment("data too short for a window", "source: iris", "source: digits").and(
      "input: [4]", "input: [null, 8]"
    ).and(
      "- Dense: {units: 8, activation: relu}",
      "- Conv1D: {filters: 2, kernel_size: 9}\n        - GlobalAveragePooling1D"),
    WrongExperiment("an input of neither size nor null", "input: [4]", "input: [any, 4]"),
    WrongExperiment("an input twice", "layers:\n", "layers:\n        - Input: {shape: [4]}\n"),
    WrongExperiment("an input that is not the data's", "input: [4]", "input: [5]"),
  ]

  static let trainings = [
    WrongExperiment(
      "an unknown loss", "loss: sparse_categorical_crossentropy", "loss: sparse_categorical_crosentropy"),
    WrongExperiment("a missing loss", "loss: sparse_categorical_crossentropy\n      ", ""),
    WrongExperiment("an unknown optimizer", "{SGD: {", "{SDG: {"),
    WrongExperiment("an unknown setting of an optimizer", "{learning_rate: $rate}", "{lr: $rate}"),
    WrongExperiment(
      "a setting beside the optimizer", "{SGD: {learning_rate: $rate}}", "{SGD: {}, learning_rate: 0.1}"),
    WrongExperiment("an unknown metric", "[accuracy]", "[acuracy]"),
    WrongExperiment("metrics that are a number", "[accuracy]", "3"),
    WrongExperiment("a metric twice", "[accuracy]", "[accuracy, accuracy]"),
    WrongExperiment("an unknown callback", "EarlyStopping", "EarlyStoping"),
    WrongExperiment("an unknown setting of a callback", "{patience: 3}", "{patient: 3}"),
    WrongExperiment("an unknown word of a setting", "{patience: 3}", "{patience: 3, mode: maximum}"),
    WrongExperiment("a monitor that is not logged", "{patience: 3}", "{monitor: val_acuracy}"),
    WrongExperiment("a monitor without validation", "{validation: 30, test: 30}", "{test: 30}"),
    WrongExperiment(
      "a monitor with validation refused", "epochs: $epochs", "epochs: 2\n      validation: false"),
    WrongExperiment(
      "a checkpoint that is no .h5", "EarlyStopping: {patience: 3}", "ModelCheckpoint: {filepath: best.pt}"
    ),
    WrongExperiment(
      "a checkpoint elsewhere", "EarlyStopping: {patience: 3}", "ModelCheckpoint: {filepath: ../best.h5}"),
    WrongExperiment("no epochs", "epochs: $epochs", "epochs: 0"),
    WrongExperiment("nothing to train", "epochs: $epochs", "epochs: 3\n      initial_epoch: 3"),
    WrongExperiment("a batch of nothing", "epochs: $epochs", "batch_size: 0"),
    WrongExperiment(
      "labels for a loss that wants one-hot", "loss: sparse_categorical_crossentropy",
      "loss: categorical_crossentropy"),
    WrongExperiment(
      "one-hot targets for a loss that wants labels", "split:", "one_hot: [species]\n      split:"),
    WrongExperiment("labels for a loss over numbers", "loss: sparse_categorical_crossentropy", "loss: mse"),
    WrongExperiment("numbers for a loss that wants labels", "source: iris", "csv: n.csv\n      target: y")
      .with("n.csv", numbers),
    WrongExperiment("a wrong number of outputs", "source: iris", "csv: n.csv\n      target: y").with(
      "n.csv", numbers
    )
    .and("loss: sparse_categorical_crossentropy", "loss: mse"),
    WrongExperiment("too few outputs", "units: 3", "units: 2"),
    WrongExperiment(
      "three classes for yes or no", "units: 3, activation: softmax", "units: 1, activation: sigmoid"
    )
    .and("loss: sparse_categorical_crossentropy", "loss: binary_crossentropy"),
    WrongExperiment("a missing Flatten", "source: iris", "source: digits").and("input: [4]", "input: [8, 8]"),
    WrongExperiment("a metric that does not fit", "[accuracy]", "[categorical_accuracy]"),
  ]

  static let figures = [
    WrongExperiment("an unknown figure", "- plot: learning_curves", "- plot: learning_curve"),
    WrongExperiment("a figure of nothing", "- plot: learning_curves\n      of: m", "- plot: learning_curves"),
    WrongExperiment(
      "a confusion matrix without data", "of: m\n      data: iris.test\n    - check", "of: m\n    - check"),
    WrongExperiment(
      "a figure twice", "- evaluate: m", "- plot: learning_curves\n      of: m\n    - evaluate: m"),
    WrongExperiment(
      "a name of a figure that is a path", "of: m\n    - evaluate", "of: m\n      file: a/b\n    - evaluate"),
    WrongExperiment(
      "two cells that write one file", "- save: m", "- save: m\n    - save: m\n      file: ./m.h5"),
    WrongExperiment("a model saved elsewhere", "- save: m", "- save: m\n      file: /tmp/m.h5"),
    WrongExperiment("a model saved in another format", "- save: m", "- save: m\n      file: m.onnx"),
  ]

  static let results = [
    WrongExperiment(
      "an evaluation before the training", "- train: m",
      "- evaluate: m\n      data: iris.validation\n    - train: m"),
    WrongExperiment("an evaluation twice", "- check:", "- evaluate: m\n      data: iris.test\n    - check:"),
    WrongExperiment("an unknown result", "- test.accuracy >= 0.5", "- test.acuracy >= 0.5"),
    WrongExperiment(
      "a result before it is there", "Learning rate {{ rate }}.", "Accuracy {{ test.accuracy }}."),
    WrongExperiment("an expectation that expects nothing", "- test.accuracy >= 0.5", "- test.accuracy"),
    WrongExperiment("an expectation that is a mapping", "- test.accuracy >= 0.5", "- test.accuracy: 0.5"),
    WrongExperiment("an expression that is none", "- test.accuracy >= 0.5", "- test.accuracy >="),
    WrongExperiment("an unknown name in prose", "{{ rate }}", "{{ rat }}"),
    WrongExperiment("braces that stay open", "{{ rate }}", "{{ rate }"),
    WrongExperiment("no expectations", "- check:\n        - test.accuracy >= 0.5", "- check: []"),
  ]

  static let data = [
    WrongExperiment("an unknown data set", "source: iris", "source: irs"),
    WrongExperiment("a data set from nowhere", "source: iris\n      ", ""),
    WrongExperiment("a data set from two places", "source: iris", "source: iris\n      csv: n.csv").with(
      "n.csv", numbers),
    WrongExperiment("a table that is not there", "source: iris", "csv: flowers.csv\n      target: species"),
    WrongExperiment("a table without its target", "source: iris", "csv: n.csv\n      target: z").with(
      "n.csv", numbers),
    WrongExperiment("a table with a torn line", "source: iris", "csv: n.csv\n      target: y")
      .with("n.csv", "a,b,c,d,y\n1,2,3,4,5\n1,2,3\n"),
    WrongExperiment("a table with a word among numbers", "source: iris", "csv: n.csv\n      target: y")
      .with("n.csv", "a,b,c,d,y\n1,2,3,4,5\n1,2,x3,4,5\n"),
    WrongExperiment("IDX files that are none", "source: iris", "idx: {train: {images: i.idx, labels: l.idx}}")
      .with("i.idx", "hello").with("l.idx", "hello"),
    WrongExperiment("a split that takes all", "{validation: 30, test: 30}", "{validation: 100, test: 50}"),
    WrongExperiment(
      "a split that cannot be counted", "{validation: 30, test: 30}",
      "{validation: 9223372036854775807, test: 30}"),
    WrongExperiment("a split into unknown parts", "{validation: 30, test: 30}", "{validaton: 30, test: 30}"),
  ]

  static let several = [
    WrongExperiment("several mistakes in one file", "seed: 1", "sed: 1").and("source: iris", "source: irs")
      .and("units: 8", "units: -8").and("loss: sparse_categorical_crossentropy", "loss: sparse").and(
        "{SGD: {", "{SDG: {"
      )
      .and("- EarlyStopping: {patience: 3}", "- EarlyStopping: {patience: -3}").and("of: m", "off: m")
      .and("data: iris.test", "data: iris.test\n      batch_size: 0"),
    WrongExperiment(
      "several mistakes in one cell", "count: 4", "count: 0\n      columns: wide\n      color: red"),
    WrongExperiment("a broken data set and what uses it", "source: iris", "source: irs").and(
      "- save: m", "- save: mm"),
  ]

  private static let numbers = "a,b,c,d,y\n" + (1...100).map { "\($0),2,3,\($0 % 7),\($0 * 2).5\n" }.joined()
}
