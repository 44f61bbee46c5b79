/// Which values of a metric are better, told from its name as Keras does.
public enum MetricGoal: String, Sendable {
  case smaller, larger

  private static let wordsForLarger: Set<String> = [
    "acc", "accuracy", "auc", "precision", "recall", "f1", "fbeta", "iou", "r2", "sensitivity", "specificity",
    "correlation", "similarity", "fmeasure", "positives", "negatives", "dice",
  ]

  /// `val_categorical_accuracy` is better the larger, `loss` and everything unknown the smaller.
  public init(of name: String) {
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let isLoss = words.last == "loss" || words.contains("false")
    self = !isLoss && (words.contains(where: Self.isLarger) || name.hasSuffix("io_u")) ? .larger : .smaller
  }

  private static func isLarger(_ word: String) -> Bool {
    wordsForLarger.contains(word) || word.hasSuffix("iou") || word.hasSuffix("acc")
  }
}
