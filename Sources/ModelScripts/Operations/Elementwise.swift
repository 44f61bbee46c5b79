import GraphEngine
import KernelABI
import TensorCore

/// Functions of each element, of one value or two.
enum Elementwise {
  static let all: [Operation] = unary + described + binary + others

  /// A function of each element; of a plain number it is a number where that is exact.
  static func function(
    _ name: String, also aliases: [String] = [], _ summary: String,
    number: (@Sendable (Double) -> Double)? = nil,
    _ body: @escaping @Sendable (Value) throws -> Value
  ) -> Operation {
    Operation(name, also: aliases, ["x"], summary) { arguments in
      if let number, let x = arguments["x"].number {
        let result = number(x)
        if arguments["x"].whole != nil, let whole = Int(exactly: result) { return .int(whole) }
        return .double(result)
      }
      return .tensor(try body(try arguments.tensor("x")))
    }
  }

  private static let unary: [Operation] = [
    function("sqrt", "The square root of each element.", number: { $0.squareRoot() }) { try $0.squareRoot() },
    function("backend.sqrt", also: ["K.sqrt"], "The square root of each element, 0 for negative ones.") {
      try $0.maximum(0).squareRoot()
    },
    function("square", "Each element times itself.", number: { $0 * $0 }) { try $0.square() },
    function("reciprocal", "1 divided by each element.", number: { 1 / $0 }) { try $0.reciprocal() },
    function("negative", also: ["neg"], "Each element with the other sign.", number: { 0 - $0 }) { try -$0 },
    function("logical_not", "1 where an element is 0, else 0.") { try .!$0 },
    function("floor", "The whole number below each element.", number: { $0.rounded(.down) }) {
      try $0.floor()
    },
    function("ceil", also: ["ceiling"], "The whole number above each element.", number: { $0.rounded(.up) }) {
      try $0.ceil()
    },
    function("sign", "-1, 0 or 1 by the sign of each element.", number: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }) {
      try $0.sign()
    },
    function("isnan", also: ["is_nan"], "1 where an element is no number, else 0.") { try $0.isNaN() },
    function("isfinite", also: ["is_finite"], "1 where an element is a finite number, else 0.") {
      try $0.isFinite()
    },
    function("isinf", also: ["is_inf"], "1 where an element is infinite, else 0.") { try $0.isInfinite() },
  ]

  /// The other functions of `keras.ops` that no activation is called after, by their descriptions: only the kernels calculate
  /// them, so that they have the same bits everywhere.
  private static let described = UnaryDescription.all.filter { $0.activations != $0.names }.compactMap {
    function($0, besides: unary + others)
  }

  /// The operation of a described function; `nil` if it has no name in `keras.ops`, or one of these has it.
  static func function(_ described: UnaryDescription, besides others: [Operation]) -> Operation? {
    guard let name = described.names.first, !others.contains(where: { $0.name == name }) else { return nil }
    let (function, parameter) = (described.function, described.parameter)
    return Elementwise.function(name, also: Array(described.names.dropFirst()), described.summary) {
      try $0.mapped(function, parameter)
    }
  }

  /// Functions of two operands by their descriptions; of two plain numbers they are a number where that is exact.
  private static let binary = BinaryDescription.all.compactMap { described -> Operation? in
    guard let name = described.names.first else { return nil }
    let (function, exact) = (described.function, exactFunctions[described.function])
    return Operation(name, also: Array(described.names.dropFirst()), ["x1", "x2"], described.summary) {
      if let exact, let x = $0["x1"].number, let y = $0["x2"].number {
        let result = exact(x, y)
        if $0["x1"].whole != nil, $0["x2"].whole != nil, let whole = Int(exactly: result) {
          return .int(whole)
        }
        return .double(result)
      }
      return .tensor(try Operand.combine(function, try $0.operand("x1"), try $0.operand("x2"), in: $0.graph))
    }
  }

  private static let exactFunctions: [BinaryFunction: @Sendable (Double, Double) -> Double] = [
    .add: { $0 + $1 }, .subtract: { $0 - $1 }, .multiply: { $0 * $1 }, .maximum: { $0 < $1 ? $1 : $0 },
    .minimum: { $1 < $0 ? $1 : $0 },
  ]

  private static let others: [Operation] = [
    Operation(
      "abs", also: ["absolute"], ["x"], "Each element without its sign."
    ) { arguments in
      if let whole = arguments["x"].whole, whole != .min { return .int(Swift.abs(whole)) }
      if let number = arguments["x"].number { return .double(Swift.abs(number)) }
      return .tensor(try arguments.tensor("x").abs())
    },
    Operation(
      "squared_difference", ["x1", "x2"], "The square of the difference of two values."
    ) { arguments in
      let difference = try Operand.combine(
        .subtract, try arguments.operand("x1"), try arguments.operand("x2"), in: arguments.graph)
      return .tensor(try difference.square())
    },
    Operation(
      "clip", also: ["clip_by_value"], ["x", "x_min", "x_max"],
      "Each element, but at least x_min and at most x_max."
    ) { arguments in
      let low = try Operand.combine(
        .maximum, .tensor(try arguments.tensor("x")), try arguments.operand("x_min"), in: arguments.graph)
      return .tensor(
        try Operand.combine(.minimum, .tensor(low), try arguments.operand("x_max"), in: arguments.graph))
    },
    Operation(
      "where", ["condition", "x1", "x2"], "x1 where the condition is not 0, x2 elsewhere."
    ) { arguments in
      let (a, b) = (try arguments.operand("x1"), try arguments.operand("x2"))
      let (x, y) = (a.tensor(in: arguments.graph, beside: b), b.tensor(in: arguments.graph, beside: a))
      return .tensor(try Value.select(try arguments.tensor("condition"), x, y))
    },
    Operation(
      "stop_gradient", ["x"], "The value itself, through which no gradient flows."
    ) { .tensor(try $0.tensor("x").withoutGradient()) },
    Operation("linear", also: ["tf.identity"], ["x"], "The value itself.") { $0["x"] },
    ElementTypes.cast,
  ]
}
