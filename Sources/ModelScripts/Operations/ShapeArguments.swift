import Diagnostics
import GraphEngine
import TensorCore

/// Shapes among the arguments of an operation.
extension Arguments {
  /// What to work along: a tensor and its axis, or without an axis all of its elements in one row, as in Keras and NumPy.
  /// - Throws: E0322 for the samples of a batch, which are never put in one row.
  func alongAxis(_ name: String = "x") throws -> (x: Value, axis: Int) {
    let x = try tensor(name)
    guard isNone("axis") else { return (x, try int("axis")) }
    return (try flattened(x), 0)
  }

  /// All elements in one row.
  /// - Throws: E0322 for the samples of a batch.
  func flattened(_ x: Value) throws -> Value {
    guard x.type.dims.allSatisfy({ if case .size = $0 { true } else { false } }) else {
      throw mismatch(
        "axis", "given: without it '\(operation.name)' flattens the tensor, and with it the batch")
    }
    return try x.reshaped(to: [.size(x.type.sampleCount)])
  }

  /// E0322: the samples of a batch, which are never put in one row.
  func flattensBatch() -> Diagnostic {
    Diagnostic(
      "E0322", "'\(operation.name)' flattens the whole tensor, and with it the batch",
      at: tracer.span(range).map { .init($0, "of a batch") },
      help: "write 'reshape(x, (shape(x)[0], -1))' for one row for each sample, or use a Flatten layer")
  }

  /// The sizes of a new tensor, of whole numbers and at most one number of samples.
  func shape(_ name: String = "shape") throws -> [Dim] {
    let items = self[name].sequence ?? [self[name]]
    let dims = try items.map { item -> Dim in
      if case .batch = item { return .batch }
      guard let size = item.whole, size >= 0 else {
        throw mismatch(name, "a shape of whole numbers that are not negative")
      }
      return .size(size)
    }
    let type = TensorType(dims)
    guard dims.filter({ $0 == .batch }).count <= 1, type.sampleCount <= TensorType.largestCount else {
      throw mismatch(name, "a shape that memory can hold")
    }
    return dims
  }

  /// The shape that a tensor gets, where -1 or None stands for what is left.
  func shape(_ name: String = "shape", of x: TensorType) throws -> [Dim] {
    let items = self[name].sequence ?? [self[name]]
    var dims: [Dim?] = try items.map { item in
      switch item {
      case .batch: return .batch
      case .none: return nil
      default:
        guard let size = item.whole, size >= -1 else {
          throw mismatch(name, "a shape: whole numbers, one of them -1")
        }
        return size == -1 ? nil : .size(size)
      }
    }
    guard dims.filter({ $0 == nil }).count <= 1 else { throw mismatch(name, "a shape with one -1") }
    guard let open = dims.firstIndex(where: { $0 == nil }) else { return dims.compactMap { $0 } }
    let known = dims.compactMap { $0 }
    if x.dims.contains(.batch) && !known.contains(.batch) {
      dims[open] = .batch
      return dims.compactMap { $0 }
    }
    let rest = TensorType(known).sampleCount
    guard rest > 0, x.sampleCount % rest == 0 else {
      throw Diagnostic(
        "E0301", "\(x) cannot be seen as a shape with axes of together \(rest)",
        at: tracer.span(range(name)).map { .init($0, "this shape") },
        help: "\(x.sampleCount) elements a sample must be a multiple of the other sizes")
    }
    dims[open] = .size(x.sampleCount / rest)
    return dims.compactMap { $0 }
  }

  /// Keras gives constants the type of fractions unless told otherwise.
  func isWholeType(_ name: String = "dtype") -> Bool {
    guard case .string(let type) = self[name] else { return false }
    return type.hasPrefix("int") || type.hasPrefix("uint")
  }

  /// Counts numbers that lie in memory.
  func spend(_ count: Int) throws { try tracer.spend(count, at: range) }
}
