import GraphEngine
import TensorCore

/// Tensors that are known when the model is built.
enum Constants {
  static let all: [Operation] = filled + numbered

  private static func full(_ arguments: Arguments, _ number: Double, _ dims: [Dim]) throws -> TraceValue {
    if arguments.isWholeType(), let whole = Int32(exactly: number.rounded(.towardZero)) {
      return .tensor(try narrow(arguments.graph.constant(whole: whole, dims), arguments))
    }
    return .tensor(try narrow(arguments.graph.constant(Float(number), dims), arguments))
  }

  /// As a type of fewer bits has it, where the argument `dtype` names one.
  private static func narrow(_ x: Value, _ arguments: Arguments) throws -> Value {
    guard case .string(let type) = arguments["dtype"], let kind = Narrow.Kind(rawValue: type) else {
      return x
    }
    return try x.narrowed(to: kind)
  }

  private static let filled: [Operation] = [
    Operation("zeros", ["shape", "dtype=None"], "Zeros.") { try full($0, 0, try $0.shape()) },
    Operation("ones", ["shape", "dtype=None"], "Ones.") { try full($0, 1, try $0.shape()) },
    Operation("full", also: ["fill"], ["shape", "fill_value", "dtype=None"], "One number everywhere.") {
      try full($0, try $0.number("fill_value"), try $0.shape())
    },
    Operation("zeros_like", ["x", "dtype=None"], "Zeros in the shape of a tensor.") {
      try full($0, 0, try $0.tensor("x").type.dims)
    },
    Operation("ones_like", ["x", "dtype=None"], "Ones in the shape of a tensor.") {
      try full($0, 1, try $0.tensor("x").type.dims)
    },
    Operation("full_like", ["x", "fill_value", "dtype=None"], "One number in the shape of a tensor.") {
      try full($0, try $0.number("fill_value"), try $0.tensor("x").type.dims)
    },
  ]

  private static let numbered: [Operation] = [
    Operation("eye", also: ["identity"], ["N", "M=None", "k=0"], "1 on a diagonal, 0 elsewhere.") {
      arguments in
      let rows = try arguments.int("N")
      let columns = try arguments.optionalInt("M") ?? rows
      guard (0...100_000).contains(rows), (0...100_000).contains(columns) else {
        throw arguments.mismatch("N", "a size that memory can hold")
      }
      try arguments.spend(rows * columns)
      return .tensor(try arguments.graph.eye(rows, columns, diagonal: try arguments.int("k")))
    },
    Operation(
      "arange", ["start", "stop=None", "step=1", "dtype=None"], "Numbers up to but without stop."
    ) { arguments in
      let isCount = arguments.isNone("stop")
      let start = isCount ? 0 : try arguments.number("start")
      let (stop, step) = (try arguments.number(isCount ? "start" : "stop"), try arguments.number("step"))
      guard step != 0 else { throw arguments.mismatch("step", "another number than 0") }
      let count = max(0, ((stop - start) / step).rounded(.up))
      guard count.isFinite else { throw arguments.mismatch("stop", "a finite number") }
      try arguments.spend(Int(min(count, 2e9)))
      let wholes = (0..<Int(count)).compactMap { Int32(exactly: start + Double($0) * step) }
      let isFloat = !arguments.isNone("dtype") && !arguments.isWholeType()
      let areWhole = [start, stop, step].allSatisfy { $0 == $0.rounded() } && wholes.count == Int(count)
      let wereWhole = ["start", "stop", "step"].allSatisfy {
        arguments.isNone($0) || arguments[$0].whole != nil
      }
      if !isFloat, areWhole, wereWhole || arguments.isWholeType() {
        return .tensor(try narrow(arguments.graph.constant(whole: wholes), arguments))
      }
      return .tensor(
        try narrow(arguments.graph.arange(Float(start), Float(stop), by: Float(step)), arguments))
    },
    Operation("linspace", ["start", "stop", "num=50"], "Numbers at equal distances, both ends included.") {
      let count = try $0.int("num")
      guard count >= 0 else { throw $0.mismatch("num", "a number that is not negative") }
      try $0.spend(count)
      return .tensor($0.graph.linspace(try $0.float("start"), try $0.float("stop"), count))
    },
    Operation(
      "convert_to_tensor", also: ["array", "constant", "asarray", "Variable"], ["x", "dtype=None"],
      "Numbers as a tensor."
    ) { arguments in
      let x = try arguments.tensor("x")
      switch arguments["dtype"] {
      case .none: return .tensor(x)
      default: return .tensor(try ElementTypes.converted(x, arguments))
      }
    },
  ]
}
