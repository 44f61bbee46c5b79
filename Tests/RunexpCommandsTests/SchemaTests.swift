import Config
import Diagnostics
import ExperimentSamples
import ExpLanguage
import Foundation
import Testing

/// The schema that editors use, and what is described: made from what decodes files.
@Suite struct SchemaTests {
  private static let text = Result { try Workplace().runexp("schema").out }
  private static let schema = Result { try JSONSchemaValidator(root: ConfigNode(json: text.get())) }

  private static let keywords = [
    "text", "data", "show", "layer", "function", "model", "load", "train", "evaluate", "predict", "plot",
    "check",
    "save",
  ]

  /// What an editor makes of a file.
  private func errors(_ text: String) throws -> [String] {
    var (sources, bag) = (SourceFiles(), DiagnosticBag())
    let file = sources.add(path: "x.exp", text: text)
    let syntax = ExperimentSyntax(reading: file, in: sources, cellKeywords: Self.keywords, into: &bag)
    return try Self.schema.get().errors(in: try #require(syntax, "\(bag.all)").config)
  }

  private static let files: [String] = {
    let root = Workplace.repository.path
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
    return all.filter { $0.hasSuffix(".exp") && !$0.hasPrefix(".") && !$0.hasPrefix("reports/") }.sorted()
  }()

  @Test func `every experiment of the repository is accepted`() throws {
    #expect(Self.files.count >= 13)
    for file in Self.files {
      let text = try String(contentsOf: Workplace.repository.appending(path: file), encoding: .utf8)
      #expect(try errors(text) == [], "\(file)")
    }
  }

  @Test(arguments: [goodExperiment, goodGraph, goodScript, goodStateful, digits()])
  func `every right experiment of the tests is accepted`(text: String) throws {
    #expect(try errors(text) == [])
  }

  /// Blocks of YAML in the documentation: whole files, and cells as they stand in one.
  private static let blocks: [(file: String, text: String)] = [
    "experiment-format", "gallery", "call-language",
  ].flatMap {
    name -> [(file: String, text: String)] in
    let file = "docs/\(name).md"
    let text = (try? String(contentsOf: Workplace.repository.appending(path: file), encoding: .utf8)) ?? ""
    return text.matches(of: /```yaml\n([\s\S]*?)```/).map { (file, String($0.1)) }
  }

  @Test func `every experiment of the documentation is accepted`() throws {
    var (count, cells) = (0, 0)
    for (file, text) in Self.blocks {
      if text.contains("\ncells:") || text.hasPrefix("cells:") {
        #expect(try errors(text) == [], "\(file)\n\(text)")
        count += 1
      } else if text.hasPrefix("- ") || text.hasPrefix("  - ") {
        #expect(try errors("experiment: x\ncells:\n" + text) == [], "\(file)\n\(text)")
        cells += 1
      }
    }
    #expect(count >= 1 && cells >= 6, "\(count) \(cells)")
  }

  @Test func `the first experiment of init is accepted`() throws {
    let place = try Workplace()
    try place.runexp("init")
    let file = try #require(try place.files().first { $0.hasSuffix(".exp") })
    #expect(try errors(place.text(file)) == [])
  }

  @Test func `what is documented is accepted`() throws {
    let text = """
      experiment: graph
      resume: {from: first-1, mode: weights}
      title: null
      params: {rate: 0.1}
      cells:
        - data: iris
          source: iris
          fill_missing: null
          split: {test: 0.2}
        - function: my_mse(y_true, y_pred)
          body: return mean(square(y_true - y_pred), axis=-1)
        - layer: scaled
          layers: {hidden: {Dense: {units: $units}}, flat: Flatten}
          call: return hidden(inputs)
        - model: g
          inputs: {tokens: {shape: [null], dtype: int32}}
          layers:
            hidden: {Dense: {units: 8, activation: relu, kernel_regularizer: {L2: {l2: 0.1}}}, from: tokens}
            own: {scaled: {units: 3}, from: hidden}
            again: {layer: hidden, from: own}
            both: {Bidirectional: {layer: {GRU: {units: 8}}}, from: again}
            kind: {Dense: {units: 3, kernel_initializer: he_normal}, from: [own, hidden]}
        - model: m
          input: [null, 3]
          layers:
            - Flatten
            - scaled
            - scaled: {units: 2}
            - {Dense: {units: 3, activation: my_mse, name: top}}
            - {class_name: Dense, config: {units: 3}}
        - train: g
          data: iris
          loss: {kind: sparse_categorical_crossentropy, width: my_mse, other: {Huber: {delta: 2}}}
          optimizer: {SGD: {learning_rate: {CosineDecay: {initial_learning_rate: $rate, decay_steps: 3}}, momentum: 0.9}}
          metrics: {kind: [accuracy, {Precision: {thresholds: [0.2, 0.5]}}], width: mae}
          callbacks: [TerminateOnNaN, {EarlyStopping: {patience: $(2 * 3)}}]
          validation: null
        - train: m
          data: iris
          loss: [mse, my_mse]
          optimizer: sgd
          metrics: null
          weighted_metrics: [[mae], [mse]]
          epochs: $epochs

      """
    #expect(try errors(text) == [])
  }

  @Test(arguments: [
    ("seed: 1", "sed: 1"), ("units: 8", "unitss: 8"), ("optimizer: sgd", "optimizer: sdg"),
    ("optimizer: sgd", "optimizer: {SGD: {rate: 1}}"), ("epochs: 2", "epochs: two"),
    ("epochs: 2", "epoch: 2"),
    ("TerminateOnNaN", "TerminateOnNan"), ("TerminateOnNaN", "EarlyStopping: {patience: few}"),
    ("loss: mse", "loss: {Huber: {dlta: 1}}"), ("units: 8", "units: 8, kernel_initializer: he_norml"),
    ("units: 8", "use_bias: true"), ("mode: weights", "mode: all"), ("    data: iris\n", ""),
  ]) func `a slip is not accepted`(right: String, wrong: String) throws {
    let text = """
      experiment: x
      seed: 1
      resume: {from: x-1, mode: weights}
      cells:
        - data: iris
          source: iris
        - model: m
          input: [4]
          layers: [{Dense: {units: 8}}]
        - train: m
          data: iris
          loss: mse
          optimizer: sgd
          epochs: 2
          callbacks: [TerminateOnNaN]

      """
    #expect(try errors(text) == [])
    #expect(text.contains(right))
    #expect(try !errors(text.replacing(right, with: wrong)).isEmpty)
  }

  @Test func `the schema is small, says each thing once, and refers to what is there`() throws {
    let text = try Self.text.get()
    #expect(text.utf8.count < 200_000, "\(text.utf8.count) bytes")
    let root = try Self.schema.get().root
    let names = Set(root["$defs"]?.entries?.map(\.key) ?? [])
    #expect(names.count == root["$defs"]?.entries?.count)
    let used = Set(text.matches(of: /"\$ref": ?"#\/\$defs\/([^"]+)"/).map { String($0.1) })
    #expect(used.subtracting(names) == [])
    #expect(names.subtracting(used) == [])
  }

  /// A name of each family, and what is said of it.
  @Test(arguments: [
    ("train", "(cell)", "optimizer"), ("Conv2D", "(layer)", "kernel_size"),
    ("swish", "silu (activation)", "sigmoid"),
    ("he_normal", "HeNormal (initializer)", "fan_in"), ("l2", "L2 (regularizer)", "l2"),
    ("MaxNorm", "(constraint)", "max_value"), ("mse", "(loss)", "also written"),
    ("AUC", "(metric)", "num_thresholds"),
    ("Adam", "(optimizer)", "beta_1"), ("CosineDecay", "(schedule)", "decay_steps"),
    ("EarlyStopping", "(callback)", "patience"), ("roc", "(figure)", "classes"), ("bars", "(figure)", "csv"),
  ]) func `something of every family is described`(name: String, heading: String, words: String) throws {
    let outcome = try Workplace().runexp("describe", name)
    #expect(outcome.status == 0 && outcome.out.contains(heading) && outcome.out.contains(words), "\(outcome)")
  }

  @Test func `all families are listed, each with everything that it has`() throws {
    let all = try Workplace().runexp("describe").out
    for heading in [
      "CELLS", "LAYERS", "ACTIVATIONS", "INITIALIZERS", "REGULARIZERS", "CONSTRAINTS", "LOSSES", "METRICS",
      "OPTIMIZERS", "SCHEDULES", "CALLBACKS", "FIGURES",
    ] {
      #expect(all.contains("\n\(heading)\n") || all.hasPrefix("\(heading)\n"), "\(heading)")
    }
    #expect(!all.contains("LOSSS"))
    for line in all.split(separator: "\n") where line.hasPrefix("  ") {
      #expect(line.count > 36, "a member without a summary: \(line)")
    }
    #expect(try Workplace().runexp("describe", "losses").out.hasPrefix("LOSSES\n"))
    #expect(try Workplace().runexp("describe", "Schedules").out.contains("CosineDecayRestarts"))
    #expect(try Workplace().runexp("describe", "CosinDecay").err.contains("did you mean 'CosineDecay'?"))
  }
}
