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

/// How a function depends on its operands, and so how exactly its gradient can be checked.
public enum Dependence: Sendable {
  /// Linear or affine in each operand alone: one difference of any size is exact (the adjoint test).
  case affine
  /// Differentiable around the numbers given: central differences with two steps (Richardson).
  case smooth
}

/// The largest relative difference between the gradient the graph builds and what differences of the function's
/// values say, both along one random direction; values are summed in Double.
public func gradientError(
  _ probes: [Probe], batch: Int, _ dependence: Dependence, _ build: ([Value]) throws -> Value
) throws -> Double {
  let check = try GradientCheck(probes, batch: batch, build)
  let varied = probes.indices.filter { probes[$0].isVaried }
  switch dependence {
  case .affine: return varied.map { check.error(along: [$0], steps: [1], isCentral: false) }.max() ?? .nan
  case .smooth: return check.error(along: varied, steps: [0x1p-5, 0x1p-6], isCentral: true)
  }
}

private struct GradientCheck {
  let probes: [Probe]
  let batch: Int
  let graph = Graph()
  let result: Value
  let gradients: [Int: Value]
  let weights: [Float]
  let directions: [[Float]]

  init(_ probes: [Probe], batch: Int, _ build: ([Value]) throws -> Value) throws {
    self.probes = probes
    self.batch = batch
    let leaves = probes.enumerated().map { [graph] in graph.leaf(.input("x\($0)"), $1.type) }
    result = try build(leaves)
    let cotangent = graph.leaf(.input("cotangent"), TensorType(result.type.dims))
    let loss = try graph.apply(SumAll(), graph.apply(Binary(.multiply), result, cotangent))
    let varied = probes.indices.filter { probes[$0].isVaried }
    let found = try graph.gradients(of: loss, for: varied.map { leaves[$0] })
    gradients = Dictionary(uniqueKeysWithValues: zip(varied, found))
    weights = Self.spread(result.type.shape(batch: batch).reduce(1, *), "cotangent")
    directions = probes.enumerated().map { Self.spread($1.numbers.count, "direction \($0)") }
  }

  /// Numbers between 0.5 and 1 with either sign: none so small that rounding would hide it.
  private static func spread(_ count: Int, _ name: String) -> [Float] {
    noise(count, name).map { $0 < 0 ? $0 / 2 - 0.5 : $0 / 2 + 0.5 }
  }

  private func evaluator(moved by: Float, along operands: [Int]) -> EagerEvaluator {
    var leaves: [Leaf: Tensor] = [.input("cotangent"): Tensor(result.type.shape(batch: batch), weights)]
    for (i, probe) in probes.enumerated() {
      let numbers =
        operands.contains(i) ? zip(probe.numbers, directions[i]).map { $0 + by * $1 } : probe.numbers
      leaves[.input("x\(i)")] = Tensor(probe.type.shape(batch: batch), numbers)
    }
    return EagerEvaluator(graph, batch: batch, leaves: leaves)
  }

  private func value(moved by: Float, along operands: [Int]) -> Double {
    let values = evaluator(moved: by, along: operands)[result].elements
    return zip(weights, values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  func error(along operands: [Int], steps: [Float], isCentral: Bool) -> Double {
    let here = evaluator(moved: 0, along: [])
    var (slope, square) = (0.0, 0.0)
    for operand in operands {
      guard let gradient = gradients[operand] else { return .nan }
      for (g, v) in zip(here[gradient].elements, directions[operand]) {
        slope += Double(g) * Double(v)
        square += Double(g) * Double(v) * Double(g) * Double(v)
      }
    }
    let differences = steps.map { step in
      let (up, down) = (
        value(moved: step, along: operands), value(moved: isCentral ? -step : 0, along: operands)
      )
      return (up - down) / Double(isCentral ? 2 * step : step)
    }
    let expected = differences.count == 1 ? differences[0] : (4 * differences[1] - differences[0]) / 3
    return abs(slope - expected) / max(square.squareRoot(), 1e-6)
  }
}
