import Config
import Diagnostics
import Layers
import Plotting
import Reporting
import TensorCore
import Training

/// A model: a list of layers, one after another.
struct ModelCell: Cell {
  var subject = ConfigNode(.null)
  var input: [Int]?
  var layers: [ConfigNode] = []

  static let schema = Schema(
    "model", "A model: a list of layers, one after another.", prototype: ModelCell(),
    Field("input", \.input, "The shape of one sample, such as [28, 28].") { input in
      (input ?? [1]).allSatisfy { $0 >= 1 } ? nil : "must hold sizes of at least 1"
    },
    Field("layers", \.layers, "Layers by Keras's names, with Keras's arguments.").required)

  func plan(_ context: inout CheckContext) -> CellRun? {
    let name = context.name(subject, of: "model")
    guard var layers = LayerRegistry.decode(self.layers, into: &context.bag), let name else { return nil }
    if context.wrongSettings.contains("layers") { return nil }
    guard !layers.isEmpty else {
      context.bag.report(.noLayers(name, at: subject.span))
      return nil
    }
    var shape = input
    if let first = layers.first?.layer as? InputLayer {
      if input != nil {
        context.bag.report(.inputTwice(name, at: layers[0].span))
        return nil
      }
      shape = first.shape
      layers.removeFirst()
    }
    if context.wrongSettings.contains("input") { return nil }
    guard let shape else {
      context.bag.report(.noInput(name, at: subject.span))
      return nil
    }
    let model = Sequential(name, input: shape, layers)
    let seed = context.seed
    let span = subject.span
    let trace = context.collect {
      let trace = try Trace(model, phase: .training, seed: seed)
      try trace.checkMemory(of: name, at: span)
      return trace
    }
    guard let trace else { return nil }
    context.declare(model, trace, at: subject.span)
    return { context in
      let built = try BuiltModel(model, seed: context.seed)
      context.models[name] = built
      try context.note(Self.chain(built))
      context.show(.table(Self.table(built)))
    }
  }

  /// `28×28 → 784 → 300 → 10`: shapes, each once where it changes.
  static func chain(_ built: BuiltModel) -> String {
    var shapes = [text(built.model.input)]
    for layer in built.layers where text(layer.output) != shapes.last { shapes.append(text(layer.output)) }
    return shapes.joined(separator: " → ")
  }

  private static func text(_ type: TensorType) -> String {
    type.dims.dropFirst().map(\.description).joined(separator: "×")
  }

  /// The table of Keras's `summary()`.
  static func table(_ built: BuiltModel) -> ReportTable {
    let rows = built.layers.map { layer in
      let shape = layer.output.dims.map { $0 == .batch ? "None" : $0.description }.joined(separator: ", ")
      return ["\(layer.name) (\(layer.className))", "(\(shape))", NumberText.grouped(layer.parameters)]
    }
    let trainable = built.layers.map(\.trainable).reduce(0, +)
    let total = built.parameterCount
    return ReportTable(
      header: ["Layer (type)", "Output shape", "Parameters"], rows: rows, alignments: [.left, .left, .right],
      caption: "Total parameters: \(NumberText.grouped(total)), trainable: \(NumberText.grouped(trainable))")
  }
}

extension CheckContext {
  /// Runs `body`; a diagnostic it throws is collected.
  mutating func collect<T>(_ body: () throws -> T) -> T? {
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      bag.report(diagnostic)
    } catch {
      bag.report(Diagnostic("E0906", "\(error)"))
    }
    return nil
  }
}

extension Diagnostic {
  /// E0310: a model without layers.
  static func noLayers(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0310", "'\(model)' has no layers", at: span.map { Label($0, "empty") },
      help: "add at least one, such as '- Dense: {units: 1}'")
  }

  /// E0311: a model of unknown input shape.
  static func noInput(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0311", "the shape of a sample of '\(model)' is not known",
      at: span.map { Label($0, "needs 'input:'") },
      help: "add the shape of one sample without the batch, such as 'input: [28, 28]'")
  }

  /// E0312: an input layer beside `input:`.
  static func inputTwice(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0312", "'\(model)' says its input twice", at: span.map { Label($0, "beside 'input:'") },
      help: "keep either 'input:' or the input layer")
  }
}
