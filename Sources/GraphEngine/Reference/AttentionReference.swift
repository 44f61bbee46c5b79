import Foundation
import TensorCore

/// One head of one sample: where its tokens lie, and the weights of a query by definition.
private struct AttentionHead {
  let attention: FusedAttention
  /// Queries, keys, values and mask.
  let operands: [ReferenceTensor]
  let sample: Int
  let head: Int

  var queries: Int { operands[0].shape[1] }
  var keys: Int { operands[1].shape[1] }

  /// Where the numbers of a token lie in queries, keys, values or the result: (batch, tokens, heads, size).
  func place(_ token: Int, in shape: [Int]) -> Int {
    ((sample * shape[1] + token) * shape[2] + head) * shape[3]
  }

  func token(_ token: Int, of operand: Int) -> ArraySlice<Double> {
    let tensor = operands[operand]
    return tensor.numbers[place(token, in: tensor.shape)...].prefix(tensor.shape[3])
  }

  /// Keys from 0 that come no later than a query.
  func seen(by query: Int) -> Range<Int> {
    0..<(attention.isCausal ? min(query + 1, keys) : keys)
  }

  func isMasked(_ query: Int, _ key: Int) -> Bool {
    guard attention.hasMask else { return false }
    let mask = operands[3]
    return mask[[mask.shape[0] == 1 ? 0 : sample, mask.shape[1] == 1 ? 0 : query, key]] == 0
  }

  /// The weights of the keys that a query sees; as in Keras what a mask hides counts as -10⁹.
  func weights(_ query: Int) -> [Double] {
    let scores = seen(by: query).map { key in
      isMasked(query, key) ? -1e9 : dot(token(query, of: 0), token(key, of: 1)) * Double(attention.scale)
    }
    return referenceSoftmax(scores)
  }

  /// All heads of all samples.
  static func all(_ attention: FusedAttention, _ operands: [ReferenceTensor]) -> [AttentionHead] {
    (0..<operands[0].shape[0]).flatMap { sample in
      (0..<operands[0].shape[2]).map {
        AttentionHead(attention: attention, operands: operands, sample: sample, head: $0)
      }
    }
  }
}

private func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

extension FusedAttention {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    var y = ReferenceTensor(shape)
    for head in AttentionHead.all(self, operands) {
      for query in 0..<head.queries {
        let to = head.place(query, in: shape)
        for (key, weight) in head.weights(query).enumerated() {
          for (i, v) in head.token(key, of: 2).enumerated() { y.numbers[to + i] += weight * v }
        }
      }
    }
    return y
  }
}

extension FusedAttentionGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (dy, inputs) = (operands[0], Array(operands.dropFirst()))
    var gradients = inputs.prefix(3).map { ReferenceTensor($0.shape) }
    func add(_ factor: Double, _ numbers: ArraySlice<Double>, to operand: Int, at place: Int) {
      for (i, x) in numbers.enumerated() { gradients[operand].numbers[place + i] += factor * x }
    }
    for head in AttentionHead.all(attention, inputs) {
      let shapes = inputs.map(\.shape)
      for query in 0..<head.queries {
        let weights = head.weights(query)
        let g = dy.numbers[head.place(query, in: dy.shape)...].prefix(dy.shape[3])
        let byWeight = head.seen(by: query).map { dot(g, head.token($0, of: 2)) }
        let mean = zip(weights, byWeight).reduce(0) { $0 + $1.0 * $1.1 }
        for key in head.seen(by: query) {
          let (q, k) = (head.place(query, in: shapes[0]), head.place(key, in: shapes[1]))
          add(weights[key], g, to: 2, at: head.place(key, in: shapes[2]))
          if head.isMasked(query, key) { continue }
          let byScore = weights[key] * (byWeight[key] - mean) * Double(attention.scale)
          add(byScore, head.token(key, of: 1), to: 0, at: q)
          add(byScore, head.token(query, of: 0), to: 1, at: k)
        }
      }
    }
    return ReferenceTensor(shape, gradients.flatMap(\.numbers))
  }
}
