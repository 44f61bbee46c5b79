public import Datasets

extension DataPart {
  /// The same samples, each counting as much as its class.
  ///
  /// Keras: `class_weight` of `fit`. The class is the label, or where a target of several numbers is largest; classes
  /// without a weight count 1.
  /// - Precondition: the part has one target.
  public func weighted(byClass weights: [Int: Double]) -> DataPart {
    guard let target = targets.first else { preconditionFailure("weights of classes without a target") }
    let numbers = (0..<target.rowCount).map { row -> Float in
      let values = target.values(row: row)
      let label =
        values.count == 1
        ? Int(exactly: values[0].rounded())
        : values.indices.max { values[$0] < values[$1] || values[$0] == values[$1] && $0 > $1 }
      return Float(label.flatMap { weights[$0] } ?? 1)
    }
    var part = self
    part.sampleWeights = Column("class_weight", rowShape: [], .floats(numbers))
    return part
  }
}
