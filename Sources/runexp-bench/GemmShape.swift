/// A product whose speed is watched: `m × n` elements of `k` products each.
struct GemmShape: CustomStringConvertible {
  /// Which operand is stored transposed, in the letters of BLAS: none, the left, the right.
  enum Kind: String { case nn, tn, nt }

  let kind: Kind
  let m: Int
  let n: Int
  let k: Int

  init(_ kind: Kind, _ size: (m: Int, n: Int, k: Int)) {
    self.kind = kind
    m = size.m
    n = size.n
    k = size.k
  }

  /// Reads what ``description`` writes: `nn 32 300 784`; `nil` for anything else, and for empty products.
  init?(_ text: some StringProtocol) {
    let words = text.split(separator: " ")
    guard words.count == 4, let kind = Kind(rawValue: String(words[0])), let m = Int(words[1]),
      let n = Int(words[2]), let k = Int(words[3]), m > 0, n > 0, k > 0
    else { return nil }
    self.init(kind, (m, n, k))
  }

  var description: String { "\(kind.rawValue) \(m) \(n) \(k)" }

  var operations: Double { 2 * Double(m) * Double(n) * Double(k) }

  /// The products of a perceptron at batch 32 and 256, squares, and those of a convolutional network, a
  /// transformer, a recurrent network and a tabular model: forward, gradient of the weights, of the input.
  static let watched: [GemmShape] =
    [
      GemmShape(.nn, (32, 300, 784)), GemmShape(.nn, (32, 100, 300)), GemmShape(.nn, (32, 10, 100)),
      GemmShape(.tn, (784, 300, 32)), GemmShape(.tn, (300, 100, 32)), GemmShape(.nt, (32, 300, 100)),
      GemmShape(.nn, (256, 300, 784)), GemmShape(.nn, (256, 100, 300)), GemmShape(.tn, (784, 300, 256)),
      GemmShape(.tn, (300, 100, 256)), GemmShape(.nt, (256, 300, 100)),
    ] + [64, 128, 192, 256, 384, 512, 768, 1024, 2048].map { GemmShape(.nn, ($0, $0, $0)) } + [
      GemmShape(.nn, (43264, 32, 9)), GemmShape(.nn, (36864, 64, 288)), GemmShape(.tn, (288, 64, 36864)),
      GemmShape(.nt, (36864, 288, 64)), GemmShape(.nn, (64, 128, 9216)), GemmShape(.tn, (9216, 128, 64)),
      GemmShape(.nt, (64, 9216, 128)), GemmShape(.nn, (1024, 384, 128)), GemmShape(.nn, (1024, 512, 128)),
      GemmShape(.nn, (1024, 128, 512)), GemmShape(.tn, (128, 512, 1024)), GemmShape(.nn, (32, 256, 64)),
      GemmShape(.nn, (1600, 256, 16)),
    ]
}
