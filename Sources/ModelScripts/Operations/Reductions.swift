import Diagnostics
import ExpLanguage
import GraphEngine
import TensorCore

/// Sums and their like over axes, and what runs along an axis.
enum Reductions {
  static let all: [Operation] = overAxes + alongAxis

  private static func reduction(
    _ name: String, also aliases: [String], _ summary: String,
    body: @escaping @Sendable (Value, [Int]?, Bool) throws -> Value
  ) -> Operation {
    Operation(name, also: aliases, ["x", "axis=None", "keepdims=False"], summary) { arguments in
      .tensor(try body(try arguments.tensor("x"), try arguments.axes(), try arguments.bool("keepdims")))
    }
  }

  private static let overAxes: [Operation] = [
    Operation(
      "mean", also: ["reduce_mean"], ["x", "axis=None", "keepdims=False"],
      "The mean over axes, over all without any."
    ) { arguments in
      let x = try arguments.tensor("x")
      if arguments.operation.module == .tensorFlow, x.type.element == .int32 {
        throw Diagnostic(
          "E0322", "'tf.reduce_mean' of whole numbers is a whole number in TensorFlow, its fraction cut off",
          at: arguments.tracer.span(arguments.range).map { .init($0, "a mean of int32") },
          help: "cast first: tf.reduce_mean(tf.cast(x, 'float32')); keras.ops.mean does so by itself")
      }
      return .tensor(
        try x.mean(over: try arguments.axes(), keepingDimensions: try arguments.bool("keepdims")))
    },
    reduction("prod", also: ["reduce_prod"], "The product over axes.") {
      try $0.product(over: $1, keepingDimensions: $2)
    },
    reduction("var", also: ["reduce_variance", "variance"], "The variance over axes, divided by the count.") {
      try $0.variance(over: $1, keepingDimensions: $2)
    },
    reduction("std", also: ["reduce_std"], "The standard deviation over axes, divided by the count.") {
      try $0.standardDeviation(over: $1, keepingDimensions: $2)
    },
    reduction("logsumexp", also: ["reduce_logsumexp"], "The logarithm of the sum of exponentials over axes.")
    {
      try $0.logSumExp(over: $1, keepingDimensions: $2)
    },
    reduction("any", also: ["reduce_any"], "1 if any element over the axes is not 0.") {
      try $0.any(over: $1, keepingDimensions: $2)
    },
    reduction("all", also: ["reduce_all"], "1 if all elements over the axes are not 0.") {
      try $0.all(over: $1, keepingDimensions: $2)
    },
    extremum(
      "max", also: ["reduce_max", "amax"], "The largest element over axes; of plain numbers Python's max.",
      isMaximum: true),
    extremum(
      "min", also: ["reduce_min", "amin"], "The smallest element over axes; of plain numbers Python's min.",
      isMaximum: false),
    Operation(
      "sum", also: ["reduce_sum", "add_n"], ["x", "axis=None", "keepdims=False"],
      "The sum over axes; of a list of tensors, of them."
    ) { arguments in
      if let items = arguments["x"].sequence, arguments.isNone("axis"), !items.isEmpty {
        let range = arguments.range
        return try items.dropFirst().reduce(items[0]) {
          try arguments.tracer.binary(
            .add, Given(value: $0, range: range), Given(value: $1, range: range), at: range)
        }
      }
      return .tensor(
        try arguments.tensor("x").sum(
          over: try arguments.axes(), keepingDimensions: try arguments.bool("keepdims")))
    },
    Operation("moments", ["x", "axes", "keepdims=False"], "Mean and variance over axes.") { arguments in
      let (x, axes, keeps) = (
        try arguments.tensor("x"), try arguments.axes("axes"), try arguments.bool("keepdims")
      )
      return .tuple([
        .tensor(try x.mean(over: axes, keepingDimensions: keeps)),
        .tensor(try x.variance(over: axes, keepingDimensions: keeps)),
      ])
    },
    Operation(
      "average", ["x", "axis=None", "weights=None"], "The mean over axes; of a list of tensors, of them."
    ) {
      arguments in
      // A bare name with a list means the function of keras.layers.
      if arguments["x"].sequence != nil, arguments.isNone("axis"), arguments.isNone("weights") {
        return .tensor(try Merging.mean(try arguments.tensors("x")))
      }
      return .tensor(try average(arguments))
    },
    Operation(
      "ops.average", also: ["numpy.average", "np.average"], ["x", "axis=None", "weights=None"],
      "The mean over axes."
    ) {
      .tensor(try average($0))
    },
    Operation(
      "normalize", ["x", "axis=-1", "order=2", "epsilon=None"],
      "Divided by the norm along an axis, at least epsilon."
    ) { arguments in
      let x = try arguments.tensor("x").cast(to: .float32)
      let epsilon = arguments.isNone("epsilon") ? 1e-7 : try arguments.float("epsilon")
      let axes = try arguments.axes()
      switch try arguments.number("order") {
      case 1:
        return .tensor(try x / x.abs().sum(over: axes, keepingDimensions: true).maximum(epsilon))
      case 2:
        // The maximum before the root: the root of 0 has no slope.
        let squares = try x.square().sum(over: axes, keepingDimensions: true)
        return .tensor(try x / squares.maximum(epsilon * epsilon).squareRoot())
      case .infinity:
        return .tensor(try x / x.abs().max(over: axes, keepingDimensions: true).maximum(epsilon))
      default: throw arguments.mismatch("order", "1, 2 or infinity")
      }
    },
    Operation(
      "l2_normalize", ["x", "axis=None", "epsilon=1e-12"], "Divided by the Euclidean norm over axes."
    ) {
      let x = try $0.tensor("x").cast(to: .float32)
      let squares = try x.square().sum(over: try $0.axes(), keepingDimensions: true)
      return .tensor(try x / squares.maximum(try $0.float("epsilon")).squareRoot())
    },
  ]

  private static func average(_ arguments: Arguments) throws -> Value {
    let (x, axes) = (try arguments.tensor("x").cast(to: .float32), try arguments.axes())
    if arguments.isNone("weights") { return try x.mean(over: axes) }
    var weights = try arguments.tensor("weights")
    // As in NumPy: of the same shape, or a vector along the one axis.
    if weights.type.rank == 1, x.type.rank > 1 {
      guard let axes, axes.count == 1 else {
        throw arguments.mismatch("weights", "of the shape of x without an axis")
      }
      let place = axes[0] < 0 ? axes[0] + x.type.rank : axes[0]
      let dims = x.type.dims.indices.map { $0 == place ? weights.type.dims[0] : .size(1) }
      weights = try weights.reshaped(to: dims)
    }
    let shares = try weights.broadcast(to: x.type.dims)
    return try (x * shares).sum(over: axes) / shares.sum(over: axes)
  }

  /// `max` and `min` of tensors over axes, and of plain numbers as in Python.
  private static func extremum(
    _ name: String, also aliases: [String], _ summary: String, isMaximum: Bool
  ) -> Operation {
    Operation(name, also: aliases, ["x", "axis=None", "keepdims=False", "*others"], summary) { arguments in
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
      "argmax", ["x", "axis=None", "keepdims=False"], "The place of the largest element along an axis."
    ) { try extremePlace($0, isMaximum: true) }
    .with(["axis": "0"], in: .tensorFlow).with(["axis": "-1"], in: .backend),
    Operation(
      "argmin", ["x", "axis=None", "keepdims=False"], "The place of the smallest element along an axis."
    ) { try extremePlace($0, isMaximum: false) }
    .with(["axis": "0"], in: .tensorFlow).with(["axis": "-1"], in: .backend),
    Operation("cumsum", ["x", "axis=None"], "Running sums along an axis.") {
      let (x, axis) = try $0.alongAxis()
      return .tensor(try x.cumulativeSum(along: axis))
    }.with(["axis": "0"], in: .tensorFlow, .backend),
    Operation("cumprod", ["x", "axis=None"], "Running products along an axis.") {
      let (x, axis) = try $0.alongAxis()
      return .tensor(try x.cumulativeProduct(along: axis))
    }.with(["axis": "0"], in: .tensorFlow, .backend),
  ]

  private static func extremePlace(_ arguments: Arguments, isMaximum: Bool) throws -> TraceValue {
    let rank = try arguments.tensor("x").type.rank
    let (x, axis) = try arguments.alongAxis()
    let place = try isMaximum ? x.argumentOfMaximum(over: axis) : x.argumentOfMinimum(over: axis)
    guard try arguments.bool("keepdims") else { return .tensor(place) }
    if arguments.isNone("axis") { return .tensor(try place.reshaped(to: (0..<rank).map { _ in .size(1) })) }
    return .tensor(try place.expandingDimensions(at: axis))
  }
}
