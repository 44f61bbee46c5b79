import Running
import Analysis
import Config
import Datasets
import Diagnostics
import GraphEngine
import Layers
import Plotting
import TensorCore
import Training

/// What a model says all over the plane of two features, the others at their means.
struct DecisionBoundaryPlot: PlotKind {
  static let title = "a decision boundary"
  var of = ConfigNode(.null)
  var data = ConfigNode(.null)
  var features: [ConfigNode] = []
  var size = PlotSize()

  static let schema = Schema(
    "decision_boundary", "Which class a model predicts where, over two features.",
    prototype: DecisionBoundaryPlot(),
    .of(\.of), .data(\.data), .features(\.features), .width(\.size.width), .height(\.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    let info = context.model(toPlot: of)
    guard case .string = data.content else {
      context.bag.report(.needsData(Self.title, at: cell.subject))
      return nil
    }
    guard let info, let part = context.part(data, default: "train"), let model = of.string,
      Fit(model: info, shape: part.shape, span: data.span).checkInput(&context),
      let numbers = context.numbers(features, of: part)
    else { return nil }
    guard numbers.count == 2, part.shape.features.count == 1, info.model.inputs.count == 1,
      numbers.allSatisfy({ !$0.isWhole })
    else {
      context.bag.report(
        .needsTwoFeatures(
          numbers.map(\.name), isOneInput: part.shape.features.count == 1,
          at: context.cell.span(of: "features") ?? data.span))
      return nil
    }
    guard info.trace.outputs.count == 1, info.trace.outputs[0].type.rank == 2 else {
      context.bag.report(.noPlane(model, at: of.span))
      return nil
    }
    let title = cell.title ?? "\(model) on \(part.data).\(part.part)"
    return { context in
      guard let plane = try Plane(model, part, over: (numbers[0], numbers[1]), context) else { return }
      var figure = DecisionBoundary(
        title: title, x: (numbers[0].name, plane.x), y: (numbers[1].name, plane.y), ground: plane.ground,
        columns: Plane.columns, samples: plane.samples, classNames: plane.classNames)
      figure.subtitle = plane.others.isEmpty ? "" : "the other features at their means"
      figure.size = size.applied(to: figure.size)
      let others = plane.others.isEmpty ? "" : "; \(plane.others.joined(separator: ", ")) at their means"
      try context.show(
        figure, as: file,
        caption: "What \(model) says for each \(numbers[0].name) and \(numbers[1].name)\(others). "
          + "Dots are the samples of \(part.data).\(part.part)")
    }
  }
}

/// A model's answers over a plane of two features.
private struct Plane {
  static let columns = 220
  private static let rows = 170
  private static let mostSamples = 1500

  var x: ClosedRange<Double>
  var y: ClosedRange<Double>
  var ground: DecisionBoundary.Ground
  var samples: [DecisionBoundary.Sample]
  var classNames: [String] = []
  /// Names of the features that are held.
  var others: [String]

  init?(
    _ model: String, _ part: DataPartInfo, over axes: (DataNumber, DataNumber),
    _ context: RunContext
  ) throws {
    guard let built = context.models[model], let data = context.data[part.data], let all = data[part.part],
      let feature = all.features.first
    else { return nil }
    let shown = all.first(Self.mostSamples)
    let (i, j) = (axes.0.index, axes.1.index)
    let points = (0..<shown.count).map { shown.values(of: feature, sample: $0) }
    guard let width = points.first?.count, width > max(i, j) else { return nil }
    // The plane is walked in the units of the model; only its edges are told in those of the data.
    func range(_ place: Int) -> ClosedRange<Double> {
      Scale(covering: points.map { Double($0[place]) }, padding: 0.08).domain
    }
    let (across, up) = (range(i), range(j))
    var center = [Float](repeating: 0, count: width)
    for place in 0..<width {
      center[place] = Float(points.map { Double($0[place]) }.reduce(0, +) / Double(max(1, points.count)))
    }
    var grid: [Float] = []
    grid.reserveCapacity(Self.columns * Self.rows * width)
    for row in 0..<Self.rows {
      for column in 0..<Self.columns {
        var place = center
        place[i] = Float(Self.between(across, Double(column) + 0.5, Self.columns))
        place[j] = Float(Self.between(up, Double(Self.rows - row) - 0.5, Self.rows))
        grid += place
      }
    }
    let places = DataPart(
      features: [Column(feature.name, rowShape: feature.rowShape, .floats(grid))], targets: [],
      rows: .range(0..<Self.columns * Self.rows))
    let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
    let batch = built.batchSize(nil, orElse: 512)
    let outputs = try built.withFreshStates { try trainer.predict(places, batchSize: batch)[0] }
    let meaning = try OutputMeaning(0, of: built, data.preparation, on: places)
    let truths = (0..<shown.count).map { sample in
      shown.targets.first.map { shown.values(of: $0, sample: sample) } ?? []
    }
    switch meaning.kind {
    case .classes(let names), .binary(let names):
      let shares = try meaning.probabilities(outputs)
      ground = .classes(Self.likeliest(shares, width: meaning.width))
      classNames = names
    case .numbers:
      ground = .numbers(
        stride(from: 0, to: outputs.count, by: max(1, meaning.width)).map { Double(outputs[$0]) })
    }
    let (toX, toY) = (data.unit(of: feature, place: i), data.unit(of: feature, place: j))
    x = Self.range(from: toX(across.lowerBound), to: toX(across.upperBound))
    y = Self.range(from: toY(up.lowerBound), to: toY(up.upperBound))
    samples = zip(points, truths).map { point, truth in
      DecisionBoundary.Sample(
        x: toX(Double(point[i])), y: toY(Double(point[j])), value: Double(Self.label(truth)))
    }
    others = part.shape.numbers.map(\.name).filter { $0 != axes.0.name && $0 != axes.1.name }
  }

  private static func range(from low: Double, to high: Double) -> ClosedRange<Double> {
    low.isFinite && high.isFinite ? min(low, high)...max(low, high) : 0...1
  }

  private static func between(_ range: ClosedRange<Double>, _ place: Double, _ count: Int) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * place / Double(count)
  }

  /// A label, or the place of the 1 in a row of several numbers.
  private static func label(_ truth: [Float]) -> Float {
    guard truth.count > 1 else { return truth.first ?? .nan }
    return Float(truth.indices.reduce(0) { truth[$1] > truth[$0] ? $1 : $0 })
  }

  private static func likeliest(_ shares: [Float], width: Int) -> [(index: Int, share: Double)] {
    guard width > 1 else { return shares.map { $0 > 0.5 ? (1, Double($0)) : (0, Double(1 - $0)) } }
    return stride(from: 0, to: shares.count, by: width).map { start in
      let best = (start..<start + width).reduce(start) { shares[$1] > shares[$0] ? $1 : $0 }
      return (best - start, Double(shares[best]))
    }
  }
}

extension Diagnostic {
  /// E0239: not two features to make a plane of.
  fileprivate static func needsTwoFeatures(
    _ names: [String], isOneInput: Bool, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0239",
      isOneInput
        ? "a decision boundary needs two features, here are \(names.count)"
        : "a decision boundary needs a model with one input",
      at: span.map { Label($0, "not a plane") },
      help: isOneInput && names.count > 1
        ? "name two of them: 'features: [\(names[0]), \(names[1])]'" : "plot 'confusion_matrix' instead")
  }

  /// E0240: a model whose outputs have no place in a plane.
  fileprivate static func noPlane(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0240", "a decision boundary needs one row of outputs for each sample",
      at: span.map { Label($0, "'\(model)' gives something else") },
      help: "plot 'activations' to see what it gives")
  }
}
