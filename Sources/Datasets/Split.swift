internal import Config
internal import Diagnostics
internal import TensorCore

/// How many samples each part gets, and which.
struct Split {
  var train: Int
  var validation: Int?
  var test: Int?
  /// Whether the test part is taken from the training set rather than from files of its own.
  private var takesTest = false
  private var ownTest: Int?

  /// - Throws: E0410 for parts that can't be.
  init(_ settings: DataSettings, trainCount: Int, testCount: Int?) throws(Diagnostic) {
    train = trainCount
    test = testCount
    ownTest = testCount
    guard trainCount > 0 else {
      throw .badSplit("the training set is empty", settings.split.span ?? settings.span, help: nil)
    }
    guard !settings.split.isAbsent else { return }
    guard let entries = settings.split.entries else {
      throw .mismatch(settings.split, "counts or fractions for 'validation' and 'test'")
    }
    for entry in entries {
      switch entry.key {
      case "validation": validation = try Self.count(entry.value, of: trainCount)
      case "test":
        guard testCount == nil else { throw .hasTest(entry) }
        test = try Self.count(entry.value, of: trainCount)
        takesTest = true
      default: throw .unknownKey(entry, of: "split", known: ["validation", "test"])
      }
    }
    let (sum, isUncountable) = (validation ?? 0).addingReportingOverflow(takesTest ? test ?? 0 : 0)
    let taken = isUncountable ? Int.max : sum
    guard taken < trainCount else {
      throw .badSplit(
        "the split takes \(taken) of \(trainCount) samples", settings.split.span,
        help: "leave some to train with")
    }
    train = trainCount - taken
  }

  private static func count(_ node: ConfigNode, of total: Int) throws(Diagnostic) -> Int {
    switch node.content {
    case .int(let count):
      if count > 0 { return count }
    case .double(let fraction) where 0 < fraction && fraction < 1:
      let count = Int((fraction * Double(total)).rounded())
      if count > 0 { return count }
      throw .badSplit("\(fraction) of \(total) samples is none", node.span, help: "take a larger fraction")
    default: break
    }
    throw .badSplit(
      "a part of the split is a count or a fraction, found \(node.sketch)", node.span,
      help: "write for example 5000 or 0.2")
  }

  /// The rows of each part: validation first, then test, then what is left.
  func rows(shuffledBy stream: RandomStream?) -> (
    train: DataPart.Rows, validation: DataPart.Rows?, test: DataPart.Rows?
  ) {
    let (first, second) = (validation ?? 0, takesTest ? test ?? 0 : 0)
    let total = first + second + train
    let bounds = (0..<first, first..<first + second, first + second..<total)
    let order = stream?.permutation(total)
    func part(_ range: Range<Int>) -> DataPart.Rows {
      order.map { .indices(Array($0[range])) } ?? .range(range)
    }
    let own = ownTest.map { DataPart.Rows.range(total..<total + $0) }
    return (part(bounds.2), validation.map { _ in part(bounds.0) }, takesTest ? part(bounds.1) : own)
  }
}

extension Diagnostic {
  /// E0410: parts that don't add up.
  fileprivate static func badSplit(_ message: String, _ span: SourceSpan?, help: String?) -> Diagnostic {
    Diagnostic("E0410", message, at: span.map { Label($0, "in this split") }, help: help)
  }

  /// E0410: a second test part.
  fileprivate static func hasTest(_ entry: ConfigNode.Entry) -> Diagnostic {
    Diagnostic(
      "E0410", "the data set has a test part of its own",
      at: (entry.keySpan ?? entry.value.span).map { Label($0, "a second one") },
      help: "remove 'test' from the split")
  }
}
