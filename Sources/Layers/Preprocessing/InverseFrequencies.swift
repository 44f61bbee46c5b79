/// A lookup that may weigh what it counts by how rare it is: `output_mode: tf_idf`.
public protocol FrequencyWeighing {
  /// A weight for each number of its result; `nil` if it does not weigh, or if its settings contradict each other.
  var inverseFrequencies: [Double]? { get }
}

extension StringLookup: FrequencyWeighing {
  public var inverseFrequencies: [Double]? {
    guard output == .tfIdf, let words = try? TextVocabulary(self, at: nil) else { return nil }
    return words.weights(padsToMaxTokens ? maxTokens ?? words.size : words.size)
  }
}

extension IntegerLookup: FrequencyWeighing {
  public var inverseFrequencies: [Double]? {
    guard output == .tfIdf, let tokens = try? tokens(at: nil) else { return nil }
    let size = unknownCount + tokens.count
    return weights(of: tokens, padsToMaxTokens ? maxTokens ?? size : size)
  }
}
