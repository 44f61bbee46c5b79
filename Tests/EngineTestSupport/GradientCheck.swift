public import GraphEngine
import KernelABI
public import TensorCore

/// An operand of a gradient check: its type and numbers, and whether the result is differentiated by it.
public struct Probe: Sendable {
  public var type: TensorType
  public var numbers: [Float]
  public var isVaried: Bool

  public init(_ type: TensorType, _ numbers: [Float], isVaried: Bool = true) {
    self.type = type
    self.numbers = numbers
    self.isVaried = isVaried
  }
}

/// The relative difference between the gradient that the graph builds and what differences of the function's values
/// say, along one random direction; both in double precision, with central differences of two steps (Richardson).
public func gradientError(
  _ probes: [Probe], batch: Int, _ build: ([Value]) throws -> Value
) throws -> Double {
  let check = try GradientCheck(probes, batch: batch, build)
  return check.error(of: check.loss, check.gradients)
}

/// The same for the gradient of the gradient: what the graph builds by differentiating twice.
/// - Throws: E0309 if an op has no second derivative.
public func bendError(
  _ probes: [Probe], batch: Int, _ build: ([Value]) throws -> Value
) throws -> Double {
  var check = try GradientCheck(probes, batch: batch, build)
  let (slope, bends) = try check.bends()
  return check.error(of: slope, bends)
}

private struct GradientCheck {
  let graph = Graph()
  let batch: Int
  /// The result's numbers, weighted and added up.
  let loss: Value
  /// Those of the operands that are varied.
  let gradients: [Value]
  private let varied: [Value]
  private var leaves: [Leaf: ReferenceTensor] = [:]

  init(_ probes: [Probe], batch: Int, _ build: ([Value]) throws -> Value) throws {
    self.batch = batch
    let operands = probes.enumerated().map { [graph] in graph.leaf(.input("x\($0)"), $1.type) }
    for (i, probe) in probes.enumerated() {
      let tensor = Tensor(probe.type.shape(batch: batch), probe.numbers)
      leaves[.input("x\(i)")] = ReferenceTensor(tensor, probe.type.element)
    }
    varied = probes.indices.filter { probes[$0].isVaried }.map { operands[$0] }
    loss = try Self.weighted([build(operands)], "cotangent", batch: batch, &leaves)
    gradients = try graph.gradients(of: loss, for: varied)
  }

  /// A sum of all gradients, weighted, and its gradients.
  mutating func bends() throws -> (slope: Value, bends: [Value]) {
    let slope = try Self.weighted(gradients, "second cotangent", batch: batch, &leaves)
    return (slope, try graph.gradients(of: slope, for: varied))
  }

  /// The sum of values times weights that are new leaves.
  private static func weighted(
    _ values: [Value], _ name: String, batch: Int, _ leaves: inout [Leaf: ReferenceTensor]
  ) throws -> Value {
    var terms: [Value] = []
    for (i, value) in values.enumerated() {
      let (leaf, shape) = (Leaf.input("\(name) \(i)"), value.type.shape(batch: batch))
      leaves[leaf] = ReferenceTensor(shape, spread(shape.reduce(1, *), "\(name) \(i)"))
      let weights = value.graph.leaf(leaf, TensorType(value.type.dims))
      terms.append(try value.graph.apply(SumAll(), value.graph.apply(Binary(.multiply), value, weights)))
    }
    return try terms.dropFirst().reduce(terms[0]) { try $0 + $1 }
  }

  /// Numbers between 0.5 and 1 with either sign: none so small that rounding would hide it.
  private static func spread(_ count: Int, _ name: String) -> [Double] {
    noise(count, name).map { Double($0 < 0 ? $0 / 2 - 0.5 : $0 / 2 + 0.5) }
  }

  /// A value's gradients against differences of it.
  func error(of value: Value, _ gradients: [Value]) -> Double {
    let here = ReferenceEvaluator(graph, batch: batch, leaves: leaves)
    _ = here[value]
    let directions = varied.map {
      Self.spread($0.type.shape(batch: batch).reduce(1, *), "direction \($0.id)")
    }
    let parts = zip(gradients, directions).flatMap { zip(here[$0].numbers, $1).map { $0 * $1 } }
    func moved(by step: Double) -> Double {
      var moved: [Leaf: ReferenceTensor] = [:]
      for (value, direction) in zip(varied, directions) {
        guard case .leaf(let leaf) = graph.nodes[value.id].kind, var numbers = leaves[leaf] else { continue }
        for (i, v) in direction.enumerated() { numbers.numbers[i] += step * v }
        moved[leaf] = numbers
      }
      return here.moving(moved)[value].numbers[0]
    }
    func difference(_ step: Double) -> Double { (moved(by: step) - moved(by: -step)) / (2 * step) }
    let (coarse, fine) = (difference(0x1p-14), difference(0x1p-15))
    let size = parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
    // Differences of a value are rounded as the value is: no slope is told that is far below it.
    let least = 1e-4 * max(1, abs(here[value].numbers[0]))
    return abs(parts.reduce(0, +) - (4 * fine - coarse) / 3) / max(size, least)
  }
}
