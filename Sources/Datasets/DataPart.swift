/// A part of a data set: features and targets with a row for each sample.
public struct DataPart: Sendable {
  /// Which rows of the columns belong to the part, so that a split copies nothing.
  public enum Rows: Sendable, Equatable {
    case range(Range<Int>)
    case indices([Int32])

    public var count: Int {
      switch self {
      case .range(let range): range.count
      case .indices(let indices): indices.count
      }
    }

    /// The row of a sample.
    public subscript(sample: Int) -> Int32 {
      switch self {
      case .range(let range): Int32(range.lowerBound + sample)
      case .indices(let indices): indices[sample]
      }
    }

    /// The rows in order.
    public var all: [Int32] {
      switch self {
      case .range(let range): range.map { Int32($0) }
      case .indices(let indices): indices
      }
    }
  }

  public var features: [Column]
  public var targets: [Column]
  public var rows: Rows
  /// How much each sample counts in the loss; all alike if there are none.
  public var sampleWeights: Column?

  public init(features: [Column], targets: [Column], rows: Rows, sampleWeights: Column? = nil) {
    self.features = features
    self.targets = targets
    self.rows = rows
    self.sampleWeights = sampleWeights
  }

  /// How many samples the part has.
  public var count: Int { rows.count }

  /// The scaled numbers of one sample.
  public func values(of column: Column, sample: Int) -> [Float] { column.values(row: Int(rows[sample])) }
}
