import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore
import Testing

/// The numbers of a value made from vectors `x0`, `x1`, ….
private func numbers(_ inputs: [Float]..., build: ([Value]) throws -> Value) throws -> [Float] {
  let graph = Graph()
  var leaves: [Leaf: Tensor] = [:]
  var values: [Value] = []
  for (i, input) in inputs.enumerated() {
    leaves[.input("x\(i)")] = Tensor([input.count], input)
    values.append(graph.leaf(.input("x\(i)"), TensorType([.size(input.count)])))
  }
  return EagerEvaluator(graph, batch: 1, leaves: leaves)[try build(values)].elements
}

/// The gradient of the sum of a function of one vector.
private func slope(_ input: [Float], _ build: (Value) throws -> Value) throws -> [Float] {
  try numbers(input) { try $0[0].graph.gradients(of: build($0[0]).sum(), for: [$0[0]])[0] }
}

private func refusal(_ dims: [Dim]..., build: ([Value]) throws -> Value) throws -> Diagnostic {
  let graph = Graph()
  graph.origin = SourceSpan(1, 2)
  let values = dims.enumerated().map { graph.leaf(.input("x\($0)"), TensorType($1)) }
  let error = try #require(throws: Diagnostic.self) { try build(values) }
  #expect(error.primary?.span == SourceSpan(1, 2))
  return error
}

@Suite struct OpRuleTests {
  @Test func `equal operands of a maximum give the gradient to the first, as in TensorFlow`() throws {
    let found = try numbers([1, 2, 3], [1, 3, 2]) {
      try $0[0].graph.gradients(of: $0[0].maximum($0[1]).sum(), for: [$0[0]])[0]
    }
    #expect(found == [1, 0, 1])
  }

  @Test func `equal largest elements share the gradient`() throws {
    #expect(try slope([3, 1, 3, 2]) { try $0.max() } == [0.5, 0, 0.5, 0])
  }

  @Test func `a clip lets gradients through at both ends`() throws {
    #expect(try slope([0.5, 1, -2, 7]) { try $0.clipped(0.5, 1) } == [1, 1, 0, 0])
  }

  @Test func `a NaN in the branch not taken leaves no trace in the gradient`() throws {
    #expect(try slope([-1, 4]) { try Value.select($0 .> 0, $0 * 2, .nan) } == [0, 2])
    #expect(try slope([0, 4]) { try Value.select($0 .> 0, $0.power(2), 0) } == [0, 8])
  }

  @Test func `no gradient flows through stop_gradient, comparisons and roundings`() throws {
    #expect(try slope([1.5, -2]) { try $0 * $0.withoutGradient() } == [1.5, -2])
    #expect(try slope([1.5, -2]) { try ($0 .> 0) + $0.round() + $0.sign() + $0.cast(to: .int32) } == [0, 0])
  }

  @Test func `a product with zeros has the gradient of the others`() throws {
    #expect(try slope([2, 0, 3]) { try $0.product() } == [0, 6, 0])
    #expect(try slope([0, 0, 3]) { try $0.product() } == [0, 0, 0])
  }

  @Test func `elements that are taken twice get both gradients`() throws {
    #expect(try slope([1, 2, 3]) { try $0.taking([2, 0, 2], axis: 0) } == [1, 0, 2])
  }

  @Test func `an index outside gives NaN and no gradient`() throws {
    let found = try numbers([1, 2, 3]) { x in
      try x[0].taking(x[0].graph.constant(whole: [-1, 3, 0, -4]), axis: 0)
    }
    #expect(found[0] == 3 && found[1].isNaN && found[2] == 1 && found[3].isNaN)
    let slopes = try slope([1, 2, 3]) { try $0.taking($0.graph.constant(whole: [-1, 3, 0, -4]), axis: 0) }
    #expect(slopes == [1, 0, 1])
  }

  @Test func `logsumexp of large and infinite numbers is right`() throws {
    #expect(abs(try numbers([1000, 1000]) { try $0[0].logSumExp() }[0] - 1000.6931) < 1e-3)
    #expect(try numbers([-.infinity, -.infinity]) { try $0[0].logSumExp() } == [-.infinity])
    #expect(try numbers([.infinity, 0]) { try $0[0].logSumExp() } == [.infinity])
  }

  @Test func `NaN is the largest, the smallest and the last`() throws {
    #expect(try numbers([1, .nan, 2]) { try $0[0].max() }[0].isNaN)
    #expect(try numbers([1, .nan, 2]) { try $0[0].min() }[0].isNaN)
    #expect(try numbers([1, .nan, 2]) { try $0[0].argumentOfMaximum().cast(to: .float32) } == [1])
    let sorted = try numbers([1, .nan, 2]) { try $0[0].sorted(descending: true) }
    #expect(sorted[0] == 2 && sorted[1] == 1 && sorted[2].isNaN)
  }

  @Test func `whole numbers stay whole, wrap around and do not divide by 0`() throws {
    func whole(_ build: (Value, Value) throws -> Value) throws -> [Int32] {
      let graph = Graph()
      let a = graph.constant(whole: [7, -7, .max, .min])
      let b = graph.constant(whole: [3, 3, 2, -1])
      return EagerEvaluator(graph, batch: 1, leaves: [:])[try build(a, b)].elements.map {
        Int32(bitPattern: $0.bitPattern)
      }
    }
    #expect(try whole { try $0 + $1 } == [10, -4, .min + 1, .max])
    #expect(try whole { try $0.floorDivided(by: $1) } == [2, -3, 1_073_741_823, .min])
    #expect(try whole { try $0.modulo($1) } == [1, 2, 1, 0])
    #expect(try whole { try $0.floorDivided(by: $1 * 0) } == [0, 0, 0, 0])
    #expect(try whole { try ($0 .< $1).cast(to: .int32) } == [0, 1, 0, 1])
    #expect(try whole { try ($0 / $1).cast(to: .int32) } == [2, -2, 1_073_741_824, .max])
  }

  @Test func `a cast cuts fractions off and stops at the ends`() throws {
    let found = try numbers([1.9, -1.9, 3e9, -3e9, .nan]) { try $0[0].cast(to: .int32) }
    #expect(found.map { Int32(bitPattern: $0.bitPattern) } == [1, -1, .max, .min, 0])
  }

  @Test func `random numbers differ from step to step and stay as they are`() throws {
    func draw(_ distribution: RandomNumbers.Distribution, step: Int) throws -> [Float] {
      let graph = Graph()
      let leaf = graph.leaf(.input("step"), TensorType([.size(2)]))
      let stream = RandomStream(seed: 1, "noise")
      let x = try graph.random(distribution, [.batch, .size(500)], stream: stream, step: leaf)
      let leaves: [Leaf: Tensor] = [.input("step"): Tensor([2], [asFloat(step), 0])]
      return EagerEvaluator(graph, batch: 4, leaves: leaves)[x].elements
    }
    let normal = try draw(.normal(mean: 3, deviation: 2), step: 1)
    #expect(try draw(.normal(mean: 3, deviation: 2), step: 1) == normal)
    #expect(try draw(.normal(mean: 3, deviation: 2), step: 2) != normal)
    #expect(abs(normal.reduce(0, +) / 2000 - 3) < 0.2)
    #expect(try draw(.uniform(lower: 1, upper: 2), step: 1).allSatisfy { $0 >= 1 && $0 < 2 })
    #expect(try draw(.truncatedNormal(mean: 0, deviation: 1), step: 1).allSatisfy { abs($0) <= 2 })
  }

  @Test func `gradients of products and softmax can be differentiated`() throws {
    func bend(_ build: (Value) throws -> Value) throws -> [Float] {
      try slope([0.5, -1, 2, 0.25]) { x in
        try x.graph.gradients(of: build(x).square().sum(), for: [x])[0]
      }
    }
    func isClose(_ a: [Float], _ b: [Float]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 } }
    // A rotation by a right angle keeps lengths: the second derivative of |x|² is 2 everywhere.
    let turn: (Value) throws -> Value = { x in
      let matrix = x.graph.constant(Tensor([2, 2], [0, 1, -1, 0]))
      return try x.reshaped(to: [.size(2), .size(2)]).multiplied(by: matrix)
    }
    #expect(isClose(try bend(turn), [2, 2, 2, 2]))
    // The softmax does not change when all move together, so the rows of its second derivative sum to 0.
    #expect(isClose(try bend { try $0.softmax() }, [0, 0, 0, 0]))
  }

  @Test func `shapes that do not broadcast are refused with both shapes`() throws {
    let error = try refusal([.batch, .size(3)], [.size(4)]) { try $0[0] + $0[1] }
    #expect(error.code == "E0301")
    #expect(error.message == "shapes (batch, 3) and (4) do not fit: axes of 3 and 4 elements")
  }

  @Test func `pairing every sample with every other is refused`() throws {
    let error = try refusal([.batch, .size(1)], [.batch]) { try $0[0] * $0[1] }
    #expect(error.message.contains("every sample with every other"))
  }

  @Test func `the batch cannot be cut, and the message says what to do`() throws {
    let error = try refusal([.batch, .size(3)]) { try $0[0].sliced(.range(from: 1)) }
    #expect(error.message.contains("axis 0 of (batch, 3) is the batch") && error.help != nil)
  }

  @Test func `mistakes in axes, sizes and places name them`() throws {
    let wrong: [(String, (Value) throws -> Value)] = [
      ("(2, 3, 4) has no axis 3", { try $0.sum(over: [3]) }),
      ("axis -1 of (2, 3, 4) is named twice", { try $0.mean(over: [2, -1]) }),
      ("axis 1 of (2, 3, 4) is named twice", { try $0.transposed([0, 1, 1]) }),
      ("cannot be split into [1, 1]", { try $0.split([1, 1], axis: 1)[0] }),
      ("into 2 equal parts", { try $0.split(into: 2, axis: 1)[0] }),
      ("has no element 3", { try $0.sliced(.all, .at(3)) }),
      ("has no element -4", { try $0.taking([-4], axis: 1) }),
      ("steps of 0", { try $0.sliced(.range(by: 0)) }),
      ("too few elements to mirror", { try $0.padded([(0, 0), (3, 0), (0, 0)], .reflect) }),
      ("cannot be negative", { try $0.padded([(0, 0), (-1, 0), (0, 0)]) }),
      ("is not of size 1", { try $0.squeezed([1]) }),
      ("is no order of the axes", { try $0.transposed([0, 1]) }),
      ("cannot be repeated to", { try $0.broadcast(to: [.size(3), .size(4)]) }),
      ("has no place 5", { try $0.expandingDimensions(at: 5) }),
      ("axes of 4 and 8 elements", { try $0.broadcast(to: [.size(2), .size(3), .size(8)]) }),
      ("cannot follow", { try Value.concatenate([$0, $0.sum(over: [0])]) }),
      ("the rows of", { try $0.multiplied(by: $0) }),
      ("needs int32", { try $0.taking($0, axis: 1) }),
      ("9 largest of 4", { try $0.largest(9).values }),
      ("has 2 terms for 1 values", { try Value.einsum("ij,jk->ik", $0) }),
      ("names 2 axes of a value with 3", { try Value.einsum("ij->i", $0) }),
      ("must name axes of the values", { try Value.einsum("ijk->l", $0) }),
      ("differ in an axis of one letter", { try Value.einsum("ijk,ikl->il", $0, $0) }),
      ("more elements than any machine holds", { try $0.tiled([1 << 40, 1, 1]) }),
      ("do not lead from", { try $0.graph.arange(0, 1, by: 0) }),
    ]
    for (message, build) in wrong {
      let error = try refusal([.size(2), .size(3), .size(4)]) { try build($0[0]) }
      #expect(error.message.contains(message), "\(error.message) instead of \(message)")
    }
  }

  @Test(
    arguments: [
      (1e38, 0, 1), (0, -3e38, 1e-38), (-3e38, 3e38, -1e-38), (5, 5, 1), (2, 1, 0.5), (0, 1, -2),
    ] as [(Float, Float, Float)])
  func `a range that leads away from its end is empty`(start: Float, stop: Float, step: Float) throws {
    #expect(try Graph().arange(start, stop, by: step).type.dims == [.size(0)])
  }

  @Test(
    arguments: [(0, 3e38, 1), (0, 1, 1e-38), (-.infinity, 0, 1), (0, .nan, 1)] as [(Float, Float, Float)])
  func `a range longer than anything is refused`(start: Float, stop: Float, step: Float) throws {
    #expect(throws: Diagnostic.self) { try Graph().arange(start, stop, by: step) }
  }
}
