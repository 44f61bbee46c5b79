/// A right experiment over every kind of cell; wrong ones are made from it by a change.
package let goodExperiment = """
  experiment: flowers
  title: Iris
  seed: 1
  params:
    rate: 0.1
    epochs: 2
  cells:
    - text: |
        Learning rate {{ rate }}.
    - data: iris
      source: iris
      split: {validation: 30, test: 30}
    - show: iris.train
      count: 4
    - model: m
      input: [4]
      layers:
        - Dense: {units: 8, activation: relu}
        - Dense: {units: 3, activation: softmax}
    - train: m
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: {SGD: {learning_rate: $rate}}
      metrics: [accuracy]
      callbacks:
        - EarlyStopping: {patience: 3}
      epochs: $epochs
    - plot: learning_curves
      of: m
    - evaluate: m
      data: iris.test
    - plot: confusion_matrix
      of: m
      data: iris.test
    - check:
        - test.accuracy >= 0.5
    - save: m

  """
