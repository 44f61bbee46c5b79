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
    reduction("mean", also: ["reduce_mean"], "The mean over axes, over all without any.") {
      try $0.mean(over: $1, keepingDimensions: $2)
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
      let x = try arguments.tensor("x")
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
      let x = try $0.tensor("x")
      let squares = try x.square().sum(over: try $0.axes(), keepingDimensions: true)
      return .tensor(try x / squares.maximum(try $0.float("epsilon")).squareRoot())
    },
  ]

  private static func average(_ arguments: Arguments) throws -> Value {
    let (x, axes) = (try arguments.tensor("x"), try arguments.axes())
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
      return .tensor(try x.type.element == .int32 ? wholeSums(x, along: axis) : x.cumulativeSum(along: axis))
    }.with(["axis": "0"], in: .tensorFlow, .backend),
    Operation("cumprod", ["x", "axis=None"], "Running products along an axis.") {
      let (x, axis) = try $0.alongAxis()
      return .tensor(try x.cumulativeProduct(along: axis))
    }.with(["axis": "0"], in: .tensorFlow, .backend),
  ]

  /// Running sums of whole numbers, as exact as whole numbers are.
  ///
  /// Floats have 24 bits: the upper and the lower part of each number are summed on their own.
  private static func wholeSums(_ x: Value, along axis: Int) throws -> Value {
    let place = axis < 0 ? axis + x.type.rank : axis
    if x.type.dims.indices.contains(place), case .size(let size) = x.type.dims[place], size > 4096 {
      // Lower parts of so many numbers have sums beyond 24 bits.
      return try x.cumulativeSum(along: axis)
    }
    let (upper, lower) = try parts(x)
    let sums = try (upper.cumulativeSum(along: axis), lower.cumulativeSum(along: axis))
    return try sums.0.cast(to: .int32) * 4096 + sums.1.cast(to: .int32)
  }

  /// A whole number as 4096 times the first part and the second, both floats without rounding.
  private static func parts(_ x: Value) throws -> (upper: Value, lower: Value) {
    let base = x.graph.constant(whole: 4096)
    return (
      try x.floorDivided(by: base).cast(to: .float32), try x.modulo(base).cast(to: .float32)
    )
  }

  /// Where the largest or smallest of whole numbers is: among those with the best upper part that with the best lower one.
  private static func wholePlace(_ x: Value, _ axis: Int, isMaximum: Bool) throws -> Value {
    let (upper, lower) = try parts(x)
    let best =
      try isMaximum
      ? upper.max(over: [axis], keepingDimensions: true) : upper.min(over: [axis], keepingDimensions: true)
    let rest = try Value.select(upper .== best, lower, isMaximum ? -1 : 4096)
    return try isMaximum ? rest.argumentOfMaximum(over: axis) : rest.argumentOfMinimum(over: axis)
  }

  private static func extremePlace(_ arguments: Arguments, isMaximum: Bool) throws -> TraceValue {
    let rank = try arguments.tensor("x").type.rank
    let (x, axis) = try arguments.alongAxis()
    let place =
      try x.type.element == .int32
      ? wholePlace(x, axis, isMaximum: isMaximum)
      : isMaximum ? x.argumentOfMaximum(over: axis) : x.argumentOfMinimum(over: axis)
    guard try arguments.bool("keepdims") else { return .tensor(place) }
    if arguments.isNone("axis") { return .tensor(try place.reshaped(to: (0..<rank).map { _ in .size(1) })) }
    return .tensor(try place.expandingDimensions(at: axis))
  }
}
