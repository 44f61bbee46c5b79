import Diagnostics
import KerasFiles
import Layers
import TensorCore
import Training

/// How far the weights of two model files are apart.
enum ModelDifference {
  /// The largest difference of two weights, as a share of the largest weight of their variable; `nil` where the files
  /// do not hold the same variables, or cannot be read.
  ///
  /// A weight near zero says nothing by itself: what counts is the variable it is a part of.
  static func between(_ first: String, _ second: String) -> Double? {
    guard let a = try? variables(of: first), let b = try? variables(of: second), a.count == b.count else {
      return nil
    }
    var largest = 0.0
    for (x, y) in zip(a, b) {
      guard x.path == y.path, x.shape == y.shape, let u = try? x.tensor().elements,
        let v = try? y.tensor().elements
      else { return nil }
      let scale = u.reduce(0) { max($0, abs(Double($1))) }
      for (p, q) in zip(u, v) where p.bitPattern != q.bitPattern {
        let difference = abs(Double(p) - Double(q)) / max(scale, .leastNormalMagnitude)
        guard difference.isFinite else { return nil }
        largest = max(largest, difference)
      }
    }
    return largest
  }

  private static func variables(of path: String) throws -> [SavedVariable] {
    let archive =
      path.hasSuffix(".keras")
      ? KerasArchive(try ModelFile.load(path, seed: 0).built) : try KerasArchive.read(path)
    return archive.layers.flatMap(\.weights) + archive.topLevel
  }
}

/// Whether words are the name of a model file.
package func isModelFile(_ name: String) -> Bool {
  [".h5", ".hdf5", ".keras"].contains(where: name.hasSuffix)
}
