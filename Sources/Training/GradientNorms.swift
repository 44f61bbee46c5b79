import GraphEngine
import TensorCore

/// The length (Euclidean norm) of each trained parameter's gradient as the optimizer used it, a mean over the steps of
/// an epoch.
public struct GradientNorms {
  /// What the names of these values in the logs begin with: `gradient_norm/dense/kernel`.
  public static let prefix = "gradient_norm/"

  /// What was added up for each parameter, then the number of steps.
  var sums: [Double]
  private let runs: [(name: String, numbers: UnsafeBufferPointer<Float>)]

  /// - Parameter gradients: laid out as the trained part of the slab; it must outlive this value.
  init(_ slab: ParameterSlab, _ gradients: AlignedBuffer) {
    runs = slab.entries.filter(\.spec.isTrainable).map { entry in
      (
        Self.prefix + entry.spec.pathInModel,
        UnsafeBufferPointer(start: gradients.pointer + entry.offset, count: entry.footprint)
      )
    }
    sums = [Double](repeating: 0, count: runs.count + 1)
  }

  /// Takes in the gradients of a step; padding is zero and adds nothing.
  mutating func add() {
    for (i, run) in runs.enumerated() {
      var squares = 0.0
      for x in run.numbers { squares += Double(x) * Double(x) }
      sums[i] += squares.squareRoot()
    }
    sums[runs.count] += 1
  }

  /// The means so far.
  var logs: Logs {
    let steps = max(1, sums[runs.count])
    return zip(runs, sums).map { ($0.name, $1 / steps) }
  }
}
