public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// The same numbers with other axes behind the batch; one of them may be -1 and is then computed.
///
/// Keras: `keras.layers.Reshape`.
public struct Reshape: UnaryLayer, Configurable {
  public var targetShape: [Int]
  public init(_ targetShape: [Int]) { self.targetShape = targetShape }

  public static let schema = Schema(
    "Reshape", "The same numbers with other axes.", prototype: Reshape([-1]),
    Field("target_shape", \.targetShape, "The axes behind the batch; one may be -1.") { shape in
      let isRight = shape.allSatisfy { $0 >= 1 || $0 == -1 } && shape.count { $0 == -1 } <= 1
      return isRight ? nil : "must hold sizes of at least 1, and at most one -1"
    }.required)

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let size = try x.knownSize(for: "Reshape")
    let known = targetShape.filter { $0 > 0 }.product
    let isOpen = targetShape.contains(-1)
    guard isOpen ? size % known == 0 : size == known else {
      throw Diagnostic(
        "E0301", "\(size) elements of \(x.type) cannot be seen as \(targetShape)",
        at: x.graph.origin.map { .init($0, "does not fit here") },
        help: isOpen
          ? "\(size) is not a multiple of \(known)" : "the sizes must multiply to \(size), not \(known)")
    }
    let dims = targetShape.map { Dim.size($0 == -1 ? size / known : $0) }
    return try x.graph.apply(GraphEngine.Reshape([.batch] + dims), x)
  }
}

extension Value {
  /// The elements of one sample.
  /// - Throws: E0303 if an axis is not known before running.
  func knownSize(for layer: String) throws(Diagnostic) -> Int {
    guard !type.dims.dropFirst().contains(.batch) else { throw .unknownAxis(layer, self) }
    return type.sampleCount
  }

  /// The size of the last axis.
  /// - Throws: E0303 if it is the batch, or not known before running.
  func knownLastAxis(for layer: String) throws(Diagnostic) -> Int {
    guard type.rank >= 2, case .size(let count)? = type.dims.last else { throw .unknownAxis(layer, self) }
    return count
  }
}

extension Diagnostic {
  /// E0303: a layer needs an axis whose size is known.
  static func unknownAxis(_ layer: String, _ x: Value) -> Diagnostic {
    Diagnostic(
      "E0303", "\(layer) needs an axis of known size beside the batch, found \(x.type)",
      at: x.graph.origin.map { Label($0, "does not fit here") },
      help: "give the model an 'input:' with at least one axis, such as [1]")
  }
}
