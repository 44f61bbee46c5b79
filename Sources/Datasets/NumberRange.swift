internal import Config
internal import Diagnostics
internal import TensorCore

/// Numbers that differ in digits which 32 bits do not have.
extension Transforms {
  /// A warning for each column that is not standardized and whose numbers become a few different ones.
  func warnings(_ raw: RawData) -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    for case .ready(let array) in raw.features where !standardizes(array.name) && isCoarse(array) {
      warnings.append(.losesDigits(array.name, at: settingsSpan, isTarget: false))
    }
    for case .table(_, let columns) in raw.features {
      for case .numbers(let name, let numbers, _) in columns where !standardizes(name) && isCoarse(numbers) {
        warnings.append(.losesDigits(name, at: settingsSpan, isTarget: false))
      }
    }
    for (name, numbers) in raw.targetNumbers where isCoarse(numbers) {
      warnings.append(.losesDigits(name, at: settingsSpan, isTarget: true))
    }
    return warnings
  }

  /// The same for the numbers of a file without columns, place by place.
  private func isCoarse(_ array: RawArray) -> Bool {
    guard case .doubles(let numbers) = array.numbers else { return false }
    let size = array.rowSize
    return (0..<size).contains { place in
      isCoarse(stride(from: place, to: numbers.count, by: size).map { numbers[$0] })
    }
  }

  /// Whether rounding to 32 bits moves a number of the training part by more than a thousandth of their range.
  private func isCoarse(_ numbers: [Double]) -> Bool {
    var (low, high, wrong) = (Double.infinity, -Double.infinity, 0.0)
    for row in trainRows {
      let number = numbers[Int(row)]
      guard number.isFinite else { continue }
      low = min(low, number)
      high = max(high, number)
      wrong = max(wrong, abs(number - Double(Float(number))))
    }
    return high > low && wrong > (high - low) / 1024
  }
}

extension Column {
  /// - Throws: E0431 for infinities and what is no number, which would spread through a model without a word.
  func checkFinite(at span: SourceSpan?) throws(Diagnostic) {
    guard case .floats(let numbers) = storage, let index = numbers.firstIndex(where: { !$0.isFinite }) else {
      return
    }
    throw .notFinite(name, numbers[index], row: index / max(1, rowSize) + 1, at: span)
  }
}

extension Diagnostic {
  /// E0431: a number that no model can learn from.
  fileprivate static func notFinite(_ name: String, _ number: Float, row: Int, at span: SourceSpan?)
    -> Diagnostic
  {
    Diagnostic(
      "E0431", "sample \(row) of '\(name)' has the number \(number) when it is prepared",
      at: span.map { Label($0, "in this data set") },
      help: "leave such samples out of the file, or scale its numbers down if they are too large for 32 bits")
  }

  /// E0426: a column whose numbers lie too close together for floats.
  fileprivate static func losesDigits(_ name: String, at span: SourceSpan?, isTarget: Bool) -> Diagnostic {
    Diagnostic(
      "E0426", "the numbers of '\(name)' differ in digits that 32-bit floats do not have", severity: .warning,
      at: span.map { Label($0, "in this data set") },
      help: isTarget
        ? "write the target in the file as a difference from a number near to all of them"
        : "write 'standardize: [\(yamlWord(name))]', which computes in double precision")
  }
}
