import Diagnostics
import ExpLanguage
import GraphEngine
import TensorCore

/// `x[:, -1]`, `x[..., None]`, `x[::2]`: parts of tensors, by NumPy's rules.
extension Tracer {
  func item(of tensor: Value, _ index: Expression, _ range: Range<Int>) throws -> TraceValue {
    var items: [(Subscript, Range<Int>)]
    if case .tuple(let all) = index.kind {
      items = try all.map { (try indexValue($0), $0.range) }
    } else {
      items = [(try indexValue(index), index.range)]
      if case .value(.tuple(let values)) = items[0].0 { items = values.map { (.value($0), index.range) } }
    }
    let consumed = items.filter { $0.0.takesAxis }.count
    guard consumed <= tensor.type.rank else {
      throw Diagnostic.wrongValue(
        "\(consumed) indices for \(tensor.type.rank) axes", "this is a tensor \(tensor.type)", span(range))
    }
    return .tensor(
      try at(range) {
        var part = TensorPart(tensor, left: tensor.type.rank - consumed)
        for (item, place) in items { try add(item, to: &part, place) }
        return try part.result()
      })
  }

  private func add(_ item: Subscript, to part: inout TensorPart, _ range: Range<Int>) throws {
    switch item {
    case .ellipsis:
      guard part.keepWhatIsLeft() else {
        throw Diagnostic.wrongValue("'...' stands for axes only once", "the second one", span(range))
      }
    case .value(.none): part.insertAxis()
    case .slice(let lower, let upper, let step):
      if step == 0 { throw zeroStep(range) }
      part.slice(lower, upper, step ?? 1)
    case .value(let value):
      if let number = value.whole { return part.pick(number) }
      guard try !part.hasTaken && take(value, from: &part, range) else {
        throw Diagnostic.wrongValue(
          "an axis is indexed with a whole number or a slice", "this is \(value.kindName)", span(range),
          help: "take(x, indices, axis=1) takes elements of an axis by a tensor of whole numbers")
      }
    }
  }

  /// Elements by the whole numbers of a tensor or list; false for an index of another kind.
  private func take(_ value: TraceValue, from part: inout TensorPart, _ range: Range<Int>) throws -> Bool {
    if let items = value.sequence {
      let places = items.compactMap(\.whole)
      guard places.count == items.count, !places.isEmpty else { return false }
      try part.take { try $0.taking(places, axis: $1) }
      return true
    }
    guard case .tensor(let indices) = value else { return false }
    guard indices.type.element == .int32 else {
      throw Diagnostic.wrongValue(
        "only whole numbers count elements", "this is \(value.kindName) of fractions", span(range),
        help: "for a condition use where(condition, x, 0); for an index cast(i, 'int32')")
    }
    try part.take { try $0.taking(indices, axis: $1) }
    return true
  }
}

extension Subscript {
  /// Whether it stands for one axis of the tensor.
  fileprivate var takesAxis: Bool {
    switch self {
    case .ellipsis, .value(.none): false
    case .slice, .value: true
    }
  }
}

/// What an index makes of a tensor, collected item by item.
private struct TensorPart {
  private var tensor: Value
  /// Axes that `...` stands for.
  private let left: Int
  private var slices: [AxisSlice] = []
  /// Where axes of size 1 come in, counted in the result.
  private var newAxes: [Int] = []
  private var axesOfResult = 0
  private var hasEllipsis = false
  /// Whether elements of an axis were taken by a list or tensor.
  private(set) var hasTaken = false

  init(_ tensor: Value, left: Int) {
    self.tensor = tensor
    self.left = left
  }

  mutating func pick(_ number: Int) { slices.append(.at(number)) }

  mutating func insertAxis() {
    newAxes.append(axesOfResult)
    axesOfResult += 1
  }

  mutating func slice(_ lower: Int?, _ upper: Int?, _ step: Int) {
    let isWhole = lower == nil && upper == nil && step == 1
    slices.append(isWhole ? .all : .range(from: lower, to: upper, by: step))
    axesOfResult += 1
  }

  /// False if that was done before.
  mutating func keepWhatIsLeft() -> Bool {
    if hasEllipsis { return false }
    hasEllipsis = true
    keep(left)
    return true
  }

  private mutating func keep(_ count: Int) {
    slices += [AxisSlice](repeating: .all, count: count)
    axesOfResult += count
  }

  /// The axes of the indices come in the place of the axis that they index.
  mutating func take(_ body: (Value, _ axis: Int) throws -> Value) throws {
    let rank = tensor.type.rank
    tensor = try body(tensor, slices.count)
    keep(tensor.type.rank - rank + 1)
    hasTaken = true
  }

  func result() throws -> Value {
    let part = slices.allSatisfy { $0 == .all } ? tensor : try tensor.sliced(slices)
    return try newAxes.reduce(part) { try $0.expandingDimensions(at: $1) }
  }
}
