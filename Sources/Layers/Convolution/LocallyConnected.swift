public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A convolution whose kernel is another one at every place.
///
/// Weights: `kernel`, whose shape depends on `implementation`, and `bias` (places…, filters). With implementation 1 the
/// kernel is (places, window · channels, filters); with 2 it is (axes…, channels, places…, filters), of which only what
/// lies in the window counts; with 3 it is a list of what counts. Keras 2: `keras.layers.LocallyConnected1D`,
/// `LocallyConnected2D`.
public struct LocallyConnected<let rank: Int>: UnaryLayer, Configurable {
  public var filters: Int
  public var kernelSize: PerAxis<rank>
  public var strides = PerAxis<rank>(1)
  public var padding = WindowPadding.valid
  public var dataFormat = DataFormat.channelsLast
  public var activation = Activation.linear
  public var useBias = true
  public var kernel = WeightSettings(.glorotUniform)
  public var bias = WeightSettings(.zeros)
  public var activityRegularizer: Regularizer?
  public var implementation = 1

  public init(_ filters: Int, kernelSize: PerAxis<rank>) {
    self.filters = filters
    self.kernelSize = kernelSize
  }

  public static var schema: Schema<Self> {
    Schema(
      "LocallyConnected\(rank)D", "A convolution with a kernel of its own at every place.",
      prototype: Self(1, kernelSize: .init(1)),
      fields: [
        Field("filters", \.filters, "Channels of the result.", check: atLeast(1)).required,
        Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
        Field("strides", \.strides, "How far the window moves.", check: PerAxis<rank>.atLeast(1)),
        Field(
          "padding", \.padding, "valid: within the input; same: as many places, not with implementation 1."),
        Field("data_format", \.dataFormat, "Where channels are."),
        Field("activation", \.activation, "Applied to the result."),
        Field("use_bias", \.useBias, "Whether a bias is added."),
      ]
        + WeightSettings.fields(
          [.kernel(\Self.kernel), .bias(\Self.bias)], activity: \Self.activityRegularizer) + [
          Field(
            "implementation", \.implementation, "How the kernel is stored: 1, 2 or 3.", check: within(1...3))
        ])
  }

  public static var dialects: KerasDialects { .untilKeras2 }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let places = try Places(of: x, self)
    // With implementation 2 and 3 numbers stay where they are; with 1 a window is read with channels last or first.
    var y = try implementation == 1 ? windows(x, places, in: scope) : connected(x, places, in: scope)
    if useBias {
      let bias = try scope.parameter("bias", places.outputs + [filters], self.bias)
      // Keras lays the bias over channels that come first number by number.
      let shape = isFirst ? [filters] + places.outputs : places.outputs + [filters]
      y = try y + bias.reshaped(to: shape.map { .size($0) })
    }
    y = try activation.apply(y, in: scope)
    try scope.penalize(y, with: activityRegularizer)
    return y
  }

  private var isFirst: Bool { dataFormat == .channelsFirst }

  /// The product of each window with the kernel of its place.
  private func windows(_ x: Value, _ places: Places, in scope: LayerScope) throws -> Value {
    let taps = kernelSize.numbers.product * places.channels
    let kernel = try scope.parameter("kernel", [places.outputs.product, taps, filters], self.kernel)
    let flat = try x.reshaped(to: [.batch, .size(places.inputs.product * places.channels)])
    let seen = try flat.taking(places.windows.flatMap(\.self), axis: 1)
      .reshaped(to: [.batch, .size(places.outputs.product), .size(taps)])
    let y = try Value.einsum("bpt,ptf->bpf", seen, kernel)
      .reshaped(to: [.batch] + places.outputs.map { .size($0) } + [.size(filters)])
    return isFirst ? try y.movingAxis(-1, to: 1) : y
  }

  /// The product of all inputs with a matrix that is 0 where a window does not look.
  private func connected(_ x: Value, _ places: Places, in scope: LayerScope) throws -> Value {
    let (rows, columns) = (places.inputs.product * places.channels, places.outputs.product * filters)
    try scope.graph.checkTable([rows, columns])
    let pairs = places.pairs
    let matrix: Value
    if implementation == 2 {
      let shape =
        isFirst
        ? [places.channels] + places.inputs + [filters] + places.outputs
        : places.inputs + [places.channels] + places.outputs + [filters]
      let kernel = try scope.parameter("kernel", shape, self.kernel)
      var mask = [Float](repeating: 0, count: rows * columns)
      for (output, input) in pairs { mask[input * columns + output] = 1 }
      matrix =
        try kernel.reshaped(to: [.size(rows), .size(columns)])
        * scope.graph.constant(Tensor([rows, columns], mask))
    } else {
      let kernel = try scope.parameter("kernel", [pairs.count], self.kernel)
      var indices = [Int](repeating: pairs.count, count: rows * columns)
      for (place, pair) in pairs.enumerated() { indices[pair.input * columns + pair.output] = place }
      matrix = try Value.concatenate([kernel, scope.graph.constant(0, [.size(1)])], axis: 0)
        .taking(indices, axis: 0).reshaped(to: [.size(rows), .size(columns)])
    }
    let flat = try x.reshaped(to: [.batch, .size(rows)])
    let shape = isFirst ? [filters] + places.outputs : places.outputs + [filters]
    return try flat.multiplied(by: matrix).reshaped(to: [.batch] + shape.map { .size($0) })
  }
}

/// Which inputs the outputs of a ``LocallyConnected`` see, as places in a sample.
private struct Places {
  let inputs: [Int]
  let outputs: [Int]
  let channels: Int
  private let filters: Int
  private let isFirst: Bool
  /// For each place of the output the axes' places in its window, each in order.
  private let seen: [[[Int]]]

  /// - Throws: E0301 if the input is not of known size or of another rank, or if the window does not fit, E0379 for
  ///   padding that Keras does not compute, E0314 if what the layer needs cannot be counted.
  init<let rank: Int>(of x: Value, _ layer: LocallyConnected<rank>) throws {
    let name = layer.className
    guard layer.implementation != 1 || layer.padding == .valid else {
      throw Diagnostic.unpaddedWindows(name, at: x.graph.origin)
    }
    let sizes = try x.knownSample(of: rank + 1, for: name)
    isFirst = layer.dataFormat == .channelsFirst
    inputs = Array(isFirst ? sizes.dropFirst() : sizes.dropLast())
    channels = isFirst ? sizes[0] : sizes[rank]
    filters = layer.filters
    let rule = WindowRule(
      layer.kernelSize.numbers, strides: layer.strides.numbers, dilation: [Int](repeating: 1, count: rank),
      padding: layer.padding.rule)
    let axes = inputs
    let counted = (0..<rank).map { rule.places($0, of: axes[$0]) }
    outputs = counted
    if let axis = counted.firstIndex(where: { $0 < 1 }) {
      throw Diagnostic(
        "E0301",
        "\(name): a window of \(rule.window[axis]) does not fit into the \(inputs[axis]) of \(x.type)",
        at: x.graph.origin.map { .init($0, "called here") }, help: "make 'kernel_size' smaller")
    }
    let taps = layer.kernelSize.numbers.map { min($0, TensorType.largestCount) } + [channels]
    let needed =
      layer.implementation == 1
      ? outputs + taps + [layer.filters] : inputs + [channels] + outputs + [layer.filters]
    // What is connected with what is written down, for each filter unless there is a kernel for each place.
    let listed = layer.implementation == 1 ? outputs + taps : needed
    guard needed.product <= TensorType.largestCount, listed.product <= Self.mostConnections else {
      throw Diagnostic.uncountable("'\(name)'", at: x.graph.origin)
    }
    seen = (0..<rank).map { axis in
      let (size, stride) = (layer.kernelSize.numbers[axis], layer.strides.numbers[axis])
      let (before, count) = (size / 2, axes[axis])
      return (0..<counted[axis]).map { place in
        // Padding is what lies outside of a window around each place.
        let centre = place * stride + (layer.padding == .valid ? before : 0)
        return Array(max(0, centre - before)..<max(0, min(count, centre - before + size)))
      }
    }
  }

  /// Connections that are written down while a model is checked.
  private static var mostConnections: Int { 1 << 24 }

  /// The sample's places that each place of the output sees, in the order of the kernel's numbers.
  var windows: [[Int]] {
    Self.combinations(outputs.map { Array(0..<$0) }).map { place in
      let axes = place.enumerated().map { seen[$0.offset][$0.element] }
      return isFirst
        ? (0..<channels).flatMap { channel in Self.combinations(axes).map { number($0, channel) } }
        : Self.combinations(axes).flatMap { taps in (0..<channels).map { number(taps, $0) } }
    }
  }

  /// Numbers of outputs and of the inputs that they are connected to, in order.
  var pairs: [(output: Int, input: Int)] {
    let places = windows.map { $0.sorted() }
    return isFirst
      ? (0..<filters).flatMap { filter in
        places.enumerated().flatMap { place, inputs in
          inputs.map { (filter * places.count + place, $0) }
        }
      }
      : places.enumerated().flatMap { place, inputs in
        (0..<filters).flatMap { filter in inputs.map { (place * filters + filter, $0) } }
      }
  }

  /// The number of an input in its sample.
  private func number(_ taps: [Int], _ channel: Int) -> Int {
    let place = zip(taps, inputs).reduce(0) { $0 * $1.1 + $1.0 }
    return isFirst ? channel * inputs.product + place : place * channels + channel
  }

  /// All ways to take one of each list, the last list fastest.
  private static func combinations(_ lists: [[Int]]) -> [[Int]] {
    lists.reduce([[]]) { ways, list in ways.flatMap { way in list.map { way + [$0] } } }
  }
}

extension Value {
  /// The sizes of a sample with so many axes.
  /// - Throws: E0301 for another number of axes or one of unknown length.
  fileprivate func knownSample(of rank: Int, for layer: String) throws(Diagnostic) -> [Int] {
    let sizes = type.dims.dropFirst().compactMap { dim -> Int? in
      if case .size(let size) = dim { size } else { nil }
    }
    guard type.rank == rank + 1, sizes.count == rank else {
      throw Diagnostic(
        "E0301", "\(layer) needs batch, \(axisWords(rank - 1)) and channels of known size, found \(type)",
        help: "Reshape changes the axes of a sample")
    }
    return sizes
  }
}

extension Diagnostic {
  /// E0379: padding that only other ways of storing the kernel have.
  fileprivate static func unpaddedWindows(_ layer: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0379", "\(layer) has no 'padding: same' with 'implementation: 1'",
      at: span.map { Label($0, "called here") },
      help: "use 'padding: valid', or 'implementation: 2', as in Keras")
  }
}
