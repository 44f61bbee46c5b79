import Diagnostics
import KernelABI
import TensorCore

/// Sums of products of values whose axes are labelled: equal labels are one axis, and labels that are not in the result
/// are summed over.
struct Contraction {
  private let operands: [[Int]]
  private let result: [Int]

  init(_ operands: [[Int]], _ result: [Int]) {
    self.operands = operands
    self.result = result
  }

  func apply(_ values: [Value]) throws(Diagnostic) -> Value {
    guard let first = values.first else {
      throw .einsum("there are no values", at: nil)
    }
    // Whole numbers stay whole, and exact, where all are.
    let areWhole = values.allSatisfy { $0.type.element == .int32 }
    var found = try Labelled(areWhole ? first : first.cast(to: .float32), operands[0]).withoutRepeats()
    for i in values.indices.dropFirst() {
      let later = Set(operands[(i + 1)...].joined()).union(result)
      let value = try areWhole ? values[i] : values[i].cast(to: .float32)
      let next = try Labelled(value, operands[i]).withoutRepeats()
      found = try found.times(next, keeping: later)
    }
    return try found.keeping(Set(result)).ordered(result).value
  }
}

/// A value and a label for each of its axes.
private struct Labelled {
  let value: Value
  let labels: [Int]

  init(_ value: Value, _ labels: [Int]) {
    self.value = value
    self.labels = labels
  }

  private func dim(_ label: Int) -> Dim? { labels.firstIndex(of: label).map { value.type.dims[$0] } }

  /// An axis named twice is a diagonal.
  func withoutRepeats() throws(Diagnostic) -> Labelled {
    guard let twice = labels.first(where: { label in labels.filter { $0 == label }.count > 1 }) else {
      return self
    }
    let places = labels.indices.filter { labels[$0] == twice }
    let (a, b) = (places[0], places[1])
    guard value.type.dims[a] == value.type.dims[b] else {
      throw .einsum(
        "axes \(a) and \(b) of \(value.type) have one letter and two sizes", at: value.graph.origin)
    }
    let others = labels.indices.filter { $0 != a && $0 != b }
    let diagonal = try value.transposed(others + [a, b]).diagonal()
    return try Labelled(diagonal, others.map { labels[$0] } + [twice]).withoutRepeats()
  }

  /// Sums over all other labels.
  func keeping(_ wanted: Set<Int>) throws(Diagnostic) -> Labelled {
    let dropped = labels.indices.filter { !wanted.contains(labels[$0]) }
    return try Labelled(value.sum(over: dropped), labels.filter { wanted.contains($0) })
  }

  func ordered(_ order: [Int]) throws(Diagnostic) -> Labelled {
    let places = order.compactMap { labels.firstIndex(of: $0) }
    return try Labelled(places == Array(labels.indices) ? value : value.transposed(places), order)
  }

  /// The product with another value, summed over what is neither wanted nor later needed.
  func times(_ other: Labelled, keeping wanted: Set<Int>) throws(Diagnostic) -> Labelled {
    let a = try keeping(wanted.union(other.labels))
    let b = try other.keeping(wanted.union(labels))
    for label in a.labels where b.labels.contains(label) {
      guard let x = a.dim(label), let y = b.dim(label), x == y || x == .size(1) || y == .size(1) else {
        throw .einsum(
          "\(value.type) and \(other.value.type) differ in an axis of one letter", at: value.graph.origin)
      }
    }
    let shared = a.labels.filter { b.labels.contains($0) }
    let summed = shared.filter { !wanted.contains($0) }
    // What is no product of matrices: an axis of size 1 that repeats, and the batch merged with other axes.
    let isProduct = summed.allSatisfy {
      a.dim($0) == b.dim($0) && (a.dim($0) != .batch || summed.count == 1)
    }
    return summed.isEmpty || !isProduct ? try a.elementwise(b, summed) : try a.product(b, shared, summed)
  }

  /// By broadcasting, then summing.
  private func elementwise(_ b: Labelled, _ summed: [Int]) throws(Diagnostic) -> Labelled {
    let labels = self.labels + b.labels.filter { !self.labels.contains($0) }
    let product = try spread(labels) * b.spread(labels)
    return try Labelled(product, labels).keeping(Set(labels).subtracting(summed))
  }

  /// With axes of size 1 for labels it has not.
  private func spread(_ all: [Int]) throws(Diagnostic) -> Value {
    let own = try ordered(all.filter { labels.contains($0) })
    return try own.value.reshaped(to: all.map { own.dim($0) ?? .size(1) })
  }

  /// As a product of matrices: labels of both in front, then rows and columns, each merged into one axis.
  private func product(_ b: Labelled, _ shared: [Int], _ summed: [Int]) throws(Diagnostic) -> Labelled {
    // A batch axis cannot be merged: it stands in front, with size 1 in the other factor.
    let alone = (labels + b.labels).filter { label in
      !shared.contains(label) && (dim(label) ?? b.dim(label)) == .batch
    }
    let front = alone + shared.filter { !summed.contains($0) }
    let rows = labels.filter { !shared.contains($0) && !alone.contains($0) }
    let columns = b.labels.filter { !shared.contains($0) && !alone.contains($0) }
    let isPlain = front.allSatisfy { !b.labels.contains($0) }
    let left = try merged(
      front: front, loose: isPlain ? rows : [], rows: isPlain ? [] : rows, columns: summed)
    let right = try b.merged(front: isPlain ? [] : front, rows: summed, columns: columns)
    let product = try left.multiplied(by: right)
    let kept = front + rows + columns
    var dims: [Dim] = []
    for label in kept {
      dims.append(front.contains(label) ? largest(label, b) : dim(label) ?? b.dim(label) ?? .size(1))
    }
    return try Labelled(product.reshaped(to: dims), kept)
  }

  private func largest(_ label: Int, _ b: Labelled) -> Dim {
    let (x, y) = (dim(label) ?? .size(1), b.dim(label) ?? .size(1))
    return x == .size(1) ? y : x
  }

  /// The axes of `front`, then those of `rows` and of `columns` as one each; `loose` ones stand before the rows.
  private func merged(
    front: [Int], loose: [Int] = [], rows: [Int], columns: [Int]
  ) throws(Diagnostic) -> Value {
    let own = try ordered((front + loose + rows + columns).filter { labels.contains($0) })
    var dims: [Dim] = []
    for label in front + loose { dims.append(own.dim(label) ?? .size(1)) }
    if loose.isEmpty { dims.append(own.merged(rows)) }
    return try own.value.reshaped(to: dims + [own.merged(columns)])
  }

  /// One axis for several.
  private func merged(_ labels: [Int]) -> Dim {
    let dims = labels.compactMap { dim($0) }
    if dims.count == 1 { return dims[0] }
    return .size(dims.map { if case .size(let size) = $0 { size } else { 1 } }.product)
  }
}
