import ExpLanguage
import GraphEngine

/// Sums and their like over axes, and what runs along an axis.
enum Reductions {
  static let all: [Operation] = overAxes + alongAxis

  private static func reduction(
    _ name: String, _ aliases: [String], _ summary: String,
    _ body: @escaping @Sendable (Value, [Int]?, Bool) throws -> Value
  ) -> Operation {
    Operation(name, aliases, ["x", "axis=None", "keepdims=False"], summary) { arguments in
      .tensor(try body(try arguments.tensor("x"), try arguments.axes(), try arguments.bool("keepdims")))
    }
  }

  private static let overAxes: [Operation] = [
    reduction("mean", ["reduce_mean", "average"], "The mean over axes, over all without any.") {
      try $0.mean(over: $1, keepingDimensions: $2)
    },
    reduction("prod", ["reduce_prod"], "The product over axes.") {
      try $0.product(over: $1, keepingDimensions: $2)
    },
    reduction("var", ["reduce_variance", "variance"], "The variance over axes, divided by the count.") {
      try $0.variance(over: $1, keepingDimensions: $2)
    },
    reduction("std", ["reduce_std"], "The standard deviation over axes, divided by the count.") {
      try $0.standardDeviation(over: $1, keepingDimensions: $2)
    },
    reduction("logsumexp", ["reduce_logsumexp"], "The logarithm of the sum of exponentials over axes.") {
      try $0.logSumExp(over: $1, keepingDimensions: $2)
    },
    reduction("any", ["reduce_any"], "1 if any element over the axes is not 0.") {
      try $0.any(over: $1, keepingDimensions: $2)
    },
    reduction("all", ["reduce_all"], "1 if all elements over the axes are not 0.") {
      try $0.all(over: $1, keepingDimensions: $2)
    },
    extremum(
      "max", ["reduce_max", "amax"], "The largest element over axes; of plain numbers Python's max.",
      isMaximum: true),
    extremum(
      "min", ["reduce_min", "amin"], "The smallest element over axes; of plain numbers Python's min.",
      isMaximum: false),
    Operation(
      "sum", ["reduce_sum", "add_n"], ["x", "axis=None", "keepdims=False"],
      "The sum over axes; of a list of tensors, of them."
    ) { arguments in
      if let items = arguments["x"].sequence, arguments.isNone("axis"), !items.isEmpty {
        return try items.dropFirst().reduce(items[0]) {
          try arguments.tracer.binary(.add, $0, $1, arguments.range, arguments.range, arguments.range)
        }
      }
      return .tensor(
        try arguments.tensor("x").sum(
          over: try arguments.axes(), keepingDimensions: try arguments.bool("keepdims")))
    },
    Operation("moments", [], ["x", "axes", "keepdims=False"], "Mean and variance over axes.") { arguments in
      let (x, axes, keeps) = (
        try arguments.tensor("x"), try arguments.axes("axes"), try arguments.bool("keepdims")
      )
      return .tuple([
        .tensor(try x.mean(over: axes, keepingDimensions: keeps)),
        .tensor(try x.variance(over: axes, keepingDimensions: keeps)),
      ])
    },
    Operation(
      "normalize", ["l2_normalize"], ["x", "axis=-1", "order=2", "epsilon=1e-12"],
      "Divided by the Euclidean norm along an axis."
    ) { arguments in
      guard try arguments.number("order") == 2 else { throw arguments.mismatch("order", "2") }
      let x = try arguments.tensor("x")
      let epsilon = try arguments.float("epsilon")
      let squares = try x.square().sum(over: try arguments.axes(), keepingDimensions: true)
      return .tensor(try x / squares.maximum(epsilon).squareRoot())
    },
  ]

  /// `max` and `min` of tensors over axes, and of plain numbers as in Python.
  private static func extremum(
    _ name: String, _ aliases: [String], _ summary: String, isMaximum: Bool
  ) -> Operation {
    Operation(name, aliases, ["x", "axis=None", "keepdims=False", "*others"], summary) { arguments in
      var plain = arguments["x"].sequence ?? [arguments["x"]]
      if arguments["x"].number != nil {
        plain += [arguments["axis"]].filter { $0.number != nil }
        if case .bool = arguments["keepdims"] {} else { plain.append(arguments["keepdims"]) }
        plain += arguments.rest
      }
      if var best = plain.first, plain.allSatisfy({ $0.number != nil }) {
        for item in plain.dropFirst() {
          guard let x = item.number, let y = best.number else { continue }
          if isMaximum ? x > y : x < y { best = item }
        }
        return best
      }
      let (x, axes, keeps) = (try arguments.tensor("x"), try arguments.axes(), try arguments.bool("keepdims"))
      return .tensor(
        try isMaximum
          ? x.max(over: axes, keepingDimensions: keeps) : x.min(over: axes, keepingDimensions: keeps))
    }
  }

  private static let alongAxis: [Operation] = [
    Operation(
      "argmax", [], ["x", "axis=-1", "keepdims=False"], "The place of the largest element along an axis."
    ) { try extremePlace($0) { try $0.argumentOfMaximum(over: $1) } },
    Operation(
      "argmin", [], ["x", "axis=-1", "keepdims=False"], "The place of the smallest element along an axis."
    ) { try extremePlace($0) { try $0.argumentOfMinimum(over: $1) } },
    Operation("cumsum", [], ["x", "axis=0"], "Running sums along an axis.") {
      .tensor(try $0.tensor("x").cumulativeSum(along: try $0.int("axis")))
    },
    Operation("cumprod", [], ["x", "axis=0"], "Running products along an axis.") {
      .tensor(try $0.tensor("x").cumulativeProduct(along: try $0.int("axis")))
    },
  ]

  private static func extremePlace(
    _ arguments: Arguments, _ body: (Value, Int) throws -> Value
  ) throws -> TraceValue {
    let axis = try arguments.int("axis")
    let place = try body(try arguments.tensor("x"), axis)
    return .tensor(try arguments.bool("keepdims") ? place.expandingDimensions(at: axis) : place)
  }
}
