import Config
package import Datasets
package import Diagnostics
import GraphEngine
import Layers
import Losses
package import TensorCore
import Training

/// Whether a model, a data set, losses and metrics go together, found by shapes alone.
package struct Fit {
  package let model: ModelInfo
  package let shape: DataShape
  /// Where the data set is named.
  package let span: SourceSpan?

  private var trace: Trace { model.trace }

  package init(model: ModelInfo, shape: DataShape, span: SourceSpan?) {
    self.model = model
    self.shape = shape
    self.span = span
  }

  /// One output with its name and the target it is compared with.
  package struct Output {
    package let name: String
    package let type: TensorType
    package let target: DataShape.Array
    /// Where the layer that makes it was written.
    package let origin: SourceSpan?

    package var offered: TensorType { target.batchType }
  }

  /// Whether it can be trained or evaluated so; what does not fit is reported.
  package func check(_ training: TrainingInfo, _ context: inout CheckContext) -> Bool {
    guard let fit = settled(&context) else { return false }
    return fit.checkOutputs(training, &context)
  }

  private func checkOutputs(_ training: TrainingInfo, _ context: inout CheckContext) -> Bool {
    var isRight = true
    for (i, (settings, spans)) in zip(training.settings.outputs, training.spans).enumerated() {
      if settings.loss == nil && settings.metrics.isEmpty { continue }
      guard let output = output(i, &context) else { return false }
      isRight = check(output, at: i, against: settings, spans, &context) && isRight
    }
    return isRight
  }

  private func check(
    _ output: Output, at i: Int, against settings: CompileSettings.Output,
    _ spans: TrainingInfo.Spans, _ context: inout CheckContext
  ) -> Bool {
    var isRight = true
    if let loss = settings.loss {
      let wanted = loss.target(for: output.type, offered: output.offered)
      guard accepts(wanted, output) else {
        context.bag.report(.targetMismatch(output, wanted, what: "loss", at: spans.loss))
        return false
      }
      if let wrong = LossMeaning(loss, output, trace.outputs[i], data: span, at: spans.loss).mistake {
        context.bag.report(wrong)
        return false
      }
      guard hasOutputs(for: loss, output, &context) else { return false }
      // Anything else the loss has to say about shapes.
      let values = context.collect {
        try loss.values(trace.graph.leaf(.input("check/\(i)"), wanted), trace.outputs[i])
      }
      isRight = values != nil
    }
    for (metric, place) in zip(settings.metrics, spans.metrics) {
      let wanted = metric.metric.target(for: output.type, offered: output.offered)
      if accepts(wanted, output) { continue }
      context.bag.report(.targetMismatch(output, wanted, what: "metric", at: place))
      isRight = false
    }
    return isRight
  }

  /// Whether labels have an output each: one of two classes may do with a single output.
  private func hasOutputs(for loss: any Loss, _ output: Output, _ context: inout CheckContext) -> Bool {
    let known = output.offered.element == .int32 ? output.target.classes?.count : nil
    guard let classes = known ?? output.target.largestLabel.map({ $0 + 1 }),
      case .size(let outputs)? = output.type.dims.last
    else { return true }
    if loss is SparseCategoricalCrossentropy && classes > outputs {
      context.bag.report(
        .tooFewOutputs(model.model.name, outputs, classes, at: output.origin, data: span))
      return false
    }
    if loss is BinaryCrossentropy && known != nil && classes > 2 {
      context.bag.report(.notBinary(classes, at: span, origin: output.origin))
      return false
    }
    return true
  }

  /// For cells that only feed the model.
  package func checkInput(_ context: inout CheckContext) -> Bool { settled(&context) != nil }

  /// The same with the model traced for the lengths that the data have, where it leaves some open; `nil` if the data do
  /// not fit it.
  package func settled(_ context: inout CheckContext) -> Fit? {
    guard areInputsRight(&context) else { return nil }
    guard model.model.isOpen else { return self }
    let inputs = model.model.inputs
    let types = inputs.map { input in
      let given = shape.features.member(for: input.name, of: inputs.count)?.batchType
      return TensorType(given?.dims ?? input.type.dims, input.type.element)
    }
    do {
      var copy = model
      copy.trace = try Trace(
        model.model, phase: .training, seed: context.experiment.seed, semantics: trace.scope.semantics,
        taking: types)
      return Fit(model: copy, shape: shape, span: span)
    } catch {
      // Once for a model and a length, however many cells bring them together.
      guard context.isFirst("lengths \(model.model.name) \(types)") else { return nil }
      context.collect {
        guard var diagnostic = error as? Diagnostic else { throw error }
        let given = zip(inputs, types).first { $0.0.type.isOpen }.map { "\($0.1)" } ?? ""
        diagnostic.related += span.map { [Diagnostic.Label($0, "the data gives \(given)")] } ?? []
        throw diagnostic
      }
      return nil
    }
  }

  private func areInputsRight(_ context: inout CheckContext) -> Bool {
    let inputs = model.model.inputs
    var isRight = true
    for input in inputs {
      guard let feature = shape.features.member(for: input.name, of: inputs.count) else {
        if context.isFirst("inputs \(model.model.name) \(shape.features.map(\.name))") {
          context.bag.report(
            inputs.count == 1
              ? .severalInputs(shape.features.map(\.name), at: span)
              : .missingInput(input.name, inputs.map(\.name), shape.features.map(\.name), at: span))
        }
        isRight = false
        continue
      }
      let given = feature.batchType
      guard (given.element == .text) == (input.type.element == .text) else {
        if context.isFirst("texts \(model.model.name) \(input.name) \(given)") {
          context.bag.report(.textsAndNumbers(input, feature.name, at: span))
        }
        isRight = false
        continue
      }
      if input.type.admits(given.dims) { continue }
      // Once for a model and a data set, however many cells bring them together.
      if context.isFirst("input \(model.model.name) \(input.name) \(given)") {
        context.bag.report(.inputMismatch(model.model, input, given, at: span))
      }
      isRight = false
    }
    return isRight
  }

  /// An output and its target.
  private func output(_ i: Int, _ context: inout CheckContext) -> Output? {
    let names = model.model.outputNames
    guard let target = shape.targets.member(for: names[i], of: names.count) else {
      if context.isFirst("targets \(model.model.name) \(shape.targets.map(\.name))") {
        context.bag.report(
          names.count == 1
            ? .noSingleTarget(shape.targets.map(\.name), at: span)
            : .missingTarget(names[i], names, shape.targets.map(\.name), at: span))
      }
      return nil
    }
    let origin = model.model.layers.last { $0.name == names[i] }?.span ?? model.model.layers.last?.span
    return Output(name: names[i], type: trace.outputs[i].type, target: target, origin: origin)
  }

  /// Whether targets as the data has them can be fed where others are wanted: an axis of 1 may come or go, whole
  /// numbers may become fractions, fractions never labels.
  private func accepts(_ wanted: TensorType, _ output: Output) -> Bool {
    let offered = output.offered
    if wanted.element == .int32 && offered.element == .float32 && output.target.largestLabel == nil {
      return false
    }
    return wanted.dims == offered.dims || wanted.dims == offered.dims + [.size(1)]
      || wanted.dims + [.size(1)] == offered.dims
  }
}

extension Diagnostic {
  /// E0304: samples of another shape than the model takes.
  static func inputMismatch(
    _ model: any Model, _ input: ModelInput, _ given: TensorType, at span: SourceSpan?
  ) -> Diagnostic {
    let shape = "[" + given.dims.dropFirst().map(\.description).joined(separator: ", ") + "]"
    let isOne = model.inputs.count == 1
    return Diagnostic(
      "E0304",
      isOne
        ? "'\(model.name)' takes \(input.type), the data gives \(given)"
        : "the input '\(input.name)' of '\(model.name)' takes \(input.type), the data gives \(given)",
      at: span.map { Label($0, "gives \(given)") },
      help: model is Sequential || isOne
        ? "set 'input: \(shape)' in the model" : "set '\(input.name): \(shape)' in the model's 'inputs:'")
  }

  /// E0305: a data set that lacks an input of the model.
  static func missingInput(
    _ name: String, _ wanted: [String], _ known: [String], at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0305", "the model takes \(wanted.joined(separator: " and ")), the data has no feature '\(name)'",
      at: span.map { Label($0, "has " + known.joined(separator: ", ")) },
      help: "name the columns of each input in the data cell: 'features: {\(name): [COLUMN, …]}'")
  }

  /// E0377: texts for an input of numbers, or numbers for one of texts.
  fileprivate static func textsAndNumbers(_ input: ModelInput, _ feature: String, at span: SourceSpan?)
    -> Diagnostic
  {
    let takesTexts = input.type.element == .text
    return Diagnostic(
      "E0377",
      takesTexts
        ? "the input '\(input.name)' takes texts, '\(feature)' is numbers"
        : "the input '\(input.name)' takes numbers, '\(feature)' is texts",
      at: span.map { Label($0, "used here") },
      help: takesTexts
        ? "name the column of texts in the data cell: 'types: {COLUMN: text}'"
        : "give the input 'dtype: string', and put a StringLookup behind it")
  }

  /// E0313: a data set that lacks a target for an output.
  static func missingTarget(
    _ name: String, _ wanted: [String], _ known: [String], at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0313", "the model has outputs \(wanted.joined(separator: " and ")), the data has no target '\(name)'",
      at: span.map { Label($0, known.isEmpty ? "has none" : "has " + known.joined(separator: ", ")) },
      help: "name the columns of each target in the data cell: 'target: {\(name): COLUMN}'")
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
    _ compared: Fit.Output, _ wanted: TensorType, what: String, at span: SourceSpan?
  ) -> Diagnostic {
    let (output, offered, origin) = (compared.type, compared.offered, compared.origin)
    let kind = offered.element == .int32 ? "labels" : "numbers"
    var help: String?
    if wanted.element == .float32 && offered.element == .int32 && wanted.rank == offered.rank + 1 {
      help =
        "whole-number labels go with sparse_categorical_crossentropy, or with 'one_hot: [TARGET]' in the data cell"
    } else if wanted.element == .int32 && offered.element == .float32 {
      help =
        offered.dims.count > 1 && offered.dims.last == output.dims.last && offered.dims.last != .size(1)
        ? "one-hot targets go with categorical_crossentropy"
        : "numbers go with mse or mae; 'types: {TARGET: category}' in the data cell makes them classes"
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
