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
  /// Whether its whole numbers are those of texts.
  public var areTexts = false
  /// How many places of the first axis each row fills, where rows are sequences of different lengths: what is behind
  /// is padding, and a batch is cut to the longest of its own.
  public var lengths: [Int32]?

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

  /// What a model sees: texts, labels as whole numbers, everything else as fractions.
  public var element: ElementType {
    if areTexts { .text } else if case .integers = storage { .int32 } else { .float32 }
  }

  /// The scaled numbers of one row.
  ///
  /// For looking at samples; batches are filled by the kernels.
  /// - Precondition: the row exists.
  public func values(row: Int) -> [Float] {
    precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
    let range = row * rowSize..<(row + 1) * rowSize
    let raw: [Float] =
      switch storage {
      case .bytes(let numbers): numbers[range].map { Float($0) }
      case .floats(let numbers): Array(numbers[range])
      case .integers(let numbers): numbers[range].map { Float($0) }
      }
    return scale == 1 && offset == 0 ? raw : raw.map { $0 * scale + offset }
  }
}
