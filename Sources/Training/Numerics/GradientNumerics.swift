package import Diagnostics
package import GraphEngine
import TensorCore

/// What a model's loss and gradients are in single and in double precision, and what differences of the loss say.
package struct GradientNumerics {
  /// What is found about the gradient of one parameter.
  package enum Finding: String, Sendable, CaseIterable {
    /// Differences of the loss say otherwise.
    case wrong
    /// They say otherwise at these weights, but not close by: the loss has a kink here.
    case kink
    /// Single precision has less than three digits of it.
    case imprecise
    /// It is 0: training does not change the parameter.
    case dead
    /// It is not a number, or infinite.
    case infinite
  }

  package struct Parameter {
    package var path: String
    package var value: Value
    /// The length of the gradient.
    package var norm: Double
    /// The distance of the gradients in single and in double precision, relative to that; NaN where it is 0.
    package var precision: Double
    /// How far differences of the loss are from the gradient along random directions, relative to it, at most.
    package var slopeError: Double
    package var findings: [Finding]
  }

  /// An operation of the graph.
  package struct Place {
    package var op: String
    package var origin: SourceSpan?
  }

  package var batch: Int
  /// The loss in single and in double precision.
  package var single: Double
  package var double: Double
  package var parameters: [Parameter]
  /// What first gives something that is not a number, where anything does.
  package var infinitePlace: Place?
  /// What first loses digits, where a gradient has lost them.
  package var lossyPlace: Place?

  /// Beyond this a gradient and differences are not the same.
  package static let slopeBound = 1e-4
  /// Beyond this the gradient in single precision has lost digits.
  package static let precisionBound = 1e-3

  /// - Parameters:
  ///   - directions: along how many random directions differences are taken for each parameter.
  ///   - seed: where the directions come from.
  package init(_ sample: LossSample, directions: Int, seed: UInt64) {
    let eager = EagerEvaluator(sample.graph, batch: sample.batch, leaves: sample.leaves)
    let exact = ReferenceEvaluator(sample.graph, batch: sample.batch, leaves: sample.leaves)
    batch = sample.batch
    single = Double(eager[sample.loss].elements[0])
    double = exact[sample.loss].numbers[0]
    let gradients = sample.parameters.map { exact[$0.gradient].numbers }
    let largest = length(gradients.joined())
    let walk = Walk(sample: sample, directions: directions, seed: seed)
    // Close by, where no number is just at a kink; made when it is first needed.
    lazy var near = walk.near(exact)
    parameters = []
    for (parameter, gradient) in zip(sample.parameters, gradients) {
      let norm = length(gradient)
      let distance = length(zip(eager[parameter.gradient].elements, gradient).map { Double($0) - $1 })
      var found = Parameter(
        path: parameter.path, value: parameter.value, norm: norm,
        precision: distance == 0 ? 0 : distance / norm, slopeError: .nan, findings: [])
      defer { parameters.append(found) }
      guard norm.isFinite, distance.isFinite else {
        found.findings = [.infinite]
        continue
      }
      found.slopeError = walk.error(of: parameter, from: exact)
      if found.slopeError > Self.slopeBound {
        found.findings.append(walk.error(of: parameter, from: near) > Self.slopeBound ? .wrong : .kink)
      }
      // What is 0 but for rounding, as the gradient of an attention's key bias, has no digits to lose.
      let isZero = norm <= 1e-12 * largest
      if isZero {
        found.findings.append(.dead)
        found.precision = .nan
      }
      if !isZero && found.precision > Self.precisionBound && distance > 1e-6 * largest {
        found.findings.append(.imprecise)
      }
    }
    findPlaces(sample, eager, exact)
  }

  /// Looks for where something first goes wrong on the way to the loss, then to a gradient.
  private mutating func findPlaces(_ sample: LossSample, _ eager: EagerEvaluator, _ exact: ReferenceEvaluator)
  {
    func first(_ finding: Finding, _ isOff: (Value) -> Bool) -> Place? {
      guard let index = parameters.firstIndex(where: { $0.findings.contains(finding) }) else { return nil }
      for end in [sample.loss, sample.parameters[index].gradient] {
        for id in sample.graph.needed(for: end.id, known: { _ in false }) {
          let node = sample.graph.nodes[id]
          if let op = node.op, node.type.element == .float32, isOff(sample.graph.value(id)) {
            return Place(op: op.name, origin: node.origin)
          }
        }
      }
      return nil
    }
    infinitePlace = first(.infinite) { value in eager[value].elements.contains { !$0.isFinite } }
    lossyPlace = first(.imprecise) { value in
      let numbers = exact[value].numbers
      let distance = length(zip(eager[value].elements, numbers).map { Double($0) - $1 })
      return distance > Self.precisionBound / 10 * max(length(numbers), 1e-12)
    }
  }

  /// About how many operations it takes for a batch of so many samples.
  package static func cost(_ sample: LossSample, batch: Int, directions: Int) -> Double {
    let graph = sample.graph
    return sample.parameters.reduce(3 * graph.cost(of: sample.loss, batch: batch)) { total, parameter in
      total
        + Double(2 * directions)
        * graph.cost(of: sample.loss, batch: batch, changingWith: .parameter(parameter.path))
    }
  }
}

/// Differences of the loss along random directions.
private struct Walk {
  let sample: LossSample
  let directions: Int
  let seed: UInt64

  /// The largest distance of the gradient from central differences, relative to its size along the direction.
  func error(
    of parameter: (path: String, value: Value, gradient: Value), from here: ReferenceEvaluator
  ) -> Double {
    let gradient = here[parameter.gradient].numbers
    let loss = here[sample.loss].numbers[0]
    return (0..<directions).map { number in
      let direction = direction(parameter.path, number, gradient.count)
      let parts = zip(gradient, direction).map { $0 * $1 }
      func error(_ step: Double) -> Double {
        let (up, down) = (
          moved(parameter, by: step, direction, here), moved(parameter, by: -step, direction, here)
        )
        let distance = abs(parts.reduce(0, +) - (up - down) / (2 * step))
        // What the rounding of the losses alone may be off stays within the bound.
        let noise = 0x1p-48 * max(abs(loss), 1) / step
        return distance == 0 ? 0 : distance / max(length(parts), noise / GradientNumerics.slopeBound)
      }
      // A kink within a step is not within a shorter one, and rounding shows less in a longer one; what is wrong is
      // wrong with every step.
      var least = error(0x1p-21)
      for step in [0x1p-25, 0x1p-17, 0x1p-13] where least > GradientNumerics.slopeBound {
        least = min(least, error(step))
      }
      return least
    }.max() ?? 0
  }

  private func moved(
    _ parameter: (path: String, value: Value, gradient: Value), by step: Double, _ direction: [Double],
    _ here: ReferenceEvaluator
  ) -> Double {
    var numbers = here[parameter.value]
    for i in direction.indices { numbers.numbers[i] += step * direction[i] }
    return here.moving([.parameter(parameter.path): numbers])[sample.loss].numbers[0]
  }

  /// Numbers from 0.5 to 1 with either sign.
  private func direction(_ path: String, _ number: Int, _ count: Int) -> [Double] {
    let stream = RandomStream(seed: seed, "numerics/\(path)/\(number)")
    return (0..<count).map { i in
      let x = Double(stream.uniform(i)) - 0.5
      return x < 0 ? x - 0.5 : x + 0.5
    }
  }

  /// The same with every parameter moved a little.
  func near(_ here: ReferenceEvaluator) -> ReferenceEvaluator {
    var moved: [Leaf: ReferenceTensor] = [:]
    for parameter in sample.parameters {
      var numbers = here[parameter.value]
      let stream = RandomStream(seed: seed, "numerics/\(parameter.path)/near")
      let size = length(numbers.numbers) / Double(max(1, numbers.numbers.count)).squareRoot()
      for i in numbers.numbers.indices {
        numbers.numbers[i] += max(size, 0x1p-6) * 0x1p-8 * (Double(stream.uniform(i)) - 0.5)
      }
      moved[.parameter(parameter.path)] = numbers
    }
    return here.moving(moved)
  }
}

private func length(_ numbers: some Sequence<Double>) -> Double {
  numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
