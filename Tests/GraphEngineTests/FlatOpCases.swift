import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore

private func rows(_ size: Int) -> [Dim] { [.batch, .size(size)] }
private func held(_ dims: [Dim], _ numbers: Numbers) -> OpCase.Operand { (dims, numbers, false) }

/// A function without a derivative; results that are whole numbers are read as numbers.
private func flat(
  _ name: String, _ operands: @escaping @Sendable (Int) -> [OpCase.Operand],
  _ build: @escaping @Sendable ([Value]) throws -> Value
) -> OpCase {
  OpCase(name, operands) {
    let result = try build($0)
    return result.type.element == .int32 ? try result.cast(to: .float32) : result
  }
}

extension OpCase {
  /// Ops that are flat, or of whole numbers: the contract holds for them, too.
  static let flats: [OpCase] = steps + truths + wholeNumbers + choices + draws

  private static let steps = UnaryFunction.allCases.filter(\.isStep).map { function in
    flat("\(function)", { [held(rows($0), .around([-1.5, 0, 0.5, 2.5]))] }) { try $0[0].mapped(function) }
  }

  private static let truths = BinaryFunction.allCases.filter(\.isTruth).map { function in
    flat(
      "\(function)", { [held([.batch, .size(2), .size($0)], .labels(3)), held([.size($0)], .labels(3))] }
    ) {
      try $0[0].cast(to: .float32).combined(function, $0[1].cast(to: .float32))
    }
  }

  private static let wholeNumbers = BinaryFunction.allCases.filter {
    $0.isWhole && $0 != .power
  }.map { function in
    flat("whole numbers: \(function)", { [held(rows($0), .labels(5)), held([.size($0)], .labels(4))] }) {
      try $0[0].graph.apply(IntegerBinary(function), $0[0], $0[1])
    }
  }

  private static let choices = [
    flat("argmax", { [held(rows($0), .spaced)] }) { try $0[0].argumentOfMaximum() },
    flat("argmin in the middle", { [held([.batch, .size($0), .size(3)], .spaced)] }) {
      try $0[0].argumentOfMinimum(over: 1)
    },
    // What floats cannot hold is seen by its remainder.
    flat("power of whole numbers", { [held(rows($0), .labels(5)), held([.size($0)], .labels(4))] }) {
      try $0[0].combined(.power, $0[1] - 2)
    },
    flat("sums of whole numbers", { [held([.batch, .size(3), .size($0)], .labels(9))] }) {
      try $0[0].sum(over: [1]) * $0[0].sum(over: [-1], keepingDimensions: true).sum(over: [1])
    },
    flat("products of whole numbers", { [held([.batch, .size(2), .size($0)], .labels(2_000_000_000))] }) {
      try ($0[0].product(over: [1, 2])).combined(.modulo, 4099)
    },
    flat("extremes of whole numbers", { [held([.batch, .size(2), .size($0)], .labels(2_000_000_000))] }) {
      try ($0[0].max(over: [1]) - $0[0].min(over: [1])).combined(.modulo, 4099)
    },
    flat("running sums of whole numbers", { [held([.batch, .size($0), .size(2)], .labels(2_000_000_000))] }) {
      try ($0[0].cumulativeSum(along: 1) - $0[0].cumulativeProduct(along: 1)).combined(.modulo, 4099)
    },
    flat("places of whole numbers", { [held([.batch, .size(2), .size($0)], .labels(2_000_000_000))] }) {
      try $0[0].argumentOfMaximum() + $0[0].argumentOfMinimum()
    },
    flat("order of whole numbers", { [held(rows($0), .labels(2_000_000_000))] }) {
      try ($0[0].sorted() - $0[0].argumentsSorted(descending: true)).combined(.modulo, 4099)
    },
    flat(
      "matrices of whole numbers",
      {
        [
          held([.batch, .size(2), .size($0)], .labels(99_999)), held([.size($0), .size(3)], .labels(99_999)),
        ]
      }
    ) { try $0[0].multiplied(by: $0[1]).combined(.modulo, 4099) },
    flat(
      "turned matrices of whole numbers",
      {
        [
          held([.batch, .size($0), .size(2)], .labels(99_999)), held([.size(3), .size($0)], .labels(99_999)),
        ]
      }
    ) {
      try $0[0].multiplied(by: $0[1], transposingLeft: true, transposingRight: true).combined(.modulo, 4099)
    },
    flat("bytes", { [held(rows($0), .labels(2_000_000_000))] }) {
      try $0[0].narrowed(to: .uint8) + $0[0].narrowed(to: .int8) * 256 + $0[0].narrowed(to: .int16)
    },
    flat("halves", { [held(rows($0), .spaced)] }) {
      try $0[0].narrowed(to: .float16) - $0[0].narrowed(to: .bfloat16)
    },
    flat("one_hot", { [held(rows($0), .labels(5))] }) { try $0[0].oneHot(4) },
    flat("map_whole", { [held(rows($0), .labels(9))] }) {
      try $0[0].graph.apply(MapWhole([(0, 7), (3, -2)], others: .remainder(5, plus: 1)), $0[0])
        .cast(to: .float32)
    },
    flat("map_whole by hash", { [held(rows($0), .labels(9))] }) {
      try $0[0].graph.apply(MapWhole([(1, 0)], others: .hash(bins: 4, key: [3, 5], plus: 2)), $0[0])
        .cast(to: .float32)
    },
    flat("map_texts", { [held(rows($0), .texts(["red", "é", "e\u{301}", ""]))] }) {
      try $0[0].graph.apply(MapTexts([("e\u{301}", 7), ("red", -2)], others: .constant(3)), $0[0])
    },
    flat("map_texts by hash", { [held(rows($0), .texts(["red", "é", "e\u{301}", "green", ""]))] }) {
      try $0[0].graph.apply(MapTexts([("red", 0)], others: .hash(bins: 4, key: [3, 5], plus: 2)), $0[0])
    },
    flat("cast", { [held(rows($0), .around([-2.5, 0.5, 7]))] }) { try $0[0].cast(to: .int32) },
    flat("matches a label", { [held(rows($0), .spaced), held([.batch], .labels($0))] }) {
      try $0[0].graph.apply(Matches(.sparse), $0[0], $0[1])
    },
    flat("matches a class", { [held(rows($0), .spaced), held(rows($0), .spaced)] }) {
      try $0[0].graph.apply(Matches(.categorical), $0[0], $0[1])
    },
    flat("matches a side", { [held(rows($0), .unit), held(rows($0), .labels(2))] }) {
      try $0[0].graph.apply(Matches(.binary(threshold: 0.5)), $0[0], $0[1].cast(to: .float32))
    },
    // The way back of the way back: what goes where x was largest is picked up there.
    OpCase("maximum_pooling twice", { [([.batch, .size(6), .size($0)], .spaced, true)] }) {
      let pooled = try $0[0].graph.apply(Pooling(.maximum, WindowRule([2], strides: [2])), $0[0])
      return try $0[0].graph.gradients(of: (pooled * 0.01).square().sum(), for: [$0[0]])[0]
    },
  ]

  private static let draws = [
    RandomNumbers.Distribution.uniform(lower: -1, upper: 2), .normal(mean: 1, deviation: 2),
    .truncatedNormal(mean: 0, deviation: 1),
  ].map { distribution in
    flat("\(distribution)", { [held([.size(2)], .step), held(rows($0), .signed)] }) {
      let stream = RandomStream(seed: 5, "draws")
      return try $0[0].graph.apply(RandomNumbers(distribution, $0[1].type.dims, stream: stream), $0[0])
    }
  }
}
