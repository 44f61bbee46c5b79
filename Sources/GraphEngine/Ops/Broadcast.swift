import KernelABI
public import TensorCore

/// Repeats a value along new axes in front and along axes of size 1, by NumPy's rules.
///
/// Keras: `keras.ops.broadcast_to`. With `dividing`, what is repeated is divided by the number of its copies: the
/// gradient of a mean.
public struct Broadcast: Op {
  public static let name = "broadcast"
  let dims: [Dim]
  let divides: Bool

  public init(to dims: [Dim]) { self.init(to: dims, dividing: false) }

  init(to dims: [Dim], dividing: Bool) {
    self.dims = dims
    divides = dividing
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (x, result) = (operands[0], TensorType(dims, operands[0].element))
    guard try TensorType.broadcast(x, result) == dims else {
      throw ShapeError("\(x) cannot be repeated to \(result)", hint: "only axes of size 1 repeat")
    }
    if divides { try x.require(.float32, for: name) }
    return result
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let source = c.operands[0].type
    return [try source.element == .float32 ? c.gradient.summed(to: source.dims, averaging: divides) : nil]
  }

  public func bind(_ site: BindSite) -> Step {
    let (x, y) = (site.inputs[0], site.output)
    guard divides else {
      return StridedCopy(y.shape, broadcastStrides(x.shape, to: y.shape)).step(from: x.input, to: y.pointer)
    }
    let copies = AlignedBuffer(1)
    copies.pointer.pointee = Float(y.count) / Float(max(1, x.count))
    let divide = Binary(.divide, broadcasting: true).bind(
      BindSite(kernels: site.kernels, inputs: [x, Place(copies.pointer, [])], output: y, update: nil))
    return { worker in withExtendedLifetime(copies) { divide(worker) } }
  }
}

extension Broadcast {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let y = operands[0].broadcast(to: shape)
    let copies = Double(y.count) / Double(max(1, operands[0].count))
    return divides ? y.map { $0 / copies } : y
  }
}
