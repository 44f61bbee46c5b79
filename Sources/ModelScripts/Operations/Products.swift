import GraphEngine
import TensorCore

/// Products of vectors, matrices and tensors.
enum Products {
  static let all: [Operation] = [
    Operation(
      "matmul", also: ["linalg_matmul"], ["x1", "x2", "transpose_a=False", "transpose_b=False"],
      "The product of matrices, the last two axes."
    ) {
      .tensor(
        try $0.tensor("x1").multiplied(
          by: try $0.tensor("x2"), transposingLeft: try $0.bool("transpose_a"),
          transposingRight: try $0.bool("transpose_b")))
    },
    Operation("dot", ["x1", "x2"], "The sum of products over the last axis and the last but one.") {
      .tensor(try $0.tensor("x1").dot(try $0.tensor("x2")))
    },
    Operation("outer", ["x1", "x2"], "All products of elements of two vectors.") { arguments in
      let (a, b) = (try arguments.tensor("x1"), try arguments.tensor("x2"))
      guard !a.type.dims.contains(.batch), !b.type.dims.contains(.batch) else {
        throw arguments.mismatch("x1", "a vector of known size; with a batch use einsum('bi,bj->bij', a, b)")
      }
      return .tensor(try a.outer(b))
    },
    Operation(
      "tensordot", ["x1", "x2", "axes=2"], "The sum of products over pairs of axes."
    ) { arguments in
      let (a, b) = (try arguments.tensor("x1"), try arguments.tensor("x2"))
      if let count = arguments["axes"].whole {
        guard (0...min(a.type.rank, b.type.rank)).contains(count) else {
          throw arguments.mismatch("axes", "no more than both have axes")
        }
        return .tensor(try a.tensordot(b, axes: count))
      }
      guard let pairs = arguments["axes"].sequence, pairs.count == 2 else {
        throw arguments.mismatch("axes", "a number, or two lists of axes")
      }
      let lists = try pairs.map { pair in
        let items = pair.sequence ?? [pair]
        let axes = items.compactMap(\.whole)
        guard axes.count == items.count else { throw arguments.mismatch("axes", "two lists of axes") }
        return axes
      }
      return .tensor(try a.tensordot(b, axes: (lists[0], lists[1])))
    },
    Operation(
      "einsum", ["subscripts", "*operands"], "Sums of products by Einstein's convention: 'bij,bjk->bik'."
    ) { arguments in
      let values = try arguments.rest.map { item in
        guard let operand = try Operand(item, in: arguments.graph) else {
          throw arguments.mismatch("subscripts", "followed by tensors")
        }
        return operand.tensor(in: arguments.graph)
      }
      guard !values.isEmpty else { throw arguments.mismatch("subscripts", "followed by tensors") }
      return .tensor(try Value.einsum(try arguments.string("subscripts"), values))
    },
  ]
}
