import EngineTestSupport
import Foundation
import GraphEngine
import KernelABI
import TensorCore
import Testing

/// The operands that `make_references.py` makes too.
private struct Operands {
  let graph: Graph
  let a, b, row, matrix, square, stack, column, index: Value
  let leaves: [Leaf: Tensor]

  init() {
    let graph = Graph()
    var leaves: [Leaf: Tensor] = [:]
    func operand(_ name: String, _ shape: [Int], _ start: Int) -> Value {
      let count = shape.reduce(1, *)
      leaves[.input(name)] = Tensor(shape, (0..<count).map { Float((($0 + start) * 13 + 5) % 21 - 10) / 4 })
      return graph.leaf(.input(name), TensorType(shape.map { .size($0) }))
    }
    a = operand("a", [2, 3, 4], 0)
    b = operand("b", [2, 3, 4], 7)
    row = operand("row", [4], 3)
    matrix = operand("m", [4, 5], 1)
    square = operand("s", [3, 3], 2)
    stack = operand("t", [2, 4, 3], 4)
    column = operand("c", [3, 1], 5)
    index = graph.constant(whole: [2, 0, 1, 1])
    self.graph = graph
    self.leaves = leaves
  }
}

private typealias Case = (name: String, build: @Sendable (Operands) throws -> Value)

private let cases: [Case] = [
  ("add row", { try $0.a + $0.row }),
  ("subtract column", { try $0.a - $0.column }),
  ("multiply outer", { try $0.column * $0.row }),
  ("divide", { try $0.a / ($0.row + 4) }),
  ("floor_divide", { try $0.a.floorDivided(by: $0.row + 0.125) }),
  ("mod", { try $0.a.modulo($0.row + 0.125) }),
  ("power", { try ($0.a + 3).power($0.row) }),
  ("arctan2", { try $0.a.arctangent(over: $0.b) }),
  ("maximum", { try $0.a.maximum($0.row) }),
  ("minimum", { try $0.a.minimum($0.b) }),
  ("equal", { try $0.a .== $0.b }),
  ("less", { try $0.a .< $0.row }),
  ("greater_equal", { try $0.a .>= $0.b }),
  ("and", { try $0.a .& $0.b }),
  ("or", { try $0.a .| $0.b }),
  ("xor", { try $0.a .^ $0.b }),
  ("not", { try .!$0.a }),
  ("where", { try Value.select($0.a .> 0, $0.row, $0.column) }),
  ("clip", { try $0.a.clipped(-1, 1.5) }),
  ("cast", { try $0.a.cast(to: .int32) }),
  ("round", { try ($0.a * 2).round() }),
  ("sum 0", { try $0.a.sum(over: [0]) }),
  ("sum 0 2", { try $0.a.sum(over: [-1, 0], keepingDimensions: true) }),
  ("sum", { try $0.a.sum() }),
  ("mean 1 2", { try $0.a.mean(over: [1, 2]) }),
  ("max 0 2", { try $0.a.max(over: [0, 2]) }),
  ("min 1", { try $0.a.min(over: [1], keepingDimensions: true) }),
  ("prod 2", { try $0.a.product(over: [2]) }),
  ("var 0 2", { try $0.a.variance(over: [0, 2]) }),
  ("std", { try $0.a.standardDeviation() }),
  ("logsumexp", { try $0.a.logSumExp(over: [0, 2]) }),
  ("any", { try ($0.a .> 2).any(over: [2]) }),
  ("all", { try ($0.a .> -2).all(over: [0, 1]) }),
  ("argmax 0", { try $0.a.argumentOfMaximum(over: 0) }),
  ("argmax 2", { try $0.a.argumentOfMaximum() }),
  ("argmin 1", { try $0.a.argumentOfMinimum(over: 1) }),
  ("cumsum 1", { try $0.a.cumulativeSum(along: 1) }),
  ("cumprod 2", { try $0.a.cumulativeProduct(along: -1) }),
  ("softmax 1", { try $0.a.softmax(axis: 1) }),
  ("log_softmax 0", { try $0.a.logSoftmax(axis: 0) }),
  ("transpose", { try $0.a.transposed([1, 2, 0]) }),
  ("swapaxes", { try $0.a.swappingAxes(0, -1) }),
  ("moveaxis", { try $0.a.movingAxis(0, to: 1) }),
  ("expand_dims", { try $0.a.expandingDimensions(at: -2) }),
  ("concatenate", { try Value.concatenate([$0.a, $0.b, $0.a], axis: 1) }),
  ("stack", { try Value.stack([$0.a, $0.b], axis: -1) }),
  ("slice", { try $0.a.sliced(.all, .range(by: -1), .range(from: 1, to: -1)) }),
  (
    "slice steps",
    {
      try $0.a.sliced(.range(from: -1), .range(from: 2, to: 0, by: -1), .range(from: -100, to: 100, by: 3))
    }
  ),
  ("slice at", { try $0.a.sliced(.all, .at(-1), .at(2)) }),
  ("slice empty", { try $0.a.sliced(.all, .range(from: 2, to: 1)) }),
  ("split", { try $0.a.split([1, 2, 1])[1] }),
  ("pad", { try $0.a.padded([(0, 1), (2, 0), (1, 1)], .constant(-1)) }),
  ("pad reflect", { try $0.a.padded([(0, 0), (2, 1), (1, 3)], .reflect) }),
  ("pad symmetric", { try $0.a.padded([(1, 0), (3, 2), (0, 4)], .symmetric) }),
  ("tile", { try $0.a.tiled([2, 1, 1, 2]) }),
  ("repeat", { try $0.a.repeated(2, axis: 1) }),
  ("flip", { try $0.a.flipped([0, 2]) }),
  ("roll", { try $0.a.rolled(-3, axis: 2) }),
  ("take", { try $0.a.taking($0.index, axis: 1) }),
  ("take negative", { try $0.a.taking($0.index - 3, axis: 1) }),
  ("take_along_axis", { try $0.a.taking($0.a.argumentsSorted(axis: 1), along: 1) }),
  ("one_hot", { try $0.index.oneHot(3, axis: 0) }),
  ("tril", { try $0.a.lowerTriangle(1) }),
  ("triu", { try $0.a.upperTriangle(-1) }),
  ("diag", { try $0.row.onDiagonal(1) }),
  ("diagonal", { try $0.a.diagonal(-1) }),
  ("trace", { try $0.square.trace(-1) }),
  ("sort", { try $0.a.sorted(axis: 1) }),
  ("sort down", { try $0.a.sorted(descending: true) }),
  ("argsort", { try $0.a.argumentsSorted() }),
  ("eye", { try $0.graph.eye(3, 5, diagonal: 1) }),
  ("arange", { try $0.graph.arange(1, 4, by: 0.5) }),
  ("linspace", { $0.graph.linspace(-1, 2, 7) }),
  ("matmul", { try $0.a.multiplied(by: $0.matrix) }),
  ("matmul stack", { try $0.a.multiplied(by: $0.stack) }),
  ("matmul vector", { try $0.a.multiplied(by: $0.row) }),
  ("vector matmul", { try $0.row.multiplied(by: $0.matrix) }),
  ("dot", { try $0.row.dot($0.row) }),
  ("tensordot", { try $0.a.tensordot($0.stack, axes: ([1, 2], [2, 1])) }),
  ("tensordot 1", { try $0.a.tensordot($0.matrix, axes: 1) }),
  ("outer", { try $0.row.outer($0.index) }),
  ("einsum", { try Value.einsum("bij,bjk->kb", $0.a, $0.stack) }),
  ("einsum sum", { try Value.einsum("bij -> j", $0.a) }),
  ("einsum trace", { try Value.einsum("ii", $0.square) }),
  ("einsum diagonal", { try Value.einsum("ii,ij->ji", $0.square, $0.square) }),
  ("einsum dots", { try Value.einsum("...j,j...->...", $0.row, $0.row) }),
  ("einsum three", { try Value.einsum("bij,bjk,kl->il", $0.a, $0.stack, $0.square) }),
  ("einsum implicit", { try Value.einsum("ba,ac", $0.square, $0.square) }),
  ("norm", { try $0.a.norm(over: [1]) }),
]

@Suite struct OpReferenceTests {
  private static func references() throws -> [String: Tensor] {
    let url = try #require(
      Bundle.module.url(forResource: "references", withExtension: "txt", subdirectory: "Fixtures"))
    var found: [String: Tensor] = [:]
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: "|", omittingEmptySubsequences: false)
      let shape = parts[1].split(separator: ",").compactMap { Int($0) }
      found[String(parts[0])] = Tensor(shape, parts[2].split(separator: " ").compactMap { Float($0) })
    }
    return found
  }

  @Test func `every function gives what NumPy gives`() throws {
    let references = try Self.references()
    #expect(Set(references.keys) == Set(cases.map(\.name)))
    for (name, build) in cases {
      let operands = Operands()
      let result = try build(operands)
      let expected = try #require(references[name])
      let found = EagerEvaluator(operands.graph, batch: 1, leaves: operands.leaves)[result]
      #expect(found.shape == expected.shape, "\(name)")
      let numbers =
        result.type.element == .int32
        ? found.elements.map { Float(Int32(bitPattern: $0.bitPattern)) } : found.elements
      let isClose = zip(numbers, expected.elements).allSatisfy { abs($0 - $1) <= 2e-6 * max(1, abs($1)) }
      #expect(isClose, "\(name): \(numbers), not \(expected.elements)")
      let exact = ReferenceEvaluator(operands.graph, batch: 1, leaves: operands.leaves)[result]
      #expect(
        zip(exact.numbers, expected.elements).allSatisfy { abs($0 - Double($1)) <= 2e-7 * max(1, abs($0)) },
        "\(name) in double precision: \(exact.numbers), not \(expected.elements)")
    }
  }
}
