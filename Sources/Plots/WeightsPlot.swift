import Running
import Analysis
import Config
import Diagnostics
import GraphEngine
import Layers
import Plotting
import TensorCore
import Training

/// The kernel of a layer: for each unit what it looks for in a picture, otherwise the whole matrix.
struct WeightsPlot: PlotKind {
  static let title = "a plot of weights"
  var of = ConfigNode(.null)
  var layer: String?
  var count: Int?

  static let schema = Schema(
    "weights",
    "The kernel of a layer: for each unit what it looks for in a picture, otherwise the whole matrix.",
    prototype: WeightsPlot(),
    .of(\.of), .layer(\.layer), .count(\.count))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let info = context.model(toPlot: of), let model = of.string,
      let kernel = context.kernel(of: layer, info, at: of.span)
    else { return nil }
    let (picture, name, axes) = (kernel.picture, kernel.spec.path, kernel.axes)
    let (count, title, owner) = (
      self.count ?? 50, cell.title, ([model] + kernel.spec.owner).joined(separator: "/")
    )
    return { context in
      guard let built = context.models[model] else { return }
      let tensor = built.slab.tensor(name)
      let filters = Filters(tensor, axes, picture: picture)
      let units = filters.isMatrix ? 1 : min(count, filters.units)
      let shown = filters.tiles.prefix(units * filters.channels)
      let all = NumberText.grouped(filters.units)
      var figure = WeightMaps(
        title: title ?? "Weights of \(owner)",
        subtitle: filters.isMatrix
          ? "a row for each input, a column for each unit"
          : [units < filters.units ? "the first \(units) of \(all) units" : "", filters.remark]
            .filter { !$0.isEmpty }.joined(separator: ", "),
        tiles: Array(shown), height: filters.height, width: filters.width)
      if !filters.isMatrix { figure.labels = shown.indices.map(filters.label) }
      figure.groupSize = filters.channels
      let how = filters.isMatrix ? "as a matrix" : "of each unit, as a picture of its input"
      try context.show(figure, as: file, caption: "The kernel \(name) \(how)")
    }
  }
}

/// A kernel cut into what is looked at by itself.
private struct Filters {
  /// Unit after unit, and of each its channels.
  var tiles: [[Float]] = []
  var height = 1
  var width = 1
  var isMatrix = false
  /// How many tiles a unit has: one for each channel that comes in, or one.
  var channels = 1
  /// What a tile is of the channels that come in, where that is to be said.
  var remark = ""

  /// More channels than a colour has are too many to look at one by one.
  private static let mostChannels = 4

  var units: Int { tiles.count / channels }

  /// The number of the unit, with that of the channel where it has several: `3 R`, `3:1`.
  func label(_ tile: Int) -> String {
    let (unit, channel) = (tile / channels, tile % channels)
    if channels == 1 { return "\(unit)" }
    return channels == 3 ? "\(unit) \(["R", "G", "B"][channel])" : "\(unit):\(channel)"
  }

  /// - Parameters:
  ///   - axes: what the last two axes of a convolution's kernel are.
  ///   - picture: height and width of the picture that a dense kernel's inputs are the pixels of.
  init(_ kernel: Tensor, _ axes: KernelAxes, picture: (height: Int, width: Int)?) {
    let (shape, numbers) = (kernel.shape, kernel.elements)
    let units = max(1, shape.last ?? 1)
    if let picture, shape.count == 2 {
      height = picture.height
      width = picture.width
      tiles = (0..<units).map { unit in stride(from: unit, to: numbers.count, by: units).map { numbers[$0] } }
    } else if shape.count == 4, shape[0] * shape[1] > 1 {
      height = shape[0]
      width = shape[1]
      let inputs = axes.inputs(shape)
      let pictures = Self.convolution(numbers, places: height * width, inputs: inputs, axes, shape)
      tiles = pictures.tiles
      channels = pictures.channels
      if channels > 1 {
        remark =
          channels == 3 ? "a picture for each of the channels R, G and B" : "a picture for each channel"
      } else if inputs > 1 {
        remark = "the mean over the \(NumberText.grouped(inputs)) channels that come in"
      }
    } else {
      height = numbers.count / units
      width = units
      isMatrix = true
      tiles = [numbers]
    }
  }

  /// What each unit of a convolution looks for in each channel, or in the mean of many.
  private static func convolution(
    _ numbers: [Float], places: Int, inputs: Int, _ axes: KernelAxes, _ shape: [Int]
  ) -> (tiles: [[Float]], channels: Int) {
    let isEach = inputs <= mostChannels
    let size = max(1, shape[2] * shape[3])
    var tiles: [[Float]] = []
    for unit in 0..<size / max(1, inputs) {
      let channels = (0..<inputs).map { input in
        let offset = axes.offset(unit: unit, input: input, shape)
        return (0..<places).map { numbers[$0 * size + offset] }
      }
      tiles +=
        isEach
        ? channels
        : [(0..<places).map { place in channels.reduce(Float(0)) { $0 + $1[place] } / Float(inputs) }]
    }
    return (tiles, isEach ? inputs : 1)
  }
}

/// What the last two axes of a convolution's kernel are.
private enum KernelAxes {
  /// Channels that come in, and units.
  case convolution
  /// Units, and channels that come in.
  case transposed
  /// Channels, and what each is multiplied to: every filter sees one channel.
  case depthwise

  init(_ layer: NamedLayer?, _ path: String) {
    let name = layer?.layer.className ?? ""
    self =
      name.hasPrefix("Depthwise") || path.hasSuffix("/depthwise_kernel")
      ? .depthwise : name.hasSuffix("Transpose") ? .transposed : .convolution
  }

  /// How many channels a filter sees.
  func inputs(_ shape: [Int]) -> Int {
    switch self {
    case .convolution: max(1, shape[2])
    case .transposed: max(1, shape[3])
    case .depthwise: 1
    }
  }

  /// The place of a number among those of one place of the picture.
  func offset(unit: Int, input: Int, _ shape: [Int]) -> Int {
    switch self {
    case .convolution: input * shape[3] + unit
    case .transposed: unit * shape[3] + input
    case .depthwise: unit
    }
  }
}

extension CheckContext {
  /// The weights to show: those of the layer that is named, or the first that are more than a row.
  fileprivate mutating func kernel(
    of name: String?, _ info: ModelInfo, at span: SourceSpan?
  ) -> (spec: ParameterSpec, picture: (height: Int, width: Int)?, axes: KernelAxes)? {
    let all = info.trace.scope.parameters.map(\.spec)
    let kernels = all.filter { $0.shape.count >= 2 }
    let found = kernels.first { spec in name.map { spec.ownerName == $0 } ?? true }
    guard let found else {
      var names: [String] = []
      for name in kernels.map(\.ownerName) where !names.contains(name) { names.append(name) }
      bag.report(
        .noWeights(
          name, of: info.model.name, known: names, at: cell.span(of: "layer") ?? span))
      return nil
    }
    let owner = info.model.layers.first { $0.name == found.ownerName }
    let axes = KernelAxes(owner, found.path)
    // Only the first kernel sees the pixels of the input themselves.
    let input = info.model.inputs.first?.type.dims.dropFirst().map { dim -> Int in
      if case .size(let size) = dim { size } else { 0 }
    }
    guard let input, info.model.inputs.count == 1, found.path == kernels[0].path, found.shape.count == 2,
      input.count == 2 || (input.count == 3 && input[2] == 1), input[0] * input[1] == found.shape[0]
    else { return (found, nil, axes) }
    return (found, (input[0], input[1]), axes)
  }
}

extension Diagnostic {
  /// E0237: a layer that is not there, or has nothing to show.
  static func noWeights(_ layer: String?, of model: String, known: [String], at span: SourceSpan?)
    -> Diagnostic
  {
    let near = layer.flatMap { nearest(to: $0, in: known) }
    return Diagnostic(
      "E0237",
      layer.map { "'\(model)' has no layer '\($0)' with a matrix of weights" }
        ?? "'\(model)' has no layer with a matrix of weights",
      at: span.map { Label($0, "no such weights") },
      help: near.map { "did you mean '\($0)'?" }
        ?? (known.isEmpty
          ? "give it a layer such as Dense" : "layers with weights: " + known.joined(separator: ", ")))
  }
}
