import Diagnostics
import GraphEngine
import Layers
import TensorCore

/// Python's own functions, and what is known of a tensor without its numbers.
enum Builtins {
  static let all: [Operation] = sequences + numbers + knowledge

  private static let sequences: [Operation] = [
    Operation("range", ["start", "stop=None", "step=1"], "Whole numbers up to but without stop.") {
      arguments in
      let isCount = arguments.isNone("stop")
      let start = isCount ? 0 : try arguments.int("start")
      let (stop, step) = (try arguments.int(isCount ? "start" : "stop"), try arguments.int("step"))
      guard step != 0 else { throw arguments.mismatch("step", "another number than 0") }
      let count = max(0, (Double(stop) - Double(start)) / Double(step))
      try arguments.tracer.spend(Int(min(count, 2e9)), at: arguments.range)
      return .list(stride(from: start, to: stop, by: step).map { .int($0) })
    },
    Operation("len", ["x"], "How many elements there are; of a tensor the size of its first axis.") {
      arguments in
      if case .tensor(let x) = arguments["x"] {
        guard let first = x.type.dims.first else { throw arguments.mismatch("x", "a tensor with axes") }
        return .dim(first)
      }
      return .int(try arguments.tracer.elements(arguments["x"], arguments.range("x")).count)
    },
    Operation("enumerate", ["x", "start=0"], "Pairs of number and element.") { arguments in
      let start = try arguments.int("start")
      let items = try arguments.tracer.elements(arguments["x"], arguments.range("x"))
      return .list(items.enumerated().map { .tuple([.int(start + $0.offset), $0.element]) })
    },
    Operation("zip", ["*xs"], "Tuples of the elements at the same place, as many as the shortest has.") {
      arguments in
      let all = try arguments.rest.map { try arguments.tracer.elements($0, arguments.range) }
      let count = all.map(\.count).min() ?? 0
      return .list((0..<count).map { place in .tuple(all.map { $0[place] }) })
    },
    Operation("reversed", ["x"], "The elements from the last to the first.") {
      .list(try $0.tracer.elements($0["x"], $0.range("x")).reversed())
    },
    Operation("list", ["x=()"], "A list of the elements.") {
      .list($0.isNone("x") ? [] : try $0.elements("x"))
    },
    Operation("tuple", ["x=()"], "A tuple of the elements.") { .tuple(try $0.elements("x")) },
    Operation("dict", [], "An empty mapping.") { _ in .dictionary(TraceDictionary()) },
  ]

  private static let numbers: [Operation] = [
    Operation("int", ["x"], "The number without its fraction; of a tensor, as int32.") { arguments in
      if let whole = arguments["x"].whole { return .int(whole) }
      if case .tensor(let x) = arguments["x"] { return .tensor(try x.cast(to: .int32)) }
      guard let whole = Int(exactly: try arguments.number("x").rounded(.towardZero)) else {
        throw arguments.mismatch("x", "a number that is not too large")
      }
      return .int(whole)
    },
    Operation("float", ["x"], "The number with a fraction; of a tensor, as float32.") { arguments in
      if case .tensor(let x) = arguments["x"] { return .tensor(try x.cast(to: .float32)) }
      if case .string("inf") = arguments["x"] { return .double(.infinity) }
      if case .string("-inf") = arguments["x"] { return .double(-.infinity) }
      return .double(try arguments.number("x"))
    },
    Operation("bool", ["x"], "Whether the value counts as true; a tensor decides as in 'if'.") {
      .bool(try $0.tracer.truth($0["x"], $0.range("x")))
    },
    Operation("str", ["x"], "The value as a text.") { .string($0["x"].text) },
    Operation("round", also: ["rint"], ["x", "decimals=0"], "Rounded, halves to the even neighbour.") {
      arguments in
      if let whole = arguments["x"].whole { return .int(whole) }
      guard try arguments.int("decimals") == 0 else { throw arguments.mismatch("decimals", "0") }
      guard let number = arguments["x"].number else { return .tensor(try arguments.tensor("x").round()) }
      let rounded = number.rounded(.toNearestOrEven)
      return Int(exactly: rounded).map { .int($0) } ?? .double(rounded)
    },
  ]

  private static let knowledge: [Operation] = [
    Operation("shape", also: ["int_shape"], ["x"], "The sizes of the axes; that of the batch is not known.") {
      .tuple(try $0.tensor("x").type.dims.map(TraceValue.dim))
    },
    Operation("ndim", also: ["rank"], ["x"], "The number of axes.") { .int(try $0.tensor("x").type.rank) },
    Operation("size", ["x"], "The number of elements.") { arguments in
      let type = try arguments.tensor("x").type
      return type.dims.contains(.batch) ? .batch : .int(type.sampleCount)
    },
    Operation("is_tensor", also: ["is_keras_tensor"], ["x"], "Whether the value is a tensor.") {
      .bool($0["x"].value != nil)
    },
    Operation("floatx", [], "The type of fractions.") { _ in .string("float32") },
    Operation("epsilon", [], "Keras's smallest difference, 1e-7.") { _ in .double(1e-7) },
    Operation("dtype", also: ["standardize_dtype"], ["x"], "The type of a tensor's elements.") {
      .string(try $0.tensor("x").type.element.rawValue)
    },
    Operation(
      "self.add_loss", also: ["add_loss"], ["loss"],
      "Adds a number to the loss, also where a model is evaluated."
    ) {
      arguments in
      arguments.tracer.scope?.add(loss: try arguments.tensor("loss").cast(to: .float32).sum())
      return .none
    },
  ]
}

extension Arguments {
  func elements(_ name: String) throws -> [TraceValue] {
    if case .string("()") = self[name] { return [] }
    return try tracer.elements(self[name], range(name))
  }
}
