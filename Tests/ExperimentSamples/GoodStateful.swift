/// A right experiment whose layers keep their states from batch to batch, in a list, a graph and a body; wrong ones are
/// made from it by a change.
package let goodStateful = """
  experiment: stateful
  seed: 1
  cells:
    - data: iris
      source: iris
      shape: [4, 1]
      split: {validation: 30, test: 30}
    - model: list
      input: [4, 1]
      batch_size: 15
      layers:
        - LSTM: {units: 3, stateful: true, return_sequences: true}
        - Bidirectional: {layer: {GRU: {units: 2, stateful: true}}}
        - Dense: {units: 3, activation: softmax}
    - model: graph
      inputs: {x: {shape: [4, 1], batch_size: 15}}
      layers:
        steps: {GRU: {units: 2, stateful: true, return_state: true}, from: x}
        last: {LSTM: {units: 2, stateful: true}, from: [x, steps.h, steps.h]}
        kind: {Dense: {units: 3, activation: softmax}, from: last}
    - layer: recurrent
      layers:
        rnn: {SimpleRNN: {units: 3, stateful: true}}
      call: return rnn(inputs)
    - model: by_hand
      input: [4, 1]
      batch_size: 15
      layers:
        own: {recurrent: {}}
        list: {model: list}
        kind: {Dense: {units: 3, activation: softmax}}
      call: |
        z = concatenate([own(inputs), own(inputs), list(inputs)])
        return kind(z)
    - train: list
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: adam
      shuffle: false
      callbacks:
        - ResetStates
    - train: graph
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: adam
      shuffle: false
      batch_size: 15
    - train: by_hand
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: adam
      shuffle: false
    - evaluate: by_hand
      data: iris.test
      reset_states: true
    - predict: graph
      data: iris.test
    - plot: confusion_matrix
      of: list
      data: iris.test
    - plot: activations
      of: graph
      data: iris.test
    - save: by_hand
    - save: graph

  """

/// Mistakes with states.
extension WrongExperiment {
  private static func states(_ name: String, _ old: String, _ new: String) -> WrongExperiment {
    WrongExperiment(name, old, new, in: goodStateful)
  }

  static let states = [
    states(
      "states without a size of batches", "batch_size: 15\n      layers:\n        - LSTM",
      "layers:\n        - LSTM"),
    states(
      "a size of batches out of range", "batch_size: 15\n      layers:\n        - LSTM",
      "batch_size: 0\n      layers:\n        - LSTM"),
    states("an input whose size of batches is a text", "batch_size: 15}}", "batch_size: all}}"),
    states(
      "inputs with batches of two sizes", "{x: {shape: [4, 1], batch_size: 15}}",
      "{x: {shape: [4, 1], batch_size: 15}, more: {shape: [4, 1], batch_size: 30}}"
    ).and(
      "steps: {GRU: {units: 2, stateful: true, return_state: true}, from: x}",
      "both: {Add: {}, from: [x, more]}\n        steps: {GRU: {units: 2, stateful: true, return_state: true}, from: both}"
    ),
    states(
      "a training with other batches than its states", "batch_size: 15\n    - train: by_hand",
      "batch_size: 30\n    - train: by_hand"),
    states(
      "a training part that leaves a smaller batch", "split: {validation: 30, test: 30}",
      "split: {validation: 30, test: 32}"),
    states(
      "a validation part that leaves a smaller batch", "split: {validation: 30, test: 30}",
      "split: {validation: 20, test: 25}"),
    states("shuffled samples for states", "shuffle: false\n      callbacks", "callbacks"),
    states(
      "samples that are said to be shuffled for states", "shuffle: false\n      batch_size",
      "shuffle: true\n      batch_size"),
    states("an evaluation with other batches than its states", "reset_states: true", "batch_size: 32"),
    states("a misspelt reset of states", "- ResetStates", "- ResetState"),
  ]
}
