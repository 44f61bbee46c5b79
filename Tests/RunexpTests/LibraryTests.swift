import Foundation
import Runexp
import Testing

/// Two clouds of points, told apart by the sum of their coordinates.
private func clouds(_ count: Int, width: Int = 4) -> (x: Tensor, labels: [Int]) {
  let stream = RandomStream(seed: 7, "clouds")
  let numbers = (0..<count * width).map { stream.uniform($0) * 2 - 1 }
  let labels = (0..<count).map { row -> Int in
    let sum: Float = numbers[row * width..<(row + 1) * width].reduce(0, +)
    return sum > 0 ? 1 : 0
  }
  return (Tensor([count, width], numbers), labels)
}

/// A layer of one's own: `x · sigmoid(beta · x)` with a learned beta.
private struct Swish: UnaryLayer, Configurable {
  var start = 1.0
  static let schema = Schema(
    "Swish", "x times the sigmoid of beta times x.", prototype: Self(),
    Field("start", \.start, "Where beta starts."))

  func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let beta = try scope.parameter("beta", [], Initializer(config: ["Constant": ["value": start.config]]))
    return try x * (x * beta).sigmoid()
  }
}

private struct Residual: SubclassedModel {
  let inputs = [ModelInput("x", shape: [4])]
  let start = NamedLayer("start", Dense(8))
  let hidden = (0..<3).map { NamedLayer("hidden_\($0)", Dense(8, activation: .relu)) }
  let end = NamedLayer("end", Dense(2, activation: .softmax))

  func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    var z = try start(inputs[0], in: scope)
    for layer in hidden { z = try z + layer(z, in: scope) }
    return [try end(z, in: scope)]
  }
}

@Suite struct LibraryTests {
  private let data = clouds(200)

  private func train(_ model: Model) throws -> [Logs] {
    model.compile(
      optimizer: Adam(learningRate: 0.01), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()])
    return try model.fit(Samples(data.x, labels: data.labels), epochs: 20)
  }

  private func accuracy(_ logs: Logs) -> Double { logs.first { $0.name == "accuracy" }?.value ?? 0 }

  @Test func `a stateful model goes on until it is reset`() throws {
    var rnn = GRU(3)
    rnn.settings.stateful = true
    let model = try Model(input: [2, 2], batchSize: 5) { rnn }
    let x = Tensor([5, 2, 2], clouds(5).x.elements)
    let first = try model.predict(x)
    #expect(try model.predict(x) != first)
    model.resetStates()
    #expect(try model.predict(x) == first)
    #expect(throws: Diagnostic.self) { try model.predict(Tensor([4, 2, 2], clouds(4).x.elements)) }
  }

  @Test func `texts of different lengths are told apart by a word`() throws {
    let texts = (0..<120).map { text in
      (0..<(2 + text % 7)).map { word in word == text % 2 ? 3 + text % 3 / 2 * 5 : 1 + (text * 5 + word) % 2 }
    }
    let labels = texts.map { $0.contains(3) ? 1 : 0 }
    var embedding = Embedding(9, 6)
    embedding.maskZero = true
    let model = try Model(
      Sequential(
        "texts", input: ModelInput("input", shape: [nil], .int32),
        [
          NamedLayer("words", embedding), NamedLayer("reader", LSTM(8)),
          NamedLayer("kind", Dense(2, activation: .softmax)),
        ]), seed: 1)
    model.compile(
      optimizer: Adam(learningRate: 0.02), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()])
    let history = try model.fit(Samples(tokens: texts, labels: labels), epochs: 15, batchSize: 8)
    #expect(accuracy(history[14]) > 0.95)
    #expect(model.summary.contains("(None, None, 6)"))
    #expect(try model.predict(Tensor([1, 3], [1, 3, 2])).shape == [1, 2])
  }

  @Test func `a chain learns, and is the same after saving and loading`() throws {
    let model = try Model("chain", input: [4], seed: 1) {
      Dense(8, activation: .relu)
      Dropout(0.1)
      Dense(2, activation: .softmax)
    }
    let history = try train(model)
    #expect(history.count == 20 && accuracy(history[19]) > 0.9)
    let path = NSTemporaryDirectory() + "chain-\(UUID().uuidString).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.save(path)
    let again = try Model.load(path)
    #expect(try again.predict(data.x) == model.predict(data.x))
    let samples = Samples(data.x, labels: data.labels)
    #expect(try again.evaluate(samples).map(\.value) == model.evaluate(samples).map(\.value))
    #expect(again.summary == model.summary.replacingOccurrences(of: "Model: chain", with: "Model: chain"))
  }

  @Test func `a graph of symbolic values shares layers`() throws {
    let (a, b) = (Symbol("a", shape: [4]), Symbol("b", shape: [4]))
    let shared = SymbolicLayer(Dense(8, activation: .tanh), name: "shared")
    let out = Dense(1)(Concatenate()([shared(a), shared(b), Dense(3)(a)]), name: "out")
    let model = try Model("siamese", inputs: [a, b], outputs: [out])
    #expect(model.parameterCount == 4 * 8 + 8 + 4 * 3 + 3 + 19 + 1)
    #expect(model.architecture.layers.map(\.name) == ["a", "b", "shared", "dense", "concatenate", "out"])
    let rows = try model.predict(Samples(["a": data.x, "b": data.x]))
    #expect(rows[0].shape == [200, 1])
  }

  @Test func `an input that is not listed is E0343`() {
    let (a, b) = (Symbol("a", shape: [4]), Symbol("b", shape: [4]))
    let problem = #expect(throws: Diagnostic.self) {
      try Model(inputs: [a], outputs: [Concatenate()([a, b])])
    }
    #expect(problem?.code == "E0343" && problem?.message.contains("'b'") == true)
  }

  @Test func `a model of one's own trains`() throws {
    let model = try Model(Residual(), seed: 2)
    let history = try train(model)
    #expect(accuracy(history[19]) > 0.9)
    #expect(model.weightNames.first == "residual/start/kernel")
    #expect(model[weight: "residual/end/bias"].shape == [2])
  }

  @Test func `a layer of one's own is saved and loaded once it is registered`() throws {
    let model = try Model("own", input: [4]) {
      Dense(6)
      Swish(start: 0.5)
      Dense(2, activation: .softmax)
    }
    _ = try train(model)
    let path = NSTemporaryDirectory() + "own-\(UUID().uuidString).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.save(path)
    let problem = #expect(throws: Diagnostic.self) { try Model.load(path) }
    #expect(problem?.code == "E0621")
    LayerRegistry.register(Swish.self)
    #expect(try Model.load(path).predict(data.x) == model.predict(data.x))
  }

  @Test func `training needs settings first`() throws {
    let model = try Model("m", input: [4]) { Dense(2) }
    let problem = #expect(throws: Diagnostic.self) { try model.fit(Samples(data.x, labels: data.labels)) }
    #expect(problem?.code == "E0505")
  }
}
