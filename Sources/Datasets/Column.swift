public import TensorCore

/// One named array with a row for each sample.
///
/// Images stay bytes until a batch is filled, then each number becomes `raw * scale + offset`.
public struct Column: Sendable, Equatable {
  public enum Storage: Sendable, Equatable {
    case bytes([UInt8])
    case floats([Float])
    /// Class labels.
    case integers([Int32])

    public var count: Int {
      switch self {
      case .bytes(let numbers): numbers.count
      case .floats(let numbers): numbers.count
      case .integers(let numbers): numbers.count
      }
    }
  }

  public var name: String
  /// The shape of one row; empty for one number a row.
  public var rowShape: [Int]
  public var storage: Storage
  public var scale: Float
  public var offset: Float

  public init(_ name: String, rowShape: [Int], _ storage: Storage, scale: Float = 1, offset: Float = 0) {
    self.name = name
    self.rowShape = rowShape
    self.storage = storage
    self.scale = scale
    self.offset = offset
  }

  /// How many numbers a row has.
  public var rowSize: Int { rowShape.reduce(1, *) }
  public var rowCount: Int { rowSize == 0 ? 0 : storage.count / rowSize }

  /// What a model sees: labels as whole numbers, everything else as fractions.
  public var element: ElementType {
    if case .integers = storage { .int32 } else { .float32 }
  }

  /// Writes rows one after another, scaled.
  /// - Precondition: every row exists, and `output` has room for `rows.count * rowSize` numbers.
  public func gather(_ rows: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Float>) {
    precondition(output.count >= rows.count * rowSize, "a batch of \(rows.count) rows does not fit")
    let (scale, offset) = (scale, offset)
    switch storage {
    case .bytes(let numbers): gather(numbers, rows, into: output) { Float($0) * scale + offset }
    case .floats(let numbers):
      if scale == 1, offset == 0 {
        gather(numbers, rows, into: output) { $0 }
      } else {
        gather(numbers, rows, into: output) { $0 * scale + offset }
      }
    case .integers(let numbers): gather(numbers, rows, into: output) { Float($0) * scale + offset }
    }
  }

  /// Writes rows of labels one after another.
  ///
  /// Only for integers; bytes and fractions are cut off.
  public func gather(_ rows: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Int32>) {
    precondition(output.count >= rows.count * rowSize, "a batch of \(rows.count) rows does not fit")
    switch storage {
    case .bytes(let numbers): gather(numbers, rows, into: output) { Int32($0) }
    case .floats(let numbers): gather(numbers, rows, into: output) { Int32($0) }
    case .integers(let numbers): gather(numbers, rows, into: output) { $0 }
    }
  }

  @inline(__always)
  private func gather<Raw, Number>(
    _ numbers: [Raw], _ rows: UnsafeBufferPointer<Int32>, into output: UnsafeMutableBufferPointer<Number>,
    _ convert: (Raw) -> Number
  ) {
    let (size, count) = (rowSize, rowCount)
    guard size > 0, let base = output.baseAddress else { return }
    numbers.withUnsafeBufferPointer { source in
      for (position, row) in rows.enumerated() {
        precondition(row >= 0 && Int(row) < count, "row \(row) of \(count)")
        guard let from = source.baseAddress?.advanced(by: Int(row) * size) else { return }
        let to = base + position * size
        for index in 0..<size { to[index] = convert(from[index]) }
      }
    }
  }
}
