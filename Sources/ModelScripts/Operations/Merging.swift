import GraphEngine
import TensorCore

/// The functions of `keras.layers` that take a list of tensors.
enum Merging {
  static let all: [Operation] = [
    merging("add", "The sum of tensors.") { try fold($0, +) },
    merging("multiply", "The product of tensors.") { try fold($0, *) },
    merging("average", "The mean of tensors, element by element.", mean),
    merging("maximum", "The largest of tensors, element by element.") { try fold($0) { try $0.maximum($1) } },
    merging("minimum", "The smallest of tensors, element by element.") {
      try fold($0) { try $0.minimum($1) }
    },
    Operation("layers.subtract", ["xs"], "The difference of two tensors.") {
      let tensors = try $0.tensors("xs")
      guard tensors.count == 2 else { throw $0.mismatch("xs", "a list of two tensors") }
      return .tensor(try tensors[0] - tensors[1])
    },
  ]

  private static func merging(
    _ name: String, _ summary: String, _ body: @escaping @Sendable ([Value]) throws -> Value
  ) -> Operation {
    Operation("layers." + name, ["xs"], summary) { .tensor(try body(try $0.tensors("xs"))) }
  }

  private static func fold(_ values: [Value], _ combine: (Value, Value) throws -> Value) throws -> Value {
    try values.dropFirst().reduce(values[0], combine)
  }

  /// - Precondition: there is a tensor.
  static func mean(_ values: [Value]) throws -> Value { try fold(values, +) / Float(values.count) }
}
