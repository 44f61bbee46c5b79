import Diagnostics

/// An equation of `einsum`, its letters replaced by numbers: one number an axis.
struct EinsumEquation {
  let operands: [[Int]]
  let result: [Int]

  /// - Throws: E0330.
  init(_ text: String, ranks: [Int], at span: SourceSpan?) throws(Diagnostic) {
    let compact = text.filter { $0 != " " }
    let arrow = compact.range(of: "->")
    let left = compact[..<(arrow?.lowerBound ?? compact.endIndex)]
    let terms = left.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard terms.count == ranks.count else {
      throw .einsum("'\(text)' has \(terms.count) terms for \(ranks.count) values", at: span)
    }
    var hidden = 0
    for (term, rank) in zip(terms, ranks) {
      let letters = term.filter { $0 != "." }
      let dots = term.count - letters.count
      guard letters.allSatisfy({ $0.isASCII && $0.isLetter }),
        dots == 0 || (dots == 3 && term.contains("..."))
      else {
        throw .einsum("'\(term)' is no list of letters", at: span)
      }
      guard dots == 0 ? letters.count == rank : letters.count <= rank else {
        throw .einsum("'\(term)' names \(letters.count) axes of a value with \(rank)", at: span)
      }
      hidden = max(hidden, rank - letters.count)
    }
    var operands: [[Int]] = []
    for (term, rank) in zip(terms, ranks) { operands.append(Self.axes(term, rank, hidden)) }
    self.operands = operands
    guard let arrow else {
      let all = operands.flatMap { $0 }
      result = Set(all).sorted().filter { label in label < 0 || all.filter { $0 == label }.count == 1 }
      return
    }
    let term = String(compact[arrow.upperBound...])
    result = Self.axes(term, term.filter { $0 != "." }.count + (term.contains("...") ? hidden : 0), hidden)
    for label in result
    where !operands.contains(where: { $0.contains(label) }) || result.filter({ $0 == label }).count > 1 {
      throw .einsum("'\(term)' must name axes of the values, each once", at: span)
    }
  }

  /// A letter is its code; the axes behind dots are `-hidden ..< 0`, aligned at the last.
  private static func axes(_ term: String, _ rank: Int, _ hidden: Int) -> [Int] {
    var labels: [Int] = []
    let count = rank - term.filter { $0 != "." }.count
    var dots = 0
    for letter in term.utf8 {
      guard letter == UInt8(ascii: ".") else {
        labels.append(Int(letter))
        continue
      }
      dots += 1
      if dots == 1 { labels += (0..<max(0, count)).map { $0 - count } }
    }
    return labels
  }
}

extension String {
  /// The first place of a short text.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

extension Diagnostic {
  /// E0330: an equation that cannot be read, or that does not fit its values.
  static func einsum(_ what: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0330", "einsum: \(what)", at: span.map { Label($0, "in this layer") },
      help: "an equation has one letter an axis, such as 'bij,bjk->bik'")
  }
}
