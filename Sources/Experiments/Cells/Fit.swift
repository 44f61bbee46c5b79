import Config
import Datasets
import Diagnostics
import GraphEngine
import Layers
import TensorCore
import Training

/// Whether a model, a data set, a loss and metrics go together, found by shapes alone.
struct Fit {
  let model: CheckContext.ModelInfo
  let shape: DataShape
  /// Where the data set is named.
  let span: SourceSpan?

  private var output: TensorType { model.trace.output.type }

  /// Reports what does not fit.
  func check(_ settings: CompileSettings, _ metrics: [ConfigNode], _ loss: ConfigNode, _ context: inout CheckContext) {
    guard checkInput(&context), let offered = target(&context) else { return }
    let wanted = settings.loss.target(for: output)
    guard accepts(wanted, offered) else {
      context.bag.report(.targetMismatch(self, wanted, offered, what: "loss", at: loss.span, origin: lastLayer))
      return
    }
    if wanted.element == .int32, let classes = shape.classNames?.count, case .size(let outputs)? = output.dims.last,
      classes > outputs
    {
      context.bag.report(.tooFewOutputs(model.model.name, outputs, classes, at: lastLayer, data: span))
    }
    for (metric, node) in zip(settings.metrics, metrics) {
      let wanted = metric.metric.target(for: output, offered: offered)
      if !accepts(wanted, offered) {
        context.bag.report(.targetMismatch(self, wanted, offered, what: "metric", at: node.span, origin: lastLayer))
      }
    }
    // Anything else the loss has to say about shapes.
    let trace = model.trace
    _ = context.collect {
      try settings.loss.values(trace.graph.leaf(.input("check"), wanted), trace.output)
    }
  }

  /// For cells that only feed the model.
  func checkInput(_ context: inout CheckContext) -> Bool {
    guard shape.features.count == 1 else {
      context.bag.report(.severalInputs(shape.features.map(\.name), at: span))
      return false
    }
    let given = TensorType([.batch] + shape.features[0].rowShape.map { .size($0) })
    if given.dims == model.model.input.dims { return true }
    context.bag.report(.inputMismatch(model.model, given, at: span))
    return false
  }

  private func target(_ context: inout CheckContext) -> TensorType? {
    guard shape.targets.count == 1 else {
      context.bag.report(.noSingleTarget(shape.targets.map(\.name), at: span))
      return nil
    }
    return TensorType([.batch] + shape.targets[0].rowShape.map { .size($0) }, shape.targets[0].element)
  }

  private var lastLayer: SourceSpan? { model.model.layers.last?.span }

  /// Whether targets as the data has them can be fed where others are wanted: an axis of 1 may come or go, whole
  /// numbers may become fractions, fractions never labels.
  private func accepts(_ wanted: TensorType, _ offered: TensorType) -> Bool {
    if wanted.element == .int32 && offered.element == .float32 { return false }
    return wanted.dims == offered.dims || wanted.dims == offered.dims + [.size(1)] || wanted.dims + [.size(1)] == offered.dims
  }
}

extension Diagnostic {
  /// E0304: samples of another shape than the model takes.
  static func inputMismatch(_ model: Sequential, _ given: TensorType, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0304", "'\(model.name)' takes \(model.input), the data gives \(given)",
      at: span.map { Label($0, "gives \(given)") },
      help: "set 'input: [\(given.dims.dropFirst().map(\.description).joined(separator: ", "))]' in the model")
  }

  /// E0305: a data set with several inputs for a model with one.
  static func severalInputs(_ names: [String], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0305", "a list of layers takes one input, the data has \(names.count): \(names.joined(separator: ", "))",
      at: span.map { Label($0, "several inputs") }, help: "name the columns of one input in 'features:'")
  }

  /// E0306: targets that the outputs cannot be compared with.
  static func targetMismatch(
    _ fit: Fit, _ wanted: TensorType, _ offered: TensorType, what: String, at span: SourceSpan?, origin: SourceSpan?
  ) -> Diagnostic {
    let output = fit.model.trace.output.type
    let kind = offered.element == .int32 ? "labels" : "numbers"
    var help: String?
    if wanted.element == .float32 && offered.element == .int32 && wanted.rank == offered.rank + 1 {
      help = "whole-number labels go with sparse_categorical_crossentropy, or with 'one_hot: [TARGET]' in the data cell"
    } else if wanted.element == .int32 && offered.element == .float32 {
      help = offered.dims.count > 1 && offered.dims.last == output.dims.last
        ? "one-hot targets go with categorical_crossentropy" : "numbers go with mse or mae, or name them in 'one_hot' to make them classes"
    } else if case .size(let size)? = offered.dims.last, offered.rank == output.rank {
      help = "the last layer should have \(size) outputs"
    } else if output.rank > offered.rank + 1 || (output.rank > offered.rank && offered.element == .float32) {
      help = "add a Flatten layer, or give the last layer the shape of the targets"
    }
    return Diagnostic(
      "E0306", "the \(what) wants targets \(wanted), the data has \(kind) \(offered)",
      at: span.map { Label($0, "compares outputs \(output) with them") },
      related: origin.map { [Label($0, "this gives \(output)")] } ?? [], help: help)
  }

  /// E0307: more classes than outputs.
  static func tooFewOutputs(_ model: String, _ outputs: Int, _ classes: Int, at span: SourceSpan?, data: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0307", "'\(model)' has \(outputs) outputs, the data has \(classes) classes",
      at: span.map { Label($0, "\(outputs) outputs") }, related: data.map { [Label($0, "labels up to \(classes - 1)")] } ?? [],
      help: "give the last layer \(classes) units")
  }

  /// E0313: a data set without the one target that training needs.
  static func noSingleTarget(_ names: [String], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0313", names.isEmpty ? "the data has no target" : "a list of layers has one output, the data has targets \(names.joined(separator: ", "))",
      at: span.map { Label($0, names.isEmpty ? "nothing to compare with" : "several targets") },
      help: "name one column in 'target:'")
  }
}
