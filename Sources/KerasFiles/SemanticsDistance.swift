import Config
import Datasets
import GraphEngine
import GraphEngine
import Kernels
import Layers
import TensorCore
import Training

extension BuiltModel {
  /// How far predictions are apart at most if the model follows another Keras, for random numbers.
  /// - Returns: `nil` for a model that cannot be tried on any.
  func distance(to other: Semantics) -> Float? {
    guard let twin = try? BuiltModel(model, seed: seed, semantics: other, isDrawn: false) else { return nil }
    for entry in slab.entries { twin.slab.set(entry.spec.path, slab.tensor(entry.spec.path)) }
    let rows = model.batchSize ?? 4
    let features = model.inputs.map { input -> Column in
      let axes = input.type.with(length: 16).dims.dropFirst()
      let sizes = axes.map { if case .size(let size) = $0 { size } else { 1 } }
      let count = sizes.reduce(rows, *)
      let stream = RandomStream(seed: 0, "sample/\(input.name)")
      let numbers: Column.Storage =
        input.type.element == .int32
        ? .integers((0..<count).map { Int32($0 % 2) }) : .floats((0..<count).map { stream.normal($0) })
      return Column(input.name, rowShape: Array(sizes), numbers)
    }
    let part = DataPart(features: features, targets: [], rows: .range(0..<rows))
    let pool = WorkerPool(threads: 1)
    func predictions(_ built: BuiltModel) -> [Float]? {
      try? Array(Trainer(built, pool: pool, now: { 0 }).predict(part, batchSize: rows).joined())
    }
    guard let own = predictions(self), let theirs = predictions(twin) else { return nil }
    return zip(own, theirs).map { abs($0 - $1) }.max()
  }
}
