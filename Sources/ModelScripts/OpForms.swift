import Config
import GraphEngine
import KernelABI
import Layers
import TensorCore

/// How an op is written elsewhere: today as a layer of Keras; another format is another column.
package struct OpForm: Sendable {
  /// The name of the op's type.
  package let op: String
  private let keras: @Sendable (any Op, [Dim]) -> (any Layer)?

  /// - Parameter keras: the layer that does the same to samples, for the axes of the result; `nil` if there is none.
  private init<O: Op>(_ type: O.Type, keras: @escaping @Sendable (O, [Dim]) -> (any Layer)?) {
    op = "\(type)"
    self.keras = { op, dims in (op as? O).flatMap { keras($0, dims) } }
  }

  /// The layer of Keras that does what an op does to samples.
  static func layer(for op: any Op, giving dims: [Dim]) -> (any Layer)? {
    let name = "\(type(of: op))"
    return all.first { $0.op == name }?.keras(op, dims)
  }

  /// Every op that can be written elsewhere.
  package static let all: [OpForm] = [
    OpForm(Affine.self) { op, _ in Rescaling(Double(op.scale), offset: Double(op.offset)) },
    OpForm(Binary.self) { op, _ in merging(op.function) },
    OpForm(GraphEngine.Concatenate.self) { op, _ in
      op.axis == 0 ? nil : Layers.Concatenate(axis: op.axis)
    },
    OpForm(Unary.self) { op, _ in activation(op) },
    OpForm(Softmax.self) { _, _ in ActivationLayer(.softmax) },
    OpForm(GraphEngine.Reshape.self) { _, dims in
      let sizes = dims.dropFirst().compactMap { if case .size(let size) = $0 { size } else { nil } }
      return dims.first == .batch && sizes.count == dims.count - 1 ? Layers.Reshape(sizes) : nil
    },
    OpForm(Transpose.self) { op, _ in
      op.permutation.first == 0 ? Permute(Array(op.permutation.dropFirst())) : nil
    },
  ]

  private static func merging(_ function: BinaryFunction) -> (any Layer)? {
    switch function {
    case .add: Add()
    case .subtract: Subtract()
    case .multiply: Multiply()
    case .maximum: Maximum()
    case .minimum: Minimum()
    default: nil
    }
  }

  private static func activation(_ unary: Unary) -> (any Layer)? {
    if unary.function == .negate { return Rescaling(-1) }
    let described = unary.function.described
    // In files of Keras 2 these would be other functions, or none.
    let areNew: Set<UnaryFunction> = [.hardSigmoid, .hardSilu, .hardTanh, .logSigmoid]
    guard let name = described.activations.first, unary.parameter == described.parameter,
      !areNew.contains(unary.function)
    else { return nil }
    return (try? Activation(config: ConfigNode(.string(name)))).map { ActivationLayer($0) }
  }
}
