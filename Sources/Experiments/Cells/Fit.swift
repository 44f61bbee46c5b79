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

  /// Whether it can be trained or evaluated so; what does not fit is reported.
  func check(_ training: CheckContext.TrainingInfo, _ context: inout CheckContext) -> Bool {
    let settings = training.settings
    guard checkInput(&context), let offered = target(&context) else { return false }
    let wanted = settings.loss.target(for: output)
    guard accepts(wanted, offered) else {
      context.bag.report(
        .targetMismatch(self, wanted, offered, what: "loss", at: training.lossSpan, origin: lastLayer))
      return false
    }
    guard hasOutputs(for: settings.loss, offered, &context) else { return false }
    var isRight = true
    for (metric, place) in zip(settings.metrics, training.metricSpans) {
      let wanted = metric.metric.target(for: output, offered: offered)
      if accepts(wanted, offered) { continue }
      context.bag.report(.targetMismatch(self, wanted, offered, what: "metric", at: place, origin: lastLayer))
      isRight = false
    }
    // Anything else the loss has to say about shapes.
    let trace = model.trace
    let values = context.collect {
      try settings.loss.values(trace.graph.leaf(.input("check"), wanted), trace.output)
    }
    return isRight && values != nil
  }

  /// Whether labels have an output each: one of two classes may do with a single output.
  private func hasOutputs(for loss: any Loss, _ offered: TensorType, _ context: inout CheckContext) -> Bool {
    guard offered.element == .int32, let classes = shape.classNames?.count,
      case .size(let outputs)? = output.dims.last
    else { return true }
    if loss is SparseCategoricalCrossentropy && classes > outputs {
      context.bag.report(.tooFewOutputs(model.model.name, outputs, classes, at: lastLayer, data: span))
      return false
    }
    if loss is BinaryCrossentropy && classes > 2 {
      context.bag.report(.notBinary(classes, at: span, origin: lastLayer))
      return false
    }
    return true
  }

  /// For cells that only feed the model.
  func checkInput(_ context: inout CheckContext) -> Bool {
    guard shape.features.count == 1 else {
      context.bag.report(.severalInputs(shape.features.map(\.name), at: span))
      return false
    }
    let given = TensorType([.batch] + shape.features[0].rowShape.map { .size($0) })
    if given.dims == model.model.input.dims { return true }
    // Once for a model and a data set, however many cells bring them together.
    guard context.isFirst("input \(model.model.name) \(given)") else { return false }
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
    return wanted.dims == offered.dims || wanted.dims == offered.dims + [.size(1)]
      || wanted.dims + [.size(1)] == offered.dims
  }
}

extension Diagnostic {
  /// E0304: samples of another shape than the model takes.
  static func inputMismatch(_ model: Sequential, _ given: TensorType, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0304", "'\(model.name)' takes \(model.input), the data gives \(given)",
      at: span.map { Label($0, "gives \(given)") },
      help: "set 'input: [\(given.dims.dropFirst().map(\.description).joined(separator: ", "))]' in the model"
    )
  }

  /// E0305: a data set with several inputs for a model with one.
  static func severalInputs(_ names: [String], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0305",
      "a list of layers takes one input, the data has \(names.count): \(names.joined(separator: ", "))",
      at: span.map { Label($0, "several inputs") }, help: "name the columns of one input in 'features:'")
  }

  /// E0306: targets that the outputs cannot be compared with.
  static func targetMismatch(
    _ fit: Fit, _ wanted: TensorType, _ offered: TensorType, what: String, at span: SourceSpan?,
    origin: SourceSpan?
  ) -> Diagnostic {
    let output = fit.model.trace.output.type
    let kind = offered.element == .int32 ? "labels" : "numbers"
    var help: String?
    if wanted.element == .float32 && offered.element == .int32 && wanted.rank == offered.rank + 1 {
      help =
        "whole-number labels go with sparse_categorical_crossentropy, or with 'one_hot: [TARGET]' in the data cell"
    } else if wanted.element == .int32 && offered.element == .float32 {
      help =
        offered.dims.count > 1 && offered.dims.last == output.dims.last
        ? "one-hot targets go with categorical_crossentropy"
        : "numbers go with mse or mae, or name them in 'one_hot' to make them classes"
    } else if case .size(let size)? = offered.dims.last, offered.rank == output.rank {
      help = "the last layer should have \(size) output\(size == 1 ? "" : "s")"
    } else if output.rank > offered.rank + 1 || (output.rank > offered.rank && offered.element == .float32) {
      help = "put 'Flatten' above the Dense layers, or give the last layer the shape of the targets"
    }
    return Diagnostic(
      "E0306", "the \(what) wants targets \(wanted), the data has \(kind) \(offered)",
      at: span.map { Label($0, "compares outputs \(output) with them") },
      related: origin.map { [Label($0, "this gives \(output)")] } ?? [], help: help)
  }

  /// E0307: more classes than outputs.
  static func tooFewOutputs(
    _ model: String, _ outputs: Int, _ classes: Int, at span: SourceSpan?, data: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0307", "'\(model)' has \(outputs) outputs, the data has \(classes) classes",
      at: span.map { Label($0, "\(outputs) outputs") },
      related: data.map { [Label($0, "labels up to \(classes - 1)")] } ?? [],
      help: "give the last layer \(classes) units")
  }

  /// E0307: more than two classes for yes-or-no outputs.
  static func notBinary(_ classes: Int, at span: SourceSpan?, origin: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0307", "binary_crossentropy tells two classes apart, the data has \(classes)",
      at: span.map { Label($0, "labels up to \(classes - 1)") },
      related: origin.map { [Label($0, "yes or no")] } ?? [],
      help: "give the last layer \(classes) units with softmax, and use sparse_categorical_crossentropy")
  }

  /// E0313: a data set without the one target that training needs.
  static func noSingleTarget(_ names: [String], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0313",
      names.isEmpty
        ? "the data has no target"
        : "a list of layers has one output, the data has targets \(names.joined(separator: ", "))",
      at: span.map { Label($0, names.isEmpty ? "nothing to compare with" : "several targets") },
      help: "name one column in 'target:'")
  }
}
