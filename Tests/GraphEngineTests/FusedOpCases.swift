import EngineTestSupport
import GraphEngine
import TensorCore

private func by(_ dims: [Dim], _ numbers: Numbers = .signed) -> OpCase.Operand { (dims, numbers, true) }
private func tokens(_ count: Int, _ heads: Int, _ size: Int) -> OpCase.Operand {
  by([.batch, .size(count), .size(heads), .size(size)])
}

/// Queries, keys and values, and a mask where its axes are given.
private func fused(
  _ name: String, isCausal: Bool = false, mask: [Dim]? = nil,
  _ operands: @escaping @Sendable (Int) -> [OpCase.Operand]
) -> OpCase {
  OpCase(name, { operands($0) + (mask.map { [($0, .signed, false)] } ?? []) }) { values in
    var values = values
    if mask != nil { values[3] = try values[3] .> -0.5 }
    let op = FusedAttention(scale: 0.5, isCausal: isCausal, hasMask: mask != nil)
    return try values[0].graph.apply(op, values)
  }
}

private func normalization(_ name: String, isCentred: Bool, gamma: Bool, beta: Bool) -> OpCase {
  OpCase(
    name,
    { size in
      let weights = (gamma ? [by([.size(size)])] : []) + (beta ? [by([.size(size)])] : [])
      return [by([.batch, .size(2), .size(size)])] + weights
    },
    { values in
      let op = RowNormalization(epsilon: 0.2, isCentred: isCentred, hasGamma: gamma, hasBeta: beta)
      return try values[0].graph.apply(op, values)
    })
}

extension OpCase {
  /// Heads, sizes and masks of every kind, and more queries than a block has.
  static let attention: [OpCase] = [
    fused("attention") { [tokens(5, 2, $0), tokens(7, 2, $0), tokens(7, 2, 3)] }
      .rounding("attention") { .conditioned($0.shapes[1][1] + $0.shapes[0][3] + 8) }
      .rounding("attention_gradient") {
        .conditionedByLargest($0.shapes[2][1] + $0.shapes[1][1] + $0.shapes[1][3] + 16)
      },
    fused("attention to values of a size") {
      [tokens(3, 1, 4), tokens(17, 1, 4), tokens(17, 1, $0)]
    },
    fused("attention of many", isCausal: false) {
      [tokens(70, 1, 2), tokens($0, 1, 2), tokens($0, 1, 2)]
    },
    fused("attention causal", isCausal: true) {
      [tokens(40, 2, $0), tokens(40, 2, $0), tokens(40, 2, 5)]
    },
    fused("attention causal to more", isCausal: true) {
      [tokens(3, 1, $0), tokens(6, 1, $0), tokens(6, 1, $0)]
    },
    fused("attention causal to less", isCausal: true) {
      [tokens(6, 1, $0), tokens(3, 1, $0), tokens(3, 1, $0)]
    },
    fused("attention masked", mask: [.batch, .size(4), .size(6)]) {
      [tokens(4, 2, $0), tokens(6, 2, $0), tokens(6, 2, $0)]
    },
    fused("attention masked alike", mask: [.size(1), .size(4), .size(6)]) {
      [tokens(4, 2, $0), tokens(6, 2, $0), tokens(6, 2, $0)]
    },
    fused("attention with keys masked", mask: [.batch, .size(1), .size(6)]) {
      [tokens(4, 2, $0), tokens(6, 2, $0), tokens(6, 2, $0)]
    },
  ]

  static let normalizations: [OpCase] = [
    OpCase("column moments", { [by([.batch, .size(3), .size($0)])] }) {
      try $0[0].graph.apply(ColumnMoments(), $0[0])
    }
    .rounding("column_moments") { .conditioned($0.shapes[0].dropLast().reduce(1, *) + 8) }
    .rounding("column_moments_slopes") { _ in .result(2) },
    OpCase(
      "column affine",
      { [by([.batch, .size(3), .size($0)]), by([.size($0)]), by([.size($0)])] }
    ) { try $0[0].graph.apply(ColumnAffine(), $0) }
    .rounding("column_affine") { _ in .products(2) }
    .rounding("column_sums") { .products($0.shapes[0].dropLast().reduce(1, *)) },
    normalization("normalize", isCentred: true, gamma: true, beta: true)
      .rounding("normalize", "normalize_gradient") { .conditioned($0.columns + 8) }
      .rounding("normalize_weights") { .conditioned($0.shapes[0].dropLast().reduce($0.columns + 8, +)) },
    normalization("normalize by gamma", isCentred: true, gamma: true, beta: false),
    normalization("normalize and shift", isCentred: true, gamma: false, beta: true),
    normalization("normalize alone", isCentred: true, gamma: false, beta: false),
    normalization("normalize squares", isCentred: false, gamma: true, beta: false),
    normalization("normalize squares, gamma and beta", isCentred: false, gamma: true, beta: true),
  ]
}
