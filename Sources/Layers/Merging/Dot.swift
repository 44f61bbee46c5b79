public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// For each sample the sums of products along one axis of each of two inputs.
///
/// The other axes of the first input come first, then those of the second. Keras: `keras.layers.Dot`.
public struct Dot: MergingLayer, Configurable {
  public var axes: Axes
  public var normalize = false
  public init(axes: Axes) { self.axes = axes }

  public static let schema = Schema(
    "Dot", "Sums of products along one axis of each of two inputs.", prototype: Dot(axes: Axes(1)),
    Field("axes", \.axes, "The axis of both, or a list with one of each; 0 is the batch.") {
      (1...2).contains($0.numbers.count) ? nil : "must be one axis or two"
    }.required,
    Field("normalize", \.normalize, "Whether both are scaled to length 1 first, for a cosine."))

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard inputs.count == 2 else {
      throw Diagnostic.inputCount(className, "two inputs", inputs.count, at: scope.graph.origin)
    }
    let numbers = axes.numbers.count == 2 ? axes.numbers : [axes.numbers[0], axes.numbers[0]]
    var sides: [(value: Value, axis: Int)] = []
    for (input, number) in zip(inputs, numbers) {
      let axis = try Axes(number).resolved(for: input.type, "Dot")[0]
      sides.append((normalize ? try input.unitLength(along: [axis]) : input, axis))
    }
    let (a, b) = (sides[0], sides[1])
    let rows = a.value.type.dims.enumerated().filter { $0.offset > 0 && $0.offset != a.axis }.map(\.element)
    let columns = b.value.type.dims.enumerated().filter { $0.offset > 0 && $0.offset != b.axis }.map(
      \.element)
    let left = try a.value.movingAxis(a.axis, to: -1)
      .reshaped(to: [.batch, .size(rows.count(of: rows)), a.value.type.dims[a.axis]])
    let right = try b.value.movingAxis(b.axis, to: 1)
      .reshaped(to: [.batch, b.value.type.dims[b.axis], .size(columns.count(of: columns))])
    let products = try left.multiplied(by: right)
    let dims = rows + columns
    return [try products.reshaped(to: [.batch] + (dims.isEmpty ? [.size(1)] : dims))]
  }
}

extension [Dim] {
  /// How many elements axes of known sizes have.
  fileprivate func count(of dims: [Dim]) -> Int { TensorType([.batch] + dims).sampleCount }
}
