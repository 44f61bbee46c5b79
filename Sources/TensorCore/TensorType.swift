/// What one number of a tensor is.
///
/// Labels and indices are `int32`, images may stay `uint8` until a batch is filled. A text is its number in ``TextTable``, of
/// which only what is made for texts knows.
public enum ElementType: String, Sendable, Hashable, Codable {
  case float32, int32, uint8
  case text = "string"
}

/// One axis: a known size, or the batch axis, whose size is not known until a program is compiled.
public enum Dim: Hashable, Sendable, CustomStringConvertible {
  case batch
  case size(Int)
  /// A length that comes with the data (Keras's `None`).
  ///
  /// Inputs of models are declared with it and summaries show it; in a graph there is always a size in its place.
  case unknown

  public var description: String {
    switch self {
    case .batch: "batch"
    case .size(let count): "\(count)"
    case .unknown: "None"
    }
  }
}

/// What shape checking knows of a value before it exists.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  public var element: ElementType
  public var dims: [Dim]

  public init(_ dims: [Dim], _ element: ElementType = .float32) {
    self.element = element
    self.dims = dims
  }

  public var rank: Int { dims.count }
  public var description: String { "(" + dims.map(\.description).joined(separator: ", ") + ")" }

  /// The sizes of all axes.
  /// - Precondition: no length is unknown.
  public func shape(batch: Int) -> [Int] {
    dims.map { dim in
      switch dim {
      case .size(let count): return count
      case .batch: return batch
      case .unknown: preconditionFailure("\(self) has no shape before there are data")
      }
    }
  }

  /// Whether a length is not known before there are data.
  public var isOpen: Bool { dims.contains(.unknown) }

  /// The axes of one sample, `nil` for those of unknown length.
  public var sampleAxes: [Int?] {
    dims.dropFirst().map { if case .size(let count) = $0 { count } else { nil } }
  }

  /// The same with a length in the place of all that are unknown.
  public func with(length: Int) -> TensorType {
    TensorType(dims.map { $0 == .unknown ? .size(length) : $0 }, element)
  }

  /// Whether values of other axes can stand for these: any length will do for an unknown one.
  public func admits(_ other: [Dim]) -> Bool {
    rank == other.count && zip(dims, other).allSatisfy { $0 == .unknown || $0 == $1 }
  }

  /// This type, with an unknown length wherever another one has another size.
  public func widened(by other: TensorType) -> TensorType {
    guard rank == other.rank else { return self }
    return TensorType(zip(dims, other.dims).map { $0 == $1 ? $0 : .unknown }, element)
  }
}

/// Concrete numbers at the edge of the engine: data sets, saved weights, test expectations.
///
/// Inside a compiled program there are only addresses.
public struct Tensor: Sendable, Equatable {
  public let shape: [Int]
  public var elements: [Float]

  public init(_ shape: [Int], _ elements: [Float]) {
    precondition(shape.reduce(1, *) == elements.count, "\(elements.count) elements do not fill \(shape)")
    self.shape = shape
    self.elements = elements
  }

  public init(zeros shape: [Int]) {
    self.init(shape, [Float](repeating: 0, count: shape.reduce(1, *)))
  }
}

extension TensorType {
  /// More elements than any machine holds: what is larger is a slip in a file, and could overflow sums of sizes.
  public static let largestCount = 1 << 36

  /// Elements of one sample, `Int.max` if that is too many to count.
  public var sampleCount: Int {
    dims.compactMap { if case .size(let count) = $0 { count } else { nil } }.product
  }
}

extension Sequence<Int> {
  /// The product, `Int.max` where it overflows: sizes come from files, and files may say anything.
  public var product: Int {
    reduce(1) { product, factor in
      let (result, overflow) = product.multipliedReportingOverflow(by: factor)
      return overflow ? Int.max : result
    }
  }
}
