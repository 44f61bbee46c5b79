import Diagnostics
import ExpLanguage
import GraphEngine
import TensorCore

/// Elements of lists, tuples, mappings and texts.
extension Tracer {
  /// What a loop goes through.
  func elements(_ value: TraceValue, _ range: Range<Int>) throws -> [TraceValue] {
    if let items = value.sequence { return items }
    switch value {
    case .dictionary(let dictionary): return dictionary.entries.map(\.key)
    case .string(let text): return text.map { .string(String($0)) }
    case .tensor(let tensor):
      guard case .size(let count)? = tensor.type.dims.first else {
        throw Diagnostic.wrongValue(
          "the samples of a batch cannot be gone through", "this is \(value.kindName)", span(range),
          help: "operations work on all samples at once; loop over another axis by index")
      }
      try spend(count, at: range)
      return try (0..<count).map { place in .tensor(try at(range) { try tensor.sliced(.at(place)) }) }
    case .batch:
      throw Diagnostic.wrongValue(
        "the number of samples is not known while the model is built", "this is it", span(range))
    default:
      throw Diagnostic.wrongValue(
        "only a list, a tuple, a mapping or a tensor has elements", "this is \(value.kindName)", span(range))
    }
  }

  /// The value of what stands in brackets, of something that is no tensor.
  func indexValue(_ index: Expression) throws -> Subscript {
    if case .slice(let lower, let upper, let step) = index.kind {
      return .slice(try bound(lower), try bound(upper), try bound(step))
    }
    if case .ellipsis = index.kind { return .ellipsis }
    return .value(try value(index))
  }

  /// An end or the step of a slice; `nil` if it is left out or `None`.
  private func bound(_ expression: Expression?) throws -> Int? {
    guard let expression else { return nil }
    switch try value(expression) {
    case .none, .batch: return nil
    case let found:
      // Ends may lie far outside.
      if let whole = found.whole { return min(max(whole, -1 << 40), 1 << 40) }
      throw Diagnostic.wrongValue(
        "a slice is bounded by whole numbers", "this is \(found.kindName)", span(expression.range))
    }
  }

  func element(
    of container: TraceValue, _ index: Subscript, _ base: Range<Int>, _ indexRange: Range<Int>
  ) throws -> TraceValue {
    switch index {
    case .value(let value): return try element(of: container, value, base, indexRange)
    case .slice(let lower, let upper, let step):
      let (items, rebuild) = try sliceable(container, base)
      let range =
        try PythonSlice(lower, upper, step).resolved(items.count) ?? { throw zeroStep(indexRange) }()
      return rebuild(range.map { items[$0] })
    case .ellipsis:
      throw Diagnostic.wrongValue("'...' is for tensors", "this is \(container.kindName)", span(base))
    }
  }

  func zeroStep(_ range: Range<Int>) -> Diagnostic {
    .wrongValue("the step of a slice cannot be 0", "this slice", span(range))
  }

  private func sliceable(
    _ container: TraceValue, _ range: Range<Int>
  ) throws -> ([TraceValue], ([TraceValue]) -> TraceValue) {
    switch container {
    case .list(let list): return (list.items, { .list($0) })
    case .tuple(let items): return (items, { .tuple($0) })
    case .string(let text):
      return (text.map { .string(String($0)) }, { .string($0.map(\.text).joined()) })
    default:
      throw Diagnostic.wrongValue(
        "only a list, a tuple, a text or a tensor can be sliced", "this is \(container.kindName)", span(range)
      )
    }
  }

  func element(
    of container: TraceValue, _ index: TraceValue, _ base: Range<Int>, _ indexRange: Range<Int>
  ) throws -> TraceValue {
    switch container {
    case .list, .tuple, .string:
      let items = try sliceable(container, base).0
      return items[try position(index, count: items.count, indexRange)]
    case .dictionary(let dictionary):
      if let found = dictionary[index] { return found }
      let keys = dictionary.entries.map(\.key.text).joined(separator: ", ")
      throw Diagnostic.wrongValue(
        "the mapping has no key '\(index.text)'", "this is \(index.kindName)", span(indexRange),
        help: keys.isEmpty ? "it is empty" : "its keys are \(keys)")
    default:
      throw Diagnostic.wrongValue(
        "only a list, a tuple, a mapping or a tensor has elements", "this is \(container.kindName)",
        span(base))
    }
  }

  /// A place counted from the front, or with a negative number from the back.
  func position(_ index: TraceValue, count: Int, _ range: Range<Int>) throws -> Int {
    guard let number = index.whole else {
      throw Diagnostic.wrongValue(
        "an element is counted with a whole number", "this is \(index.kindName)", span(range))
    }
    guard number < count, number >= -count else {
      throw Diagnostic.wrongValue(
        "there are \(count) elements", "this is \(number)", span(range), help: "counting begins with 0")
    }
    return number < 0 ? number + count : number
  }
}

/// What stands between brackets.
enum Subscript {
  case value(TraceValue)
  case slice(Int?, Int?, Int?)
  case ellipsis
}

/// `lower:upper:step` with Python's rules for what is left out, negative or too large.
struct PythonSlice {
  let lower: Int?
  let upper: Int?
  let step: Int

  init(_ lower: Int?, _ upper: Int?, _ step: Int?) {
    self.lower = lower
    self.upper = upper
    self.step = step ?? 1
  }

  /// The places it takes of `count`; `nil` for a step of 0.
  func resolved(_ count: Int) -> [Int]? {
    guard step != 0 else { return nil }
    func clamped(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      min(max(bound < 0 ? max(bound, -count - 1) + count : bound, low), high)
    }
    if step > 0 {
      let start = lower.map { clamped($0, 0, count) } ?? 0
      let end = upper.map { clamped($0, 0, count) } ?? count
      return Array(stride(from: start, to: end, by: step))
    }
    let start = lower.map { clamped($0, -1, count - 1) } ?? count - 1
    let end = upper.map { clamped($0, -1, count - 1) } ?? -1
    return Array(stride(from: start, to: end, by: step))
  }
}
