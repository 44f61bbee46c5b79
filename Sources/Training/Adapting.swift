import Config
public import Datasets
import Diagnostics
import GraphEngine
import Layers
import TensorCore

extension Trainer {
  /// Rows per batch while statistics are collected; no result depends on the batch size of the training.
  private static let adaptingBatch = 256

  /// Sets the statistics of every `Normalization` layer that has none yet to those of a part of the data.
  ///
  /// A layer further back sees the outputs of those before it, which are adapted by then. Layers whose statistics are settings, or were
  /// set before (by an earlier training or in a file), stay as they are. Keras: `Normalization.adapt`.
  /// - Returns: paths of the layers that were adapted, without the model's name.
  /// - Throws: `Diagnostic` E03xx if the part does not fit the model.
  @discardableResult public func adapt(to part: DataPart) throws -> [String] {
    let types = try built.inputTypes(for: part)
    let trace = try Trace(
      built.model, phase: .inference, seed: built.seed, semantics: built.semantics, taking: types)
    try checkBranches()
    var adapted: [String] = []
    for call in trace.scope.calls {
      guard let layer = call.layer as? Normalization, layer.isAdaptable, let input = call.inputs.first else {
        continue
      }
      let name = call.path.joined(separator: "/")
      let path = "\(built.model.name)/\(name)"
      guard built.hasInitialStatistics(path) else { continue }
      var moments = RunningMoments(
        try layer.features(of: input), count: built.slab.entry("\(path)/mean").spec.shape.reduce(1, *))
      try eachInput(of: call.path, part) { moments.add($0, rows: $1) }
      built.slab.set("\(path)/mean", Tensor(built.slab.entry("\(path)/mean").spec.shape, moments.means))
      built.slab.set(
        "\(path)/variance", Tensor(built.slab.entry("\(path)/variance").spec.shape, moments.variances))
      adapted.append(name)
    }
    return adapted
  }

  /// - Throws: E0398 if a layer to adapt is called on some branches only, so that some samples have no value for it.
  private func checkBranches() throws {
    let ways = try Trace.allWays(
      of: built.model, phase: .inference, seed: built.seed, semantics: built.semantics)
    guard ways.count > 1 else { return }
    let called = ways.map { way in
      Set(
        way.scope.calls.filter { ($0.layer as? Normalization)?.isAdaptable == true }.map {
          $0.path.joined(separator: "/")
        })
    }
    let all = called.reduce(Set()) { $0.union($1) }.sorted()
    for name in all where built.hasInitialStatistics("\(built.model.name)/\(name)") {
      if called.contains(where: { !$0.contains(name) }) { throw Diagnostic.notAlwaysCalled(name) }
    }
  }

  /// Computes what a layer is called with, batch by batch.
  private func eachInput(
    of path: [String], _ part: DataPart, _ body: (UnsafeBufferPointer<Float>, Int) -> Void
  ) throws {
    let view = try BuiltModel(InputOfLayer(model: built.model, path: path), weightsOf: built)
    let viewer = Trainer(view, pool: pool, kernels: kernels, now: now)
    try viewer.eachOutput(part, batchSize: built.batchSize(Self.adaptingBatch)) { places, rows in
      guard let place = places.first else { return }
      body(UnsafeBufferPointer(start: place.input, count: place.count), rows)
    }
  }
}

extension BuiltModel {
  /// Whether the statistics of a layer are still those it starts with.
  fileprivate func hasInitialStatistics(_ path: String) -> Bool {
    slab.tensor("\(path)/mean").elements.allSatisfy { $0 == 0 }
      && slab.tensor("\(path)/variance").elements.allSatisfy { $0 == 1 }
  }
}

/// A model that returns what one of its layers is called with.
private struct InputOfLayer: Model {
  let model: any Model
  let path: [String]

  var name: String { model.name }
  var inputs: [ModelInput] { model.inputs }
  var outputNames: [String] { ["input"] }
  var layers: [NamedLayer] { model.layers }
  var className: String { model.className }
  var config: ConfigNode { model.config }
  var passesMask: Bool { false }
  func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> InputOfLayer {
    InputOfLayer(model: model.mapLayers(change), path: path)
  }

  func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    _ = try model.call(inputs, in: scope)
    guard let call = scope.calls.first(where: { $0.path == path }), let input = call.inputs.first else {
      throw Diagnostic.notAlwaysCalled(path.joined(separator: "/"))
    }
    return [input]
  }
}

/// Mean and variance of features, combined from batches in double precision.
///
/// Chan, Golub and LeVeque (1983): each batch is summed around its own mean.
private struct RunningMoments {
  /// For each number of a sample the feature that it belongs to.
  private let features: [Int]
  private var count: [Double]
  private var mean: [Double]
  private var squares: [Double]

  init(_ features: [Int], count: Int) {
    self.features = features
    self.count = [Double](repeating: 0, count: count)
    mean = self.count
    squares = self.count
  }

  mutating func add(_ numbers: UnsafeBufferPointer<Float>, rows: Int) {
    var sums = [Double](repeating: 0, count: mean.count)
    var counts = sums
    for row in 0..<rows {
      for (place, feature) in features.enumerated() {
        sums[feature] += Double(numbers[row * features.count + place])
        counts[feature] += 1
      }
    }
    var own = sums
    for feature in mean.indices { sums[feature] = counts[feature] == 0 ? 0 : sums[feature] / counts[feature] }
    for feature in own.indices { own[feature] = 0 }
    for row in 0..<rows {
      for (place, feature) in features.enumerated() {
        let distance = Double(numbers[row * features.count + place]) - sums[feature]
        own[feature] += distance * distance
      }
    }
    for feature in mean.indices where counts[feature] > 0 {
      let total = count[feature] + counts[feature]
      let difference = sums[feature] - mean[feature]
      squares[feature] += own[feature] + difference * difference * count[feature] * counts[feature] / total
      mean[feature] += difference * counts[feature] / total
      count[feature] = total
    }
  }

  var means: [Float] { mean.map { Float($0) } }
  var variances: [Float] { zip(squares, count).map { $1 == 0 ? 1 : Float($0 / $1) } }
}

extension Diagnostic {
  /// E0398: a layer with statistics of the data on one branch only.
  fileprivate static func notAlwaysCalled(_ layer: String) -> Diagnostic {
    Diagnostic(
      "E0398", "'\(layer)' cannot be adapted: some branches of the model do not call it",
      help: "give it 'mean' and 'variance', or call it before the condition")
  }
}
