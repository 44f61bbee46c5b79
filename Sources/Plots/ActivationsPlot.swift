import Running
import Analysis
import Config
import Datasets
import Diagnostics
import Layers
import Plotting
import Training

/// How the outputs of layers fall over some samples: are units dead, saturated, of very different size?.
struct ActivationsPlot: PlotKind {
  static let title = "a plot of activations"
  var topic = PlotTopic()
  var layer: String?
  var count: Int?
  var bins: Int?
  var size = PlotSize()

  static let schema = Schema(
    "activations", "What layers give for samples of a data set.", prototype: ActivationsPlot(),
    .of(\.topic.of), .data(\.topic.data), .layer(\.layer), .count(\.count), .bins(\.bins),
    .width(\.size.width), .height(\.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let (info, part, model) = context.tried(topic, Self.title, in: cell, default: "train") else {
      return nil
    }
    let computing = info.trace.scope.calls.filter { $0.path.count == 1 && !$0.layer.onlyMovesNumbers }
    var names: [String] = []
    for call in computing where !names.contains(call.path[0]) { names.append(call.path[0]) }
    if let layer {
      let all = info.trace.scope.calls.map { $0.path.joined(separator: "/") }
      guard all.contains(layer) else {
        context.bag.report(.unknownWord(layer, in: all, at: context.cell.span(of: "layer"), what: "layer"))
        return nil
      }
      names = [layer]
    }
    guard !names.isEmpty else {
      context.bag.report(.nothingComputed(model, at: topic.of.span))
      return nil
    }
    let (count, layers) = (self.count ?? 200, Array(names.prefix(12)))
    let title = cell.title ?? "Activations of \(model) on \(part.data).\(part.part)"
    return { context in
      guard let built = context.models[model], let rows = context.data[part.data]?[part.part] else { return }
      let used = rows.first(min(count, context.isQuick ? 64 : count))
      let outputs = try LayerOutputs(built, used)
      let panels = layers.compactMap { layer -> Histogram.Panel? in
        guard let numbers = outputs.numbers(of: layer) else { return nil }
        let units = numbers.count / max(1, used.count)
        return Histogram.Panel(
          // Rectified units would be one high bar and nothing else.
          layer, [("", numbers.filter { $0 != 0 }.map(Double.init))], remark: remark(numbers, units: units))
      }
      var figure = Histogram(title: title, panels: panels, bins: bins)
      figure.subtitle =
        "outputs of each layer over \(NumberText.grouped(used.count)) samples, without those that are zero"
      if size.isAsked { figure.wanted = size.applied(to: figure.size) }
      try context.show(
        figure, as: file,
        caption:
          "How the outputs of \(layers.joined(separator: ", ")) fall; a dead unit is 0 for every sample")
    }
  }
}

/// How many numbers are zero, and how many units are zero for every sample.
private func remark(_ numbers: [Float], units: Int) -> String {
  let zeros = numbers.count { $0 == 0 }
  guard zeros > 0, units > 0 else { return "\(NumberText.grouped(units)) units" }
  let dead = (0..<units).count { unit in
    stride(from: unit, to: numbers.count, by: units).allSatisfy { numbers[$0] == 0 }
  }
  let share = NumberText.percent(Double(zeros) / Double(numbers.count), decimals: 0)
  return "\(share) zero" + (dead > 0 ? ", \(dead) of \(units) dead" : "")
}

extension Layer {
  /// Whether a layer's outputs are its inputs in another order.
  fileprivate var onlyMovesNumbers: Bool {
    ["Flatten", "Reshape", "Permute", "Identity", "InputLayer", "Dropout", "RepeatVector"].contains(className)
  }
}

extension Diagnostic {
  /// E0238: a model without a layer that computes anything.
  fileprivate static func nothingComputed(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0238", "'\(model)' has no layer whose outputs could be shown",
      at: span.map { Label($0, "computes nothing in layers") },
      help: "name one with 'layer: NAME', or give the model layers such as Dense")
  }
}
