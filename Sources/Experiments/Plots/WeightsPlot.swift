import Config
import Diagnostics
import GraphEngine
import Layers
import Plotting
import TensorCore
import Training

/// The kernel of a layer: for each unit what it looks for in a picture, otherwise the whole matrix.
let weights = PlotKind("weights", "a plot of weights", settings: "of", "layer", "count") {
  cell, file, context in
  guard let info = cell.model(&context), let model = cell.of.string,
    let kernel = context.kernel(cell, info)
  else { return nil }
  let (picture, name) = (kernel.picture, kernel.spec.path)
  let (count, title) = (cell.count ?? 50, cell.title)
  return { context in
    guard let built = context.models[model] else { return }
    let tensor = built.slab.tensor(name)
    let filters = Filters(tensor, picture: picture)
    let shown = filters.tiles.prefix(filters.isMatrix ? 1 : count)
    var figure = WeightMaps(
      title: title ?? "Weights of \(name.split(separator: "/").dropLast().joined(separator: "/"))",
      subtitle: filters.isMatrix
        ? "a row for each input, a column for each unit"
        : shown.count < filters.tiles.count
          ? "the first \(shown.count) of \(NumberText.grouped(filters.tiles.count)) units" : "",
      tiles: Array(shown), height: filters.height, width: filters.width)
    if !filters.isMatrix { figure.labels = shown.indices.map { "\($0)" } }
    let how = filters.isMatrix ? "as a matrix" : "of each unit, as a picture of its input"
    try context.show(figure, as: file, caption: "The kernel \(name) \(how)")
  }
}

/// A kernel cut into what is looked at by itself.
private struct Filters {
  var tiles: [[Float]] = []
  var height = 1
  var width = 1
  var isMatrix = false

  /// - Parameter picture: height and width of the picture that a dense kernel's inputs are the pixels of.
  init(_ kernel: Tensor, picture: (height: Int, width: Int)?) {
    let (shape, numbers) = (kernel.shape, kernel.elements)
    let units = max(1, shape.last ?? 1)
    if let picture, shape.count == 2 {
      (height, width) = (picture.height, picture.width)
      tiles = (0..<units).map { unit in stride(from: unit, to: numbers.count, by: units).map { numbers[$0] } }
    } else if shape.count == 4, shape[0] * shape[1] > 1 {
      // Of a convolution: what a unit looks for, the mean over what comes in.
      (height, width) = (shape[0], shape[1])
      let inputs = max(1, shape[2])
      tiles = (0..<units).map { unit in
        (0..<height * width).map { place in
          (0..<inputs).reduce(Float(0)) { $0 + numbers[(place * inputs + $1) * units + unit] } / Float(inputs)
        }
      }
    } else {
      (height, width, isMatrix) = (numbers.count / units, units, true)
      tiles = [numbers]
    }
  }
}

extension CheckContext {
  /// The weights to show: those of the layer that is named, or the first that are more than a row.
  fileprivate mutating func kernel(
    _ cell: PlotCell, _ info: ModelInfo
  ) -> (spec: ParameterSpec, picture: (height: Int, width: Int)?)? {
    let all = info.trace.scope.parameters.map(\.spec)
    let kernels = all.filter { $0.shape.count >= 2 }
    func layer(_ spec: ParameterSpec) -> String {
      spec.path.split(separator: "/").dropFirst().dropLast().joined(separator: "/")
    }
    let found = kernels.first { spec in cell.layer.map { layer(spec) == $0 } ?? true }
    guard let found else {
      var names: [String] = []
      for name in kernels.map(layer) where !names.contains(name) { names.append(name) }
      bag.report(.noWeights(cell.layer, of: info.model.name, known: names, at: key("layer") ?? cell.of.span))
      return nil
    }
    // Only the first kernel sees the pixels of the input themselves.
    let input = info.model.inputs.first?.type.dims.dropFirst().map { dim -> Int in
      if case .size(let size) = dim { size } else { 0 }
    }
    guard let input, info.model.inputs.count == 1, found.path == kernels[0].path, found.shape.count == 2,
      input.count == 2 || (input.count == 3 && input[2] == 1), input[0] * input[1] == found.shape[0]
    else { return (found, nil) }
    return (found, (input[0], input[1]))
  }

  /// Where a setting of the cell at hand is written.
  func key(_ name: String) -> SourceSpan? { writtenSettings.first { $0.key == name }?.value.span }
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
