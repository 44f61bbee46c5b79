public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// The place of each text in a vocabulary.
///
/// Texts are compared by their bytes. Keras: `keras.layers.StringLookup`, but for `invert`, which makes texts.
public struct StringLookup: UnaryLayer, Configurable {
  public var maxTokens: Int?
  public var unknownCount = 1
  public var maskToken: String?
  public var unknownToken: String? = "[UNK]"
  public var vocabulary: [String]?
  public var weights: [Double]?
  public var invert = false
  public var output = LookupOutput.int
  public var padsToMaxTokens = false
  public var sparse = false
  public var encoding = "utf-8"
  public var salt: HashSalt?
  public init(_ vocabulary: [String]?) { self.vocabulary = vocabulary }

  public static let schema = Schema(
    "StringLookup", "The places of texts in a vocabulary.", prototype: Self(nil),
    Field("max_tokens", \.maxTokens, "How many texts Keras would learn; the size of padded vectors.") {
      $0.map { $0 > 1 && $0 <= TensorType.largestCount } ?? true ? nil : "must be above 1"
    },
    Field(
      "num_oov_indices", \.unknownCount, "Places for texts that the vocabulary does not have.",
      check: within(0...(1 << 24))),
    Field("mask_token", \.maskToken, "A text whose place is 0; none if null."),
    Field("oov_token", \.unknownToken, "What stands for unknown texts at the start of a vocabulary."),
    Field("vocabulary", \.vocabulary, "The texts, in order.") { texts in
      texts?.isEmpty == true ? "must have a text" : nil
    },
    Field("idf_weights", \.weights, "A weight for each text, for tf_idf."),
    Field("invert", \.invert, "Whether places become texts, which no model gives here."),
    Field("output_mode", \.output, "int for places, or a vector as CategoryEncoding has; tf_idf weighs it."),
    Field("pad_to_max_tokens", \.padsToMaxTokens, "Whether vectors have max_tokens numbers."),
    Field("sparse", \.sparse, "Changes nothing here."),
    Field("encoding", \.encoding, "How texts are written as bytes.") {
      $0.lowercased().replacing("_", with: "-") == "utf-8" ? nil : "must be utf-8"
    },
    Field("salt", \.salt, "Two numbers that key the hash of unknown texts."))

  public static let dialects = KerasDialects {
    $0.keras2.lacks = ["salt"]
    $0.keras3.vocabulary = .texts
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let words = try TextVocabulary(self, at: scope.graph.origin)
    let y = try x.graph.apply(words.map, x)
    let classes = padsToMaxTokens ? maxTokens ?? words.size : words.size
    return try output.encode(y, classes, weights: words.weights(classes), className)
  }
}

/// A vocabulary with the places before it that are for masked and unknown texts.
struct TextVocabulary {
  private let settings: StringLookup
  /// Without those that stand for masked and unknown ones, which may lead the vocabulary.
  let tokens: [String]
  private let isLed: Bool

  /// - Throws: E0369 if there is none, E0363 if settings contradict each other.
  init(_ settings: StringLookup, at span: SourceSpan?) throws(Diagnostic) {
    self.settings = settings
    func refuse(_ what: String, _ help: String) -> Diagnostic {
      .contradiction("StringLookup", what, help: help, at: span)
    }
    if settings.invert {
      throw refuse(
        "with 'invert' makes texts, and models give numbers here",
        "leave it out: predict the places themselves")
    }
    guard let vocabulary = settings.vocabulary else { throw .noVocabulary("StringLookup", "texts", at: span) }
    let first = settings.firstUnknown
    let special: [String?] =
      [String?](repeating: settings.maskToken, count: first)
      + [String?](repeating: settings.unknownToken, count: settings.unknownCount)
    isLed =
      special.count <= vocabulary.count
      && zip(special, vocabulary).allSatisfy { $0.map { Array($0.utf8) } == Array($1.utf8) }
    tokens = isLed ? Array(vocabulary.dropFirst(special.count)) : vocabulary
    let bytes = tokens.map { Array($0.utf8) }
    if Set(bytes).count < tokens.count {
      throw refuse("has a text twice in 'vocabulary'", "write each text once")
    }
    if let mask = settings.maskToken, bytes.contains(Array(mask.utf8)) {
      throw refuse("has 'mask_token' in its 'vocabulary'", "leave it out, or set another token")
    }
    if settings.padsToMaxTokens && settings.maxTokens == nil {
      throw refuse("has no 'max_tokens' to pad to", "set 'max_tokens'")
    }
    if let most = settings.maxTokens, tokens.count + special.count > most {
      throw refuse(
        "has more texts than 'max_tokens'", "set it to at least \(tokens.count + special.count)")
    }
    guard (settings.weights == nil) == (settings.output != .tfIdf),
      settings.weights?.count ?? vocabulary.count == vocabulary.count
    else { throw refuse("needs a weight for each text with tf_idf, and none else", "set 'idf_weights'") }
  }

  private var start: Int { settings.firstUnknown + settings.unknownCount }
  /// How many places there are.
  var size: Int { start + tokens.count }

  var map: MapTexts {
    var table = tokens.enumerated().map { (key: $0.element, value: Int32(clamping: start + $0.offset)) }
    // What is masked is in no class.
    if let mask = settings.maskToken { table.insert((mask, settings.output == .int ? 0 : .max), at: 0) }
    let first = Int32(settings.firstUnknown)
    switch settings.unknownCount {
    // Keras fails when it meets a text that has no place; here what is made of it is not a number.
    case 0: return MapTexts(table, others: .constant(.min))
    case 1: return MapTexts(table, others: .constant(first))
    default:
      let bins = Int32(clamping: settings.unknownCount)
      return MapTexts(table, others: .hash(bins: bins, key: settings.salt?.key, plus: first))
    }
  }

  /// Of each class: the places of unknown texts have the mean of all, if nothing is said of them.
  func weights(_ classes: Int) -> [Double] {
    guard settings.output == .tfIdf, let weights = settings.weights, !weights.isEmpty else { return [] }
    let mean = weights.reduce(0, +) / Double(weights.count)
    let all = (isLed ? [] : [Double](repeating: mean, count: start)) + weights
    return all + [Double](repeating: 0, count: max(0, classes - all.count))
  }
}

extension StringLookup {
  fileprivate var firstUnknown: Int { maskToken != nil && output == .int ? 1 : 0 }
}
