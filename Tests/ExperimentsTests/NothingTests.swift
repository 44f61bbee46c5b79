import Config
import Diagnostics
import Experiments
import Plots
import Running
import ExperimentSamples
import ExpLanguage
import Testing

/// Keys of cells and of the header with `null` behind them.
@Suite struct NothingTests {
  /// An experiment in which every setting that may be left out, and is, stands there with `null`.
  private func withNothing(_ text: String) throws -> String {
    var (sources, bag) = (SourceFiles(), DiagnosticBag())
    let file = sources.add(path: "x.exp", text: text)
    let keywords = CellRegistry.keywords
    var syntax = try #require(
      ExperimentSyntax(reading: file, in: sources, cellKeywords: keywords, into: &bag), "\(bag.all)")
    for place in syntax.cells.indices {
      let cell = syntax.cells[place]
      let schema = try #require(CellRegistry.all.first { $0.keyword == cell.keyword }).description.jsonSchema
      let known = schema["properties"]?.entries?.map(\.key) ?? []
      let missing = known.filter { cell.body[$0] == nil }.map { ConfigNode.Entry($0, nil) }
      syntax.cells[place].body = ConfigNode(.map((cell.body.entries ?? []) + missing))
    }
    for key in ["title", "seed", "resume"] where syntax[key] == nil { syntax.header.append(.init(key, nil)) }
    // What is written out quotes parameters, which are then texts.
    return syntax.text.replacing(/['"](\$[a-z_]+)['"]/) { String($0.1) }
  }

  @Test(arguments: [goodExperiment, goodGraph, goodScript, goodStateful])
  func `a setting with null behind it is as if it were left out`(text: String) throws {
    let scratch = try Scratch()
    let full = try withNothing(text)
    #expect(full.contains("metrics: null") || full.contains("validation: null"))
    let (plain, filled) = (try scratch.check(text, file: "a.exp"), try scratch.check(full, file: "b.exp"))
    #expect(filled.diagnostics.map(\.message) == plain.diagnostics.map(\.message))
    #expect((filled.plan == nil) == (plain.plan == nil))
    #expect(filled.plan?.cells.map(\.title) == plain.plan?.cells.map(\.title))
  }

  @Test func `null is not what a cell needs`() throws {
    let scratch = try Scratch()
    let checked = try scratch.check(
      """
      cells:
        - data: iris
          source: iris
        - model: m
          input: [4]
          layers: [{Dense: {units: null}}]
        - train: m
          data: null
          loss: mse
          optimizer: null
      """)
    #expect(checked.diagnostics.map(\.code).sorted() == ["E0203", "E0203"])
  }

  @Test func `null by output is no loss and no metric of that output`() throws {
    let scratch = try Scratch()
    let text = """
      experiment: nulls
      params: null
      cells:
        - data: iris
          source: iris
          features: {all: [sepal_length, sepal_width, petal_length]}
          target: {kind: species, width: petal_width}
          fill_missing: null
          split: {test: 0.2}
        - model: m
          inputs: {all: [3]}
          layers:
            kind: {Dense: {units: 3, activation: softmax}, from: all}
            width: {Dense: {units: 1, use_bias: null, activation: null}, from: all}
          outputs: [kind, width]
        - train: m
          data: iris
          validation: null
          loss: {kind: sparse_categorical_crossentropy, width: null}
          metrics: {kind: null, width: [mae]}
          loss_weights: {kind: null, width: 1}
          optimizer: {SGD: {learning_rate: null}}
          callbacks: null
          epochs: null
      """
    let checked = try scratch.check(text)
    #expect(checked.diagnostics.map(\.message) == [])
    #expect(checked.plan != nil)
  }
}
