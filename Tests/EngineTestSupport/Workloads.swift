import Config
public import Datasets
import Diagnostics
import GraphEngine
import Kernels
public import Layers
import Losses
import Optimizers
import TensorCore
public import Training

/// A training whose speed and memory are watched: a model, how it is compiled, samples without structure.
public struct Workload: Sendable, CustomStringConvertible {
  public let name: String
  public let model: any Model
  public var settings: CompileSettings
  /// As many samples as a batch has.
  public let data: DataPart
  public let batch: Int

  public var description: String { "\(name), batches of \(batch)" }

  /// Every workload, as the benchmarks have it.
  public static var all: [Workload] {
    [mlp(batch: 32), mlp(batch: 256), wideAndDeep(), cnn(), lstm(), transformer()]
  }

  /// The five with few samples, for tests that run them.
  public static var small: [Workload] {
    [mlp(batch: 4), wideAndDeep(batch: 4), cnn(batch: 2), lstm(batch: 2), transformer(batch: 1)]
  }

  /// 784-300-100-10, gradient descent.
  public static func mlp(batch: Int = 32) -> Workload {
    Workload(
      name: "mlp",
      model: chain(
        [784], Dense(300, activation: .relu), Dense(100, activation: .relu), Dense(10, activation: .softmax)),
      settings: classes(SGD()), features: ["x": [784]], target: .labels([], 10), batch: batch)
  }

  /// Two inputs that overlap, one of them through two layers.
  public static func wideAndDeep(batch: Int = 32) -> Workload {
    Workload(
      name: "wide and deep",
      model: graph(
        inputs: [ModelInput("wide", shape: [5]), ModelInput("deep", shape: [6])],
        ("hidden1", Dense(30, activation: .relu), ["deep"]),
        ("hidden2", Dense(30, activation: .relu), ["hidden1"]),
        ("both", Concatenate(), ["wide", "hidden2"]), ("price", Dense(1), ["both"])),
      settings: numbers(SGD(learningRate: 1e-3)), features: ["wide": [5], "deep": [6]], target: .numbers(1),
      batch: batch)
  }

  /// Two convolutions, pooling, two dense layers with a dropout between them.
  public static func cnn(batch: Int = 64) -> Workload {
    var (first, second) = (Conv<2>(32, kernelSize: .init(3)), Conv<2>(64, kernelSize: .init(3)))
    first.activation = .relu
    second.activation = .relu
    return Workload(
      name: "cnn",
      model: chain(
        [28, 28, 1], first, second, MaxPooling<2>(), Flatten(), Dense(128, activation: .relu), Dropout(0.5),
        Dense(10, activation: .softmax)),
      settings: classes(Adam()), features: ["x": [28, 28, 1]], target: .labels([], 10), batch: batch)
  }

  /// Two LSTMs over 50 steps.
  public static func lstm(batch: Int = 32) -> Workload {
    var first = LSTM(64)
    first.settings.returnSequences = true
    return Workload(
      name: "lstm", model: chain([50, 16], first, LSTM(64), Dense(1)), settings: numbers(Adam()),
      features: ["x": [50, 16]], target: .numbers(1), batch: batch)
  }

  /// A language model of characters: two blocks with normalisation before attention and before the dense layers.
  public static func transformer(batch: Int = 16) -> Workload {
    var layers: [(String, any Layer, [String])] = [("embed", TokensAndPositions(), ["tokens"])]
    var last = "embed"
    for i in 0..<2 {
      layers += [
        ("norm\(i)a", normalization, [last]), ("attention\(i)", CausalAttention(), ["norm\(i)a"]),
        ("sum\(i)a", Add(), [last, "attention\(i)"]), ("norm\(i)b", normalization, ["sum\(i)a"]),
        ("wide\(i)", Dense(512, activation: .relu), ["norm\(i)b"]), ("narrow\(i)", Dense(128), ["wide\(i)"]),
        ("sum\(i)b", Add(), ["sum\(i)a", "narrow\(i)"]),
      ]
      last = "sum\(i)b"
    }
    layers += [("norm", normalization, [last]), ("logits", Dense(256), ["norm"])]
    var loss = SparseCategoricalCrossentropy()
    loss.fromLogits = true
    return Workload(
      name: "transformer", model: graph(inputs: [ModelInput("tokens", shape: [64], .int32)], layers),
      settings: CompileSettings(
        loss: loss, optimizer: Adam(), metrics: [NamedMetric("accuracy", SparseCategoricalAccuracy())]),
      features: ["tokens": [64]], target: .labels([64], 256), tokens: 256, batch: batch)
  }

  private static var normalization: LayerNormalization {
    var layer = LayerNormalization()
    layer.epsilon = 1e-5
    return layer
  }

  private static func classes(_ optimizer: any Optimizer) -> CompileSettings {
    CompileSettings(
      loss: SparseCategoricalCrossentropy(), optimizer: optimizer,
      metrics: [NamedMetric("accuracy", SparseCategoricalAccuracy())])
  }

  private static func numbers(_ optimizer: any Optimizer) -> CompileSettings {
    CompileSettings(loss: MeanSquaredError(), optimizer: optimizer, metrics: [])
  }
}

extension Workload {
  public enum Kind: Sendable, CaseIterable { case training, evaluation, prediction }

  /// A step with what it works on.
  package struct Compiled {
    package let step: StepProgram
    package let built: BuiltModel
    package let settings: CompileSettings
    /// Set for a training step.
    package let state: TrainingState?
  }

  /// One of its steps, compiled.
  /// - Parameter change: what is compiled otherwise than the benchmark has it.
  package func step(
    _ kind: Kind = .training, threads: Int = 1, _ change: (inout CompileSettings) -> Void = { _ in }
  ) throws -> Compiled {
    var settings = settings
    change(&settings)
    let built = try BuiltModel(model, seed: 1)
    let state =
      kind == .training ? TrainingState(settings, slab: built.slab, kernels: Kernels.kernels) : nil
    let step = try StepProgram(
      built, kind == .prediction ? nil : settings, part: data, batch: batch, state: state,
      pool: WorkerPool(threads: threads), kernels: Kernels.kernels)
    return Compiled(step: step, built: built, settings: settings, state: state)
  }

  private enum Target {
    case labels([Int], Int)
    case numbers(Int)
  }

  private init(
    name: String, model: any Model, settings: CompileSettings, features: KeyValuePairs<String, [Int]>,
    target: Target, tokens: Int? = nil, batch: Int
  ) {
    self.name = name
    self.model = model
    self.settings = settings
    self.batch = batch
    func labels(_ count: Int, _ classes: Int, _ name: String) -> Column.Storage {
      .integers(noise(count, name).map { Int32(($0 + 1) / 2 * Float(classes)) % Int32(classes) })
    }
    let columns = features.map { name, shape in
      let count = batch * shape.reduce(1, *)
      return Column(
        name, rowShape: shape, tokens.map { labels(count, $0, name) } ?? .floats(noise(count, name)))
    }
    let wanted =
      switch target {
      case .labels(let shape, let classes):
        Column("y", rowShape: shape, labels(batch * shape.reduce(1, *), classes, "y"))
      case .numbers(let width): Column("y", rowShape: [width], .floats(noise(batch * width, "y")))
      }
    data = DataPart(features: columns, targets: [wanted], rows: .range(0..<batch))
  }
}

/// Layers one after another, named after their number.
private func chain(_ input: [Int], _ layers: any Layer...) -> Sequential {
  Sequential("m", input: input, layers.enumerated().map { NamedLayer("layer_\($0)", $1) })
}

private func graph(inputs: [ModelInput], _ layers: (String, any Layer, [String])...) -> Functional {
  graph(inputs: inputs, layers)
}

/// Layers that say what they are called on; the last one is the output.
private func graph(inputs: [ModelInput], _ layers: [(String, any Layer, [String])]) -> Functional {
  typealias Word = FunctionalBuilder.Word
  let builder = FunctionalBuilder(
    "m", inputs: inputs.map { (Word($0.name), $0) },
    entries: layers.map { name, layer, from in
      .init(Word(name), .layer(NamedLayer(name, layer)), from: from.map { Word($0) })
    }, outputs: layers.suffix(1).map { Word($0.0) })
  var bag = DiagnosticBag()
  guard let model = builder.model(into: &bag) else { preconditionFailure("\(bag.all)") }
  return model
}

/// A vector for each token and one for its place.
private struct TokensAndPositions: UnaryLayer, Configurable {
  static let schema = Schema("TokensAndPositions", "Tokens and places.", prototype: Self())

  func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let places = x.graph.indices(x.type.shape(batch: 1).last ?? 1)
    return try scope.apply(NamedLayer("tokens", Embedding(256, 128)), [x])[0]
      + scope.apply(NamedLayer("places", Embedding(64, 128)), [places])[0]
  }
}

/// Attention of a sequence to what came before.
private struct CausalAttention: UnaryLayer, Configurable {
  static let schema = Schema("CausalAttention", "Attention to what came before.", prototype: Self())

  func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try scope.apply(
      NamedLayer("heads", MultiHeadAttention(heads: 4, keyDim: 32)), [x, x],
      named: NamedArguments(flags: ["use_causal_mask"]))[0]
  }
}
