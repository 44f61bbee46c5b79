public import Config
public import GraphEngine

/// The axes of a sample in another order.
///
/// Keras: `keras.layers.Permute`.
public struct Permute: UnaryLayer, Configurable {
  public var dims: [Int]
  public init(_ dims: [Int]) { self.dims = dims }

  public static let schema = Schema(
    "Permute", "The axes of a sample in another order.", prototype: Permute([1]),
    Field("dims", \.dims, "Which axis comes first, second, …; counted from 1, without the batch.") {
      $0.sorted() == Array(1...max(1, $0.count)) ? nil : "must hold each of 1, 2, … once"
    }.required)

  public func call(_ x: Value, in scope: LayerScope) throws -> Value { try x.transposed([0] + dims) }
}
