import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore

private func rows(_ size: Int) -> [Dim] { [.batch, .size(size)] }
private func grid(_ rows: Int, _ size: Int) -> [Dim] { [.batch, .size(rows), .size(size)] }
private func by(_ dims: [Dim], _ numbers: Numbers = .signed) -> OpCase.Operand { (dims, numbers, true) }
private func held(_ dims: [Dim], _ numbers: Numbers) -> OpCase.Operand { (dims, numbers, false) }
private func fixed(_ sizes: Int...) -> [Dim] { sizes.map { .size($0) } }

extension OpCase {
  /// Every way in which two shapes broadcast, and every function that has a gradient.
  static let broadcasts: [OpCase] = [
    OpCase("add a row", { [by(grid(2, $0)), by(fixed($0))] }) { try $0[0] + $0[1] },
    OpCase("add to a row", { [by(fixed($0)), by(grid(2, $0))] }) { try $0[0] - $0[1] },
    OpCase("multiply by a column", { [by(grid(3, $0)), by([.batch, .size(3), .size(1)])] }) {
      try $0[0] * $0[1]
    },
    OpCase("multiply by a scalar", { [by(rows($0)), by([])] }) { try $0[0] * $0[1] },
    OpCase("multiply a scalar", { [by([]), by(rows($0))] }) { try $0[0] * $0[1] },
    OpCase("outer", { [by([.batch, .size($0), .size(1)]), by([.batch, .size(1), .size(3)])] }) {
      try $0[0] * $0[1]
    },
    OpCase("middle axis", { [by([.batch, .size(1), .size($0)]), by(grid(4, $0))] }) { try $0[0] * $0[1] },
    OpCase("alternating axes", { [by(fixed(2, 1, $0, 1)), by(fixed(1, 3, 1, 2))] }) { try $0[0] * $0[1] },
    OpCase("the batch", { [by([.batch, .size(1)]), by(fixed($0))] }) { try $0[0] * $0[1] },
    OpCase("numbers", { [by(rows($0))] }) { try (2 - $0[0] * 3 + 1) / 4 },
    OpCase("divide by a row", { [by(grid(2, $0)), by(fixed($0), .positive)] }) { try $0[0] / $0[1] },
    OpCase("divide a number", { [by(rows($0), .positive)] }) { try 2 / $0[0] },
    OpCase("divide_no_nan", { [by(rows($0)), by(fixed($0), .positive)] }) {
      try $0[0].dividedNoNaN(by: $0[1])
    },
    OpCase("power", { [by(rows($0), .positive), by(fixed($0))] }) { try $0[0].power($0[1]) }
      .rounding("power") { _ in .result(4) },
    OpCase("power of a negative", { [by(rows($0))] }) { try $0[0].power(3) },
    OpCase("arctan2", { [by(rows($0)), by(fixed($0))] }) { try $0[0].arctangent(over: $0[1]) }
      .rounding("arctangent") { _ in .result(4) },
    OpCase("modulo", { [by(rows($0), .around([0.5, 1.6])), held(rows($0), .around([1, 1]))] }) {
      try $0[0].modulo($0[1].combined(.maximum, 1).combined(.minimum, 1))
    },
    OpCase("maximum", { [by(rows($0), .around([0, 1])), by(rows($0), .around([1, 0]))] }) {
      try $0[0].maximum($0[1])
    },
    OpCase("minimum", { [by(rows($0), .around([0, 1])), by([.size(1)], .around([0.5]))] }) {
      try $0[0].minimum($0[1])
    },
    OpCase("clip", { [by(rows($0), .around([-0.5, 0.5, 1.5]))] }) { try $0[0].clipped(0, 1) },
    OpCase("select", { [held(fixed($0), .signed), by(rows($0)), by(rows(1))] }) {
      try Value.select($0[0] .> 0, $0[1], $0[2])
    },
    OpCase("broadcast", { [by([.batch, .size(1), .size($0)])] }) {
      try $0[0].broadcast(to: [.size(2), .batch, .size(3), $0[0].type.dims[2]])
    }
    .rounding("broadcast") { _ in .result(1) },
  ]

  static let movements: [OpCase] = [
    OpCase("transpose", { [by(grid(3, $0))] }) { try $0[0].transposed([0, 2, 1]) },
    OpCase("transpose 4", { [by([.batch, .size(2), .size(3), .size($0)])] }) {
      try $0[0].transposed([3, 1, 0, 2])
    },
    OpCase("transpose all", { [by(grid(3, $0))] }) { try $0[0].transposed() },
    OpCase("concatenate", { [by(grid(2, $0)), by(grid(2, 3)), by(grid(2, 1))] }) {
      try Value.concatenate($0, axis: -1)
    },
    OpCase("concatenate middle", { [by(grid(2, $0)), by(grid(3, $0))] }) {
      try Value.concatenate($0, axis: 1)
    },
    OpCase("stack", { [by(rows($0)), by(rows($0))] }) { try Value.stack($0, axis: 1) },
    OpCase("split", { [by(rows($0 + 3))] }) {
      let parts = try $0[0].split([2, $0[0].type.shape(batch: 1)[1] - 2])
      return try parts[1] - parts[0].sum(over: [-1], keepingDimensions: true)
    },
    OpCase("slice", { [by(grid(4, $0 + 2))] }) {
      try $0[0].sliced(.all, .range(from: 1, by: 2), .range(from: -1, by: -2))
    }
    .rounding("sum_by_map") { .products($0.shapes[0].max() ?? 1) },
    OpCase("slice one", { [by(grid(4, $0))] }) { try $0[0].sliced(.all, .at(-2)) },
    OpCase("pad", { [by(grid(2, $0))] }) { try $0[0].padded([(0, 0), (1, 0), (2, 3)], .constant(5)) },
    OpCase("pad reflect", { [by(grid(2, $0 + 2))] }) {
      try $0[0].padded([(0, 0), (1, 1), (2, 1)], .reflect)
    },
    OpCase("pad symmetric", { [by(grid(2, $0))] }) {
      try $0[0].padded([(0, 0), (2, 1), (1, 1)], .symmetric)
    },
    OpCase("tile", { [by(rows($0))] }) { try $0[0].tiled([2, 1, 3]) },
    OpCase("repeat", { [by(grid(2, $0))] }) { try $0[0].repeated(3, axis: 1) },
    OpCase("flip", { [by(grid(2, $0))] }) { try $0[0].flipped([1, -1]) },
    OpCase("roll", { [by(rows($0))] }) { try $0[0].rolled(-2, axis: 1) },
    OpCase("take", { [by(fixed($0, 3)), held(rows(4), .labels($0))] }) { try $0[0].taking($0[1], axis: 0) }
      .rounding("spread_taken") { .products($0.shapes[1].reduce(1, *)) },
    OpCase("take inner", { [by(grid($0, 3)), held(fixed(5), .labels($0))] }) {
      try $0[0].taking($0[1], axis: 1)
    },
    OpCase("take known", { [by(grid($0, 3))] }) { try $0[0].taking([0, -1, 0], axis: 1) },
    OpCase("take_along_axis", { [by(grid(3, $0)), held(grid(2, $0), .labels(3))] }) {
      try $0[0].taking($0[1], along: 1)
    }
    .rounding("spread_along_axis") { .products($0.shapes[1].reduce(1, *)) },
    OpCase("tril", { [by(grid(4, $0))] }) { try $0[0].lowerTriangle(-1) },
    OpCase("triu", { [by(grid(4, $0))] }) { try $0[0].upperTriangle(1) },
    OpCase("diagonal", { [by(grid(3, $0))] }) { try $0[0].diagonal(1 - 1) },
    OpCase("diag", { [by(rows($0))] }) { try $0[0].onDiagonal(-1) },
    OpCase("sort", { [by(rows($0), .spaced)] }) { try $0[0].sorted() },
    OpCase("top_k", { [by(rows($0 + 1), .spaced)] }) {
      try $0[0].largest(2).values
    },
  ]

  static let reductions: [OpCase] = [
    OpCase("sum", { [by(grid(3, $0))] }) { try $0[0].sum(over: [1]) }
      .rounding("reduce") { .products($0.run + $0.columns) },
    OpCase("sum the batch", { [by(grid(3, $0))] }) { try $0[0].sum(over: [0, 1], keepingDimensions: true) },
    OpCase("sum apart", { [by(grid(3, $0))] }) { try $0[0].sum(over: [0, 2]) },
    OpCase("mean", { [by(grid(3, $0))] }) { try $0[0].mean(over: [0, -1], keepingDimensions: true) },
    OpCase("mean of all", { [by(grid(3, $0))] }) { try $0[0].mean() },
    OpCase("max", { [by(grid(3, $0), .spaced)] }) { try $0[0].max(over: [1]) }
      .rounding("reduce_maximum", "reduce_minimum") { _ in .none },
    OpCase("min apart", { [by(grid(3, $0), .spaced)] }) {
      try $0[0].min(over: [0, 2])
    },
    OpCase("product with 0", { [by([.size($0), .size(3)], .around([0.2, 1, 1]))] }) {
      try ($0[0] - 0.2).product(over: [0, 1])
    }
    .rounding("product_gradient") { .products($0.run + $0.columns) },
    OpCase("product of rows", { [by(rows(5), .positive), by(fixed($0))] }) {
      try $0[0].product(over: [1]).sum() + $0[1]
    },
    OpCase("variance", { [by(grid(3, $0))] }) { try $0[0].variance(over: [0, 1]) },
    OpCase("std", { [by(rows($0 + 2))] }) { try $0[0].standardDeviation(over: [1]) },
    OpCase("logsumexp", { [by(grid(3, $0))] }) { try $0[0].logSumExp(over: [1, 2]) },
    OpCase("norm", { [by(rows($0))] }) { try $0[0].norm(over: [1]) },
    OpCase("cumsum", { [by(grid(3, $0))] }) { try $0[0].cumulativeSum(along: 2) }
      .rounding("cumulate") { .products($0.shapes[0].max() ?? 1) },
    OpCase("cumsum middle", { [by(grid(3, $0))] }) { try $0[0].cumulativeSum(along: 1) },
    OpCase("cumprod", { [by(grid(4, $0), .positive)] }) { try $0[0].cumulativeProduct(along: 1) },
  ]

  static let products: [OpCase] = [
    OpCase("batch matmul", { [by(grid(2, $0)), by([.batch, .size($0), .size(3)])] }) {
      try $0[0].multiplied(by: $0[1])
    }
    .rounding("batch_matmul") { .products($0.depth) },
    OpCase("matmul transposed", { [by(grid($0, 2)), by(grid(3, $0))] }) {
      try $0[0].multiplied(by: $0[1], transposingLeft: true, transposingRight: true)
    },
    OpCase("matmul right transposed", { [by(grid(2, $0)), by(grid(3, $0))] }) {
      try $0[0].multiplied(by: $0[1], transposingRight: true)
    },
    OpCase("matmul left transposed", { [by(grid($0, 2)), by(grid($0, 3))] }) {
      try $0[0].multiplied(by: $0[1], transposingLeft: true)
    },
    OpCase("matmul broadcast", { [by([.batch, .size(1), .size(2), .size($0)]), by(fixed(3, $0, 2))] }) {
      try $0[0].multiplied(by: $0[1])
    },
    OpCase("matrix times vector", { [by(grid(2, $0)), by(fixed($0))] }) { try $0[0].multiplied(by: $0[1]) },
    OpCase("einsum attention", { [by(grid(2, $0)), by(grid(3, $0))] }) {
      try Value.einsum("bij,bkj->bki", $0[0], $0[1])
    },
    OpCase("einsum weights", { [by(grid(2, $0)), by(fixed($0, 3, 2))] }) {
      try Value.einsum("bsd,dhk->bhsk", $0[0], $0[1])
    },
    OpCase("einsum heads", { [by([.batch, .size(3), .size(2), .size($0)]), by(fixed(3, $0, 2))] }) {
      try Value.einsum("bhsd,hdk->bshk", $0[0], $0[1])
    },
    OpCase("einsum over the batch", { [by(grid(2, $0)), by(rows(3))] }) {
      try Value.einsum("bij,bk->kj", $0[0], $0[1])
    },
    OpCase("einsum three", { [by(rows($0)), by(fixed($0, 2)), by(fixed(2, 3))] }) {
      try Value.einsum("...i,ij,jk->...k", $0[0], $0[1], $0[2])
    },
    OpCase("einsum trace", { [by([.batch, .size($0), .size($0)])] }) { try Value.einsum("bii->b", $0[0]) },
    OpCase("tensordot", { [by(grid(2, $0)), by(fixed(3, $0, 2))] }) {
      try $0[0].tensordot($0[1], axes: ([1, 2], [2, 1]))
    },
    OpCase("dot", { [by(grid(2, $0)), by(fixed($0, 3))] }) { try $0[0].dot($0[1]) },
    OpCase("outer product", { [by(fixed($0)), by(fixed(3))] }) { try $0[0].outer($0[1]) },
  ]
}
