public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// How whole numbers of a table or hash are shown.
public enum LookupOutput: String, CaseIterable, ConfigConvertible {
  case int
  case oneHot = "one_hot"
  case multiHot = "multi_hot"
  case count
  case tfIdf = "tf_idf"

  /// - Parameters:
  ///   - x: int32; what is below 0 is in no class and makes the result NaN, what is too large counts as none.
  ///   - weights: of the classes, for `tf_idf`.
  func encode(_ x: Value, _ classes: Int, weights: [Double], _ layer: String) throws -> Value {
    if self == .int { return x }
    if self == .oneHot {
      let y = try x.type.rank > 1 && x.type.dims.last == .size(1) ? x.squeezed([-1]) : x
      let isMissing = try (y .< 0).expandingDimensions(at: -1)
      return try Value.select(isMissing, .nan, y.oneHot(classes))
    }
    guard x.type.rank == 2 else {
      throw Diagnostic(
        "E0301",
        "\(layer) with 'output_mode: \(rawValue)' needs a row of numbers for each sample, found \(x.type)",
        help: "Flatten makes a row, 'output_mode: one_hot' marks each number by itself")
    }
    let hot = try x.oneHot(classes)
    let isMissing = try (x .< 0).any(over: [-1], keepingDimensions: true)
    let y = try self == .multiHot ? hot.max(over: [-2]) : hot.sum(over: [-2])
    let weighted =
      try self == .tfIdf ? y * x.graph.constant(Tensor([classes], weights.map { Float($0) })) : y
    return try Value.select(isMissing, .nan, weighted)
  }
}

/// Two numbers that key a hash: as two, or one for both.
public struct HashSalt: ConfigConvertible, Hashable {
  let numbers: [Int]
  public static var expectation: String { "a whole number, or a list of two" }
  public init(config: ConfigNode) throws(Diagnostic) {
    numbers = try config.list == nil ? [Int(config: config)] : [Int](config: config)
    guard (1...2).contains(numbers.count) else { throw .mismatch(config, Self.expectation) }
  }
  public var config: ConfigNode { numbers.count == 1 ? numbers[0].config : numbers.config }
  public static var jsonSchema: ConfigNode { ["type": ["integer", "array"]] }

  var key: [UInt64] { [numbers[0], numbers[numbers.count - 1]].map { UInt64(bitPattern: Int64($0)) } }
}

/// A whole number or a text.
public enum LookupToken: ConfigConvertible, Hashable {
  case whole(Int)
  case text(String)
  public static var expectation: String { "a whole number or a text" }
  public init(config: ConfigNode) throws(Diagnostic) {
    if let text = config.string { self = .text(text) } else { self = .whole(try Int(config: config)) }
  }
  public var config: ConfigNode {
    switch self {
    case .whole(let number): number.config
    case .text(let text): text.config
    }
  }
  public static var jsonSchema: ConfigNode { ["type": ["integer", "string"]] }
}

/// Which of some bins each whole number or text falls in, by a hash of its digits or bytes.
///
/// Keras: `keras.layers.Hashing`.
public struct Hashing: UnaryLayer, Configurable {
  public var bins: Int
  public var salt: HashSalt?
  public var maskValue: LookupToken?
  public var output = Discretization.Output.int
  public var sparse = false
  public init(_ bins: Int) { self.bins = bins }

  public static let schema = Schema(
    "Hashing", "Bins of whole numbers or texts, by a hash.", prototype: Self(2),
    Field("num_bins", \.bins, "How many bins there are.", check: within(1...Int(Int32.max))).required,
    Field("salt", \.salt, "Two numbers that key another hash."),
    Field("mask_value", \.maskValue, "A number or a text that alone falls in bin 0.") {
      if case .whole(let number)? = $0, Int32(exactly: number) == nil { "must fit into 32 bits" } else { nil }
    },
    Field("output_mode", \.output, "int for the number of the bin, or a vector as CategoryEncoding has."),
    Field("sparse", \.sparse, "Changes nothing here."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let isMasked = maskValue != nil && bins > 1
    let (rest, shift) = (Int32(bins - (isMasked ? 1 : 0)), Int32(isMasked ? 1 : 0))
    let y: Value
    if x.type.element == .text {
      let mask: [(String, Int32)] = if isMasked, case .text(let text)? = maskValue { [(text, 0)] } else { [] }
      y = try x.graph.apply(MapTexts(mask, others: .hash(bins: rest, key: salt?.key, plus: shift)), x)
    } else {
      let mask: [(Int32, Int32)] =
        if isMasked, case .whole(let number)? = maskValue { [(Int32(clamping: number), 0)] } else { [] }
      let map = MapWhole(mask, others: .hash(bins: rest, key: salt?.key, plus: shift))
      y = try x.graph.apply(map, x.cast(to: .int32))
    }
    let shown = LookupOutput(rawValue: output.rawValue) ?? .int
    return try shown.encode(y, bins, weights: [], className)
  }
}

/// The place of each whole number in a vocabulary, or the number at a place.
///
/// Keras: `keras.layers.IntegerLookup` with a vocabulary that is given.
public struct IntegerLookup: UnaryLayer, Configurable {
  public enum Unknown: String, CaseIterable, ConfigConvertible { case floormod, farmhash }

  public var maxTokens: Int?
  public var unknownCount = 1
  public var maskToken: Int?
  public var unknownToken = -1
  public var vocabulary: [Int]?
  public var weights: [Double]?
  public var invert = false
  public var output = LookupOutput.int
  public var sparse = false
  public var padsToMaxTokens = false
  public var unknownMethod = Unknown.floormod
  public var salt: HashSalt?
  public init(_ vocabulary: [Int]?) { self.vocabulary = vocabulary }

  private static let isToken: @Sendable (Int?) -> String? = {
    $0.map { Int32(exactly: $0) != nil } ?? true ? nil : "must fit into 32 bits"
  }

  public static let schema = Schema(
    "IntegerLookup", "The places of whole numbers in a vocabulary.", prototype: Self(nil),
    Field("max_tokens", \.maxTokens, "How many numbers Keras would learn; the size of padded vectors.") {
      $0.map { $0 > 1 && $0 <= TensorType.largestCount } ?? true ? nil : "must be above 1"
    },
    Field(
      "num_oov_indices", \.unknownCount, "Places for numbers that the vocabulary does not have.",
      check: within(0...(1 << 24))),
    Field("mask_token", \.maskToken, "A number whose place is 0; none if null.", check: isToken),
    Field("oov_token", \.unknownToken, "What stands for unknown numbers where places become numbers.") {
      isToken($0)
    },
    Field("vocabulary", \.vocabulary, "The numbers, in order.") { numbers in
      guard let numbers else { return nil }
      if numbers.isEmpty { return "must have a number" }
      return numbers.allSatisfy { Int32(exactly: $0) != nil } ? nil : "must fit into 32 bits"
    },
    Field("idf_weights", \.weights, "A weight for each number, for tf_idf."),
    Field("invert", \.invert, "Whether places become numbers."),
    Field("output_mode", \.output, "int for places, or a vector as CategoryEncoding has; tf_idf weighs it."),
    Field("sparse", \.sparse, "Changes nothing here."),
    Field("pad_to_max_tokens", \.padsToMaxTokens, "Whether vectors have max_tokens numbers."),
    Field("oov_method", \.unknownMethod, "Which of several places an unknown number has."),
    Field("salt", \.salt, "Two numbers that key the hash of farmhash."))

  public static let dialects = KerasDialects {
    $0.keras2.lacks = ["oov_method", "salt"]
    $0.keras3.vocabulary = .numbers
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let tokens = try self.tokens(at: scope.graph.origin)
    let start = firstUnknown + unknownCount
    let numbers = try x.cast(to: .int32)
    let map = invert ? inverse(tokens, from: start) : forward(tokens, from: start)
    let y = try x.graph.apply(map, numbers)
    if invert { return y }
    let classes = padsToMaxTokens ? maxTokens ?? start + tokens.count : start + tokens.count
    return try output.encode(y, classes, weights: weights(of: tokens, classes), className)
  }

  private var firstUnknown: Int { maskToken != nil && output == .int ? 1 : 0 }

  private func forward(_ tokens: [Int], from start: Int) -> MapWhole {
    var table = tokens.enumerated().map { (key: Int32($0.element), value: Int32(start + $0.offset)) }
    // What is masked is in no class.
    if let maskToken { table.insert((Int32(maskToken), output == .int ? 0 : .max), at: 0) }
    let first = Int32(firstUnknown)
    switch (unknownCount, unknownMethod) {
    // Keras fails when it meets a number that has no place; here what is made of it is not a number.
    case (0, _): return MapWhole(table, others: .constant(.min))
    case (1, _): return MapWhole(table, others: .constant(first))
    case (_, .floormod): return MapWhole(table, others: .remainder(Int32(unknownCount), plus: first))
    case (_, .farmhash):
      return MapWhole(table, others: .hash(bins: Int32(unknownCount), key: salt?.key, plus: first))
    }
  }

  private func inverse(_ tokens: [Int], from start: Int) -> MapWhole {
    var table = tokens.enumerated().map { (key: Int32(start + $0.offset), value: Int32($0.element)) }
    if let maskToken { table.insert((0, Int32(maskToken)), at: 0) }
    return MapWhole(table, others: .constant(Int32(unknownToken)))
  }

  /// Of each class: the places of unknown numbers have the mean of all, if nothing is said of them.
  func weights(of tokens: [Int], _ classes: Int) -> [Double] {
    guard output == .tfIdf, let weights, !weights.isEmpty else { return [] }
    let mean = weights.reduce(0, +) / Double(weights.count)
    let isWhole = weights.count == unknownCount + tokens.count
    let all = (isWhole ? [] : [Double](repeating: mean, count: unknownCount)) + weights
    return all + [Double](repeating: 0, count: max(0, classes - all.count))
  }

  /// The vocabulary without what stands for masked and unknown numbers, which may lead it.
  /// - Throws: E0369 if there is none, E0363 if settings contradict each other.
  func tokens(at span: SourceSpan?) throws(Diagnostic) -> [Int] {
    guard let vocabulary else { throw .noVocabulary(className, "numbers", at: span) }
    let special =
      [Int](repeating: maskToken ?? 0, count: firstUnknown)
      + [Int](repeating: unknownToken, count: unknownCount)
    let isLed = !special.isEmpty && vocabulary.starts(with: special)
    let tokens = isLed ? Array(vocabulary.dropFirst(special.count)) : vocabulary
    func refuse(_ what: String, _ help: String) -> Diagnostic {
      .contradiction(className, what, help: help, at: span)
    }
    if Set(tokens).count < tokens.count {
      throw refuse("has a number twice in 'vocabulary'", "write each number once")
    }
    if tokens.contains(where: { $0 == maskToken || ($0 == unknownToken && unknownCount > 0) }) {
      throw refuse(
        "has 'mask_token' or 'oov_token' in its 'vocabulary'", "leave it out, or set another token")
    }
    if invert && output != .int { throw refuse("inverts to numbers only", "leave 'output_mode' out") }
    if padsToMaxTokens && maxTokens == nil {
      throw refuse("has no 'max_tokens' to pad to", "set 'max_tokens'")
    }
    if let maxTokens, tokens.count + special.count > maxTokens {
      throw refuse("has more numbers than 'max_tokens'", "set it to at least \(tokens.count + special.count)")
    }
    let counted = output == .tfIdf ? weights?.count : tokens.count
    guard counted == tokens.count || counted == tokens.count + unknownCount,
      (weights == nil) == (output != .tfIdf)
    else { throw refuse("needs a weight for each number with tf_idf, and none else", "set 'idf_weights'") }
    return tokens
  }
}

extension Diagnostic {
  /// E0369: a lookup without a vocabulary.
  static func noVocabulary(_ layer: String, _ what: String, at span: SourceSpan?) -> Diagnostic {
    let sample = what == "texts" ? "[red, green, blue]" : "[3, 7, 12]"
    return Diagnostic(
      "E0369", "\(layer) has no vocabulary",
      at: span.map { Label($0, "does not know any \(what.dropLast())") },
      help: "write the \(what): 'vocabulary: \(sample)'; runexp does not learn them from data")
  }

  /// E0363: settings of a lookup that do not go together.
  static func contradiction(
    _ layer: String, _ what: String, help: String, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic("E0363", "\(layer) \(what)", at: span.map { Label($0, "called here") }, help: help)
  }
}
