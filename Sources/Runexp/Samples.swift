import Datasets
public import TensorCore

/// Inputs with what they are compared with: what Keras calls `x` and `y`.
///
/// The first axis of every tensor is the samples.
public struct Samples: Sendable {
  /// As the trainer takes them.
  let part: DataPart

  /// Samples of a model with one input, and targets of one output.
  public init(_ inputs: Tensor, _ targets: Tensor? = nil) {
    self.init(["input": inputs], targets.map { ["output": $0] } ?? [:])
  }

  /// Samples of a model with one input, each of a class.
  public init(_ inputs: Tensor, labels: [Int]) {
    let column = Column("output", rowShape: [], .integers(labels.map { Int32(clamping: $0) }))
    part = DataPart(
      features: [Self.column("input", inputs)], targets: [column], rows: .range(0..<labels.count))
  }

  /// Sequences of different lengths, each of a class, for a model that leaves the length open.
  ///
  /// Each batch is as long as the longest of its sequences; shorter ones end in zeros.
  public init(tokens: [[Int]], labels: [Int]) {
    let longest = max(1, tokens.map(\.count).max() ?? 1)
    var numbers = [Int32](repeating: 0, count: tokens.count * longest)
    for (row, sequence) in tokens.enumerated() {
      for (i, token) in sequence.enumerated() { numbers[row * longest + i] = Int32(clamping: token) }
    }
    var input = Column("input", rowShape: [longest], .integers(numbers))
    input.lengths = tokens.map { Int32($0.count) }
    let column = Column("output", rowShape: [], .integers(labels.map { Int32(clamping: $0) }))
    part = DataPart(features: [input], targets: [column], rows: .range(0..<min(tokens.count, labels.count)))
  }

  /// Samples of a model with several inputs or outputs, by their names.
  public init(_ inputs: [String: Tensor], _ targets: [String: Tensor] = [:]) {
    let features = inputs.sorted { $0.key < $1.key }.map { Self.column($0.key, $0.value) }
    part = DataPart(
      features: features, targets: targets.sorted { $0.key < $1.key }.map { Self.column($0.key, $0.value) },
      rows: .range(0..<(features.map(\.rowCount).min() ?? 0)))
  }

  /// How many there are.
  public var count: Int { part.count }

  private static func column(_ name: String, _ tensor: Tensor) -> Column {
    Column(name, rowShape: Array(tensor.shape.dropFirst()), .floats(tensor.elements))
  }
}
