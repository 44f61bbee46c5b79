public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Long short-term memory of images: its products are convolutions.
///
/// Shi et al., "Convolutional LSTM network" (2015). Takes (batch, steps, axes…, channels). Weights, below
/// `conv_lstm_cell`: `kernel` (window…, channels, 4 · filters), `recurrent_kernel` (window…, filters, 4 · filters), `bias`
/// (4 · filters); gates in the order input, forget, candidate, output. Keras: `keras.layers.ConvLSTM1D`, `ConvLSTM2D`,
/// `ConvLSTM3D`.
public struct ConvLSTM<let rank: Int>: RecurrentLayer, Configurable {
  public var filters: Int
  public var kernelSize: PerAxis<rank>
  public var strides = PerAxis<rank>(1)
  public var padding = WindowPadding.valid
  public var dataFormat = DataFormat.channelsLast
  public var dilationRate = PerAxis<rank>(1)
  public var settings = RecurrentSettings(1)

  public init(_ filters: Int, kernelSize: PerAxis<rank>) {
    self.filters = filters
    self.kernelSize = kernelSize
  }

  public static var schema: Schema<Self> {
    Schema(
      "ConvLSTM\(rank)D", "Long short-term memory whose products are convolutions over \(axisWords(rank)).",
      prototype: Self(1, kernelSize: .init(1)),
      fields: [
        Field("filters", \.filters, "Channels of the states.", check: within(1...(1 << 32))).required,
        Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
        Field(
          "strides", \.strides, "How far the window of the input moves.", check: PerAxis<rank>.atLeast(1)),
        Field("padding", \.padding, "valid: within the input; same: as many places."),
        Field("data_format", \.dataFormat, "Where channels are."),
        Field(
          "dilation_rate", \.dilationRate, "How far apart the input's taps are.",
          check: PerAxis<rank>.atLeast(1)),
      ] + RecurrentSettings.fields(without: ["units", "reset_after"], at: \Self.settings))
  }

  public static var dialects: KerasDialects {
    KerasDialects(.recurrent) { $0.keras2.hidden = ["conv_lstm_cell"] }
  }

  public var stateNames: [String] { ["h", "c"] }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let sequence = try checkCount(of: inputs, in: scope)
    let (known, mask) = masks(of: sequence, besideStates: inputs.count > 1, in: scope)
    let walk = try Walk(self, sequence, in: scope)
    let size = walk.stateShape.product
    let flat = try firstStates(
      given: try inputs.dropFirst().map { try walk.flattened($0) }, [size, size], in: scope)
    var state = try walk.start(flat)
    var outputs: [Value] = []
    for step in settings.goBackwards ? Array((0..<walk.steps).reversed()) : Array(0..<walk.steps) {
      let next = try walk.step(step, from: state)
      guard let mask else {
        outputs.append(next.h)
        state = next
        continue
      }
      let isHeard = try mask.sliced(.all, .at(step)).reshaped(
        to: [.batch] + walk.stateShape.map { _ in .size(1) })
      // A masked step gives what the last one gave.
      if let before = outputs.last, !settings.zeroOutputForMask {
        outputs.append(try Value.select(isHeard, next.h, before))
      } else {
        outputs.append(try Value.select(isHeard, next.h, 0))
      }
      state = (h: try Value.select(isHeard, next.h, state.h), c: try Value.select(isHeard, next.c, state.c))
    }
    let lasts = [state.h, state.c]
    keep(try lasts.map { try $0.reshaped(to: [.batch, .size(size)]) }, in: scope)
    guard let last = outputs.last else { return [] }
    var output = last
    if settings.returnSequences {
      output = try walk.written(Value.stack(outputs, axis: 1), behind: 2)
      scope.setMask(known, of: output)
    } else {
      output = try walk.written(last, behind: 1)
    }
    try scope.penalize(output, with: settings.activityRegularizer)
    return [output] + (settings.returnState ? try lasts.map { try walk.written($0, behind: 1) } : [])
  }
}

/// A ``ConvLSTM`` at work on a sequence; everything in it has channels last.
private struct Walk<let rank: Int> {
  let steps: Int
  /// Of a sample: places and filters.
  let stateShape: [Int]
  private let layer: ConvLSTM<rank>
  private let x: Value
  private let kernel: Value
  private let recurrent: Value
  private let bias: Value?
  private let rule: WindowRule
  /// What the input and the state are multiplied by for each gate; empty where nothing is dropped.
  private let kept: [Value]
  private let keptOfState: [Value]
  private let scope: LayerScope

  /// - Throws: E0301 for a sequence of other axes or one of unknown length, E0359 for a window that jumps and has gaps,
  ///   E0397 for too many steps: each is calculated by operations of its own.
  init(_ layer: ConvLSTM<rank>, _ sequence: Value, in scope: LayerScope) throws {
    let (name, settings, cell) = (layer.className, layer.settings, "conv_lstm_cell/")
    let sizes = sequence.type.dims.dropFirst().compactMap {
      if case .size(let size) = $0 { size } else { nil }
    }
    guard sequence.type.rank == rank + 3, sizes.count == rank + 2 else {
      throw Diagnostic(
        "E0301",
        "\(name) needs batch, steps, \(axisWords(rank)) and channels of known size, found \(sequence.type)",
        help: "Reshape changes the axes of a sample")
    }
    self.layer = layer
    self.scope = scope
    x =
      layer.dataFormat == .channelsLast
      ? sequence : try sequence.transposed([0, 1] + Array(3...rank + 2) + [2])
    steps = sizes[0]
    try scope.checkSteps(steps)
    rule = try layer.windowRule(
      layer.kernelSize, strides: layer.strides, dilation: layer.dilationRate, padding: layer.padding.rule,
      at: scope.graph.origin)
    let channels = try x.knownLastAxis(for: name)
    let window = layer.kernelSize.numbers
    kernel = try scope.parameter(cell + "kernel", window + [channels, 4 * layer.filters], settings.kernel)
    recurrent = try scope.parameter(
      cell + "recurrent_kernel", window + [layer.filters, 4 * layer.filters], settings.recurrent)
    let own = settings.unitForgetBias ? settings.bias(openingGates: layer.filters) : settings.bias
    bias =
      settings.useBias
      ? try scope.parameter(cell + "bias", [4 * layer.filters], own) : nil
    let one = try scope.graph.apply(Convolution(rule), x.sliced(.all, .at(0)), kernel)
    let places = one.type.dims.dropFirst().dropLast().map { if case .size(let size) = $0 { size } else { 0 } }
    stateShape = places + [layer.filters]
    kept = try Self.kept(
      settings.dropout, of: Array(x.type.dims.dropFirst(2)), "dropout", seed: settings.seed, in: scope)
    keptOfState = try Self.kept(
      settings.recurrentDropout, of: stateShape.map { .size($0) }, "recurrent_dropout",
      seed: settings.seed, in: scope)
  }

  /// A dropout for each gate, the same at every step.
  private static func kept(
    _ rate: Double, of dims: [Dim], _ name: String, seed: Int?, in scope: LayerScope
  ) throws -> [Value] {
    if scope.phase == .inference || rate == 0 { return [] }
    return try (0..<4).map { gate in
      let op = GraphEngine.Dropout(rate: Float(rate), stream: scope.stream("\(name)_\(gate)", seed: seed))
      return try scope.graph.apply(op, scope.graph.constant(1, [.batch] + dims), scope.step)
    }
  }

  /// The states before the first step.
  func start(_ given: [Value]) throws -> (h: Value, c: Value) {
    let dims: [Dim] = [.batch] + stateShape.map { .size($0) }
    guard given.count == 2 else {
      let zero = scope.graph.constant(0, dims)
      return (zero, zero)
    }
    return (try given[0].reshaped(to: dims), try given[1].reshaped(to: dims))
  }

  /// A state that was given, as a row of numbers.
  func flattened(_ state: Value) throws -> Value {
    let last = layer.dataFormat == .channelsLast ? state : try state.movingAxis(1, to: -1)
    let dims: [Dim] = [.batch] + stateShape.map { .size($0) }
    guard last.type.dims == dims else {
      throw Diagnostic(
        "E0301", "\(layer.className) has states of \(TensorType(dims)), found \(last.type)",
        help: "first states have the shape of the outputs at one step")
    }
    return try last.reshaped(to: [.batch, .size(stateShape.product)])
  }

  /// A result with channels where the layer has them.
  /// - Parameter place: of the first axis behind batch and steps.
  func written(_ value: Value, behind place: Int) throws -> Value {
    layer.dataFormat == .channelsLast ? value : try value.movingAxis(-1, to: place)
  }

  func step(_ index: Int, from state: (h: Value, c: Value)) throws -> (h: Value, c: Value) {
    let settings = layer.settings
    let x = try self.x.sliced(.all, .at(index))
    var ofInput = try gates(x, kernel, rule, kept: kept)
    if let bias {
      for (gate, part) in try bias.split(into: 4, axis: 0).enumerated() {
        ofInput[gate] = try ofInput[gate] + part
      }
    }
    let own = WindowRule(layer.kernelSize.numbers, padding: .same)
    let ofState = try gates(state.h, recurrent, own, kept: keptOfState)
    let z = try zip(ofInput, ofState).map { try $0 + $1 }
    let i = try settings.recurrentActivation.apply(z[0], in: scope)
    let f = try settings.recurrentActivation.apply(z[1], in: scope)
    let c = try f * state.c + i * settings.activation.apply(z[2], in: scope)
    let o = try settings.recurrentActivation.apply(z[3], in: scope)
    return (try o * settings.activation.apply(c, in: scope), c)
  }

  /// The convolution for each gate: at once, or, where each has its own dropout, one by one.
  private func gates(_ x: Value, _ kernel: Value, _ rule: WindowRule, kept: [Value]) throws -> [Value] {
    if kept.isEmpty { return try x.graph.apply(Convolution(rule), x, kernel).split(into: 4) }
    return try zip(kernel.split(into: 4), kept).map { kernel, kept in
      try x.graph.apply(Convolution(rule), x * kept, kernel)
    }
  }
}
