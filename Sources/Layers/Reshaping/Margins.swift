public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// What is added or cut off before and after each axis: one number for all, one for each axis, or pairs.
public struct Margins<let rank: Int>: ConfigConvertible, Hashable {
  /// Before and after, axis by axis.
  public var numbers: [[Int]]

  public init(_ number: Int) { numbers = [[Int]](repeating: [number, number], count: rank) }

  public static var expectation: String {
    rank == 1 ? "a whole number or a pair" : "a whole number, a list of \(rank), or \(rank) pairs"
  }

  public init(config: ConfigNode) throws(Diagnostic) {
    // Along one axis a list is the pair itself.
    let isPair = rank == 1 && config.list?.first?.list == nil
    let nodes = isPair ? [config] : config.list ?? [ConfigNode](repeating: config, count: rank)
    var found: [[Int]] = []
    for node in nodes {
      let pair =
        node.list == nil ? [Int](repeating: try Int(config: node), count: 2) : try [Int](config: node)
      guard pair.count == 2 else { throw .mismatch(config, Self.expectation) }
      guard pair.allSatisfy(AxisSizes.allowed.contains) else {
        throw .mismatch(config, AxisSizes.expectation)
      }
      found.append(pair)
    }
    guard found.count == rank else { throw .mismatch(config, Self.expectation) }
    numbers = found
  }

  /// Keras writes the pair of one axis without a list around it.
  public var config: ConfigNode { rank == 1 ? numbers[0].config : numbers.config }
  public static var jsonSchema: ConfigNode { ["type": ["integer", "array"]] }

  static var notNegative: @Sendable (Margins) -> String? {
    { $0.numbers.joined().allSatisfy { $0 >= 0 } ? nil : "must not be negative" }
  }
}

/// Zeros before and after rows and columns.
///
/// Keras: `keras.layers.ZeroPadding1D`, `ZeroPadding2D`, `ZeroPadding3D`.
public struct ZeroPadding<let rank: Int>: UnaryLayer, Configurable {
  public var padding = Margins<rank>(1)
  public var dataFormat = DataFormat.channelsLast
  public init(_ padding: Margins<rank> = .init(1)) { self.padding = padding }

  public static var schema: Schema<Self> {
    Schema(
      "ZeroPadding\(rank)D", "Zeros before and after \(axisWords(rank)).", prototype: Self(),
      Field("padding", \.padding, "How many.", check: Margins<rank>.notNegative),
      Field("data_format", \.dataFormat, "Where channels are."))
  }

  public static var dialects: KerasDialects {
    KerasDialects {
      if rank == 1 { $0.keras2.lacks = ["data_format"] }
      if rank == 2 { $0.keras1.pairs = ["padding"] }
    }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      let widths = [(0, 0)] + padding.numbers.map { ($0[0], $0[1]) } + [(0, 0)]
      return try x.padded(widths.map { (before: $0.0, after: $0.1) })
    }
  }
}

/// Rows and columns cut off before and after.
///
/// Keras: `keras.layers.Cropping1D`, `Cropping2D`, `Cropping3D`.
public struct Cropping<let rank: Int>: UnaryLayer, Configurable {
  public var cropping = Margins<rank>(rank == 2 ? 0 : 1)
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static var schema: Schema<Self> {
    let size = Field<Self>(
      "cropping", \.cropping, "How much is cut off.", check: Margins<rank>.notNegative)
    let format = Field<Self>("data_format", \.dataFormat, "Where channels are.")
    return Schema(
      "Cropping\(rank)D", "Cuts off \(axisWords(rank)) before and after.", prototype: Self(),
      fields: rank == 1 ? [size] : [size, format])
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try dataFormat.channelsLast(x) { x in
      var slices = [AxisSlice.all]
      for (axis, pair) in try sizes(x) { slices.append(.range(from: pair[0], to: axis - pair[1])) }
      return try x.sliced(slices)
    }
  }

  /// Size and margins of each axis.
  private func sizes(_ x: Value) throws -> [(Int, [Int])] {
    let sizes = x.type.dims.dropFirst().compactMap { if case .size(let size) = $0 { size } else { nil } }
    guard x.type.rank == rank + 2, sizes.count > rank,
      zip(sizes, cropping.numbers).allSatisfy({ $0 > $1[0] + $1[1] })
    else { throw Diagnostic.nothingLeft(className, cropping.config, x) }
    return zip(sizes, cropping.numbers).map { ($0, $1) }
  }
}

extension Diagnostic {
  /// E0361: more is cut off than there is.
  fileprivate static func nothingLeft(_ layer: String, _ margins: ConfigNode, _ x: Value) -> Diagnostic {
    Diagnostic(
      "E0361", "\(layer): cutting \(margins.json) off leaves nothing of \(x.type)",
      at: x.graph.origin.map { Label($0, "called here") }, help: "cut off less than the size of the axis")
  }
}
