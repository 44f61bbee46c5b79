import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore

/// A small graph made of random ops: a computation with weights, a loss, and gradients for them.
struct RandomGraph {
  let graph = Graph()
  let batch: Int
  private(set) var parameters: [(spec: ParameterSpec, value: Value)] = []
  private(set) var inputs: [Value] = []
  private(set) var leaves: [Leaf: Tensor] = [:]
  private(set) var gradients: [Value] = []
  /// What is read after a run: the loss and some of the values on the way.
  private(set) var kept: [Value] = []
  private var values: [Value] = []
  private var draws: Draws
  private let seed: UInt64

  init(seed: UInt64) throws {
    self.seed = seed
    draws = Draws("random graph", seed: seed)
    batch = draws.pick([1, 2, 3, 17, 33])
    let width = draws.pick([1, 4, 15, 16, 17, 31])
    let x = input("x", TensorType([.batch, .size(width)]))
    _ = input("step", TensorType([.size(2)]), numbers: [asFloat(Int(seed) + 1), 0])
    values = [x]
    for _ in 0..<draws.draw(2...9) { values.append(try grow(draws.pick(Array(values.suffix(3)) + [x]))) }
    let last = values[values.count - 1]
    let loss = try graph.apply(MeanAll(), last)
    if !parameters.isEmpty { gradients = try graph.gradients(of: loss, for: parameters.map(\.value)) }
    kept = [loss] + (0..<draws.draw(0...2)).map { _ in draws.pick(values) }
  }

  /// A value made of `x` by a random op that fits it.
  private mutating func grow(_ x: Value) throws -> Value {
    let shape = x.type.shape(batch: 1)
    let width = shape[shape.count - 1]
    switch draws.draw(0...11) {
    case 0, 1, 2:
      let units = draws.pick([1, 3, 16, 18, 33])
      let product = try graph.apply(MatMul(), x, parameter([width, units], .panels))
      let biased =
        try draws.draw(0...3) == 0 ? product : graph.apply(AddBias(), product, parameter([units], .rowMajor))
      switch draws.draw(0...2) {
      case 0: return biased
      case 1: return try graph.apply(Unary(.relu), biased)
      default:
        let other = values.last { $0.type == biased.type }
        return try other.map { try graph.apply(Binary(.add), $0, biased) } ?? biased
      }
    case 3, 4: return try graph.apply(Unary(draws.pick(Self.functions), 0.2), x)
    case 5: return try graph.apply(Softmax(), x)
    case 6:
      let other = values.last { $0.type == x.type } ?? x
      return try graph.apply(Binary(draws.pick([.add, .subtract, .multiply])), x, other)
    case 7:
      let step = graph.leaf(.input("step"), TensorType([.size(2)]))
      return try graph.apply(
        Dropout(rate: 0.3, stream: RandomStream(seed: seed, "d\(values.count)")), x, step)
    case 8:
      let isSplit = shape.count == 2 && width % 2 == 0
      let axes: [Dim] = isSplit ? [.size(width / 2), .size(2)] : [.size(shape.reduce(1, *))]
      return try graph.apply(Reshape([.batch] + axes), x)
    case 9: return try graph.apply(Affine(scale: -0.5, offset: 0.25), x)
    case 10:
      let weight = parameter([draws.pick([1, width])], .rowMajor)
      let scaled = try graph.apply(Binary(.multiply, broadcasting: true), x, weight)
      let other = values.last { $0.type == x.type } ?? x
      let isLarger = try graph.apply(Binary(draws.pick([.less, .greater])), scaled, other)
      return try graph.apply(Select(), isLarger, scaled, other)
    // A weight seen with another shape.
    default:
      let row = try graph.apply(
        Reshape([.size(width)]), parameter([1, width], draws.pick([.panels, .rowMajor])))
      return try graph.apply(AddBias(), x, row)
    }
  }

  private static let functions: [UnaryFunction] = [
    .relu, .tanh, .sigmoid, .gelu, .softplus, .square, .elu, .silu,
  ]

  private mutating func input(_ name: String, _ type: TensorType, numbers: [Float]? = nil) -> Value {
    let value = graph.leaf(.input(name), type)
    let shape = type.shape(batch: batch)
    leaves[.input(name)] = Tensor(shape, numbers ?? noise(shape.reduce(1, *), name, seed: seed))
    inputs.append(value)
    return value
  }

  private mutating func parameter(_ shape: [Int], _ layout: Layout) -> Value {
    let path = "p\(parameters.count)"
    let value = graph.leaf(.parameter(path), TensorType(shape.map { .size($0) }))
    parameters.append((ParameterSpec(path, shape, layout: layout), value))
    leaves[.parameter(path)] = Tensor(shape, noise(shape.reduce(1, *), path, seed: seed))
    return value
  }
}
