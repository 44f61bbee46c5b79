import Config
import Diagnostics
import Foundation

@testable import ExpLanguage

let cellKinds = [
  "text", "data", "show", "layer", "function", "model", "load", "train", "evaluate", "predict", "plot",
  "table", "check",
  "save",
]

/// One text read as YAML.
struct Reading {
  var sources = SourceFiles()
  var file: Int32 = 0
  var bag = DiagnosticBag()
  var node: ConfigNode?

  init(_ text: String) {
    file = sources.add(path: "a.exp", text: text)
    node = readYAML(file, in: sources, into: &bag)
  }

  /// The text a span covers.
  func text(_ span: SourceSpan?) -> String? {
    span.map { String(decoding: sources.bytes($0), as: UTF8.self) }
  }
}

func read(_ text: String) -> ConfigNode? { Reading(text).node.map(bare) }

/// The value without the places it was written at.
func bare(_ node: ConfigNode) -> ConfigNode {
  switch node.content {
  case .list(let items): ConfigNode(.list(items.map(bare)))
  case .map(let entries): ConfigNode(.map(entries.map { .init($0.key, bare($0.value)) }))
  default: ConfigNode(node.content)
  }
}

/// Everything said about an experiment: reading, parameters, substitution.
func diagnose(_ text: String, overrides: [String] = []) -> String {
  var sources = SourceFiles()
  var bag = DiagnosticBag()
  let file = sources.add(path: "a.exp", text: text)
  var values: [ParameterOverride] = []
  for override in overrides {
    if let value = bag.collect({ () throws(Diagnostic) in
      try ParameterOverride(parsing: override, in: &sources)
    }) {
      values.append(value)
    }
  }
  if let syntax = ExperimentSyntax(reading: file, in: sources, cellKeywords: cellKinds, into: &bag) {
    let parameters = Parameters.resolve(syntax.params, overrides: values, in: sources, into: &bag)
    _ = syntax.substituting(parameters, in: sources, into: &bag)
  }
  return TextRenderer(sources.map).render(bag.all)
}

let goodExperiment = """
  experiment: mlp                   # the runs are mlp-1, mlp-2
  title: Fashion-MNIST with a multilayer perceptron
  seed: 42

  params:
    learning_rate: 0.01
    epochs: 30
    units: [300, 100]

  cells:
    - text: |
        # Classifying clothes
        Two hidden layers, plain SGD at learning rate {{ learning_rate }}.

    - data: fashion
      source: fashion-mnist
      scale: $(1 / 255)
      split: {validation: 5000}

    - model: mlp
      input: [28, 28]
      layers:
        - Flatten
        - Dense: {units: "300", activation: 'relu'}
        - Dense: {units: 10, activation: softmax}

    - train: mlp
      data: fashion
      optimizer: {SGD: {learning_rate: $learning_rate}}
      epochs: $epochs
      callbacks:
        - EarlyStopping: {patience: 10, restore_best_weights: true}

    - check:
        - test.accuracy >= 0.87

  """
