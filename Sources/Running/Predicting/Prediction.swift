import Analysis
import Config
package import Datasets
package import Diagnostics
import GraphEngine
import Layers
import Losses
import TensorCore
package import Training

/// What the numbers of an output say: which class, or how much of something.
package struct OutputMeaning {
  package enum Kind {
    /// Names of the numbers.
    case numbers([String])
    /// Names of the classes, in the order of the numbers.
    case classes([String])
    /// How likely the second of two classes is.
    case binary([String])
  }
  package let name: String
  package let kind: Kind
  /// How many numbers a sample has.
  package let width: Int
  /// Whether numbers become probabilities by a softmax or sigmoid only.
  let areLogits: Bool

  /// - Parameters:
  ///   - i: which of the model's outputs it is.
  ///   - rows: what is predicted on; it says how long an output is whose length is open.
  package init(_ i: Int, of built: BuiltModel, _ preparation: Preparation?, on rows: DataPart) throws {
    let outputs = built.model.outputNames
    let type = try built.outputTypes(for: rows)[i]
    let target = preparation?.target(of: outputs[i], among: outputs.count)
    let loss = built.training?.settings.outputs[i].loss
    let width = type.shape(batch: 1).reduce(1, *)
    self.width = width
    name = target?.name ?? outputs[i]
    areLogits = loss?.config["from_logits"]?.content == .bool(true)
    let guessed = target == nil ? Self.guess(outputs[i], of: built, width: width, loss: loss?.className) : nil
    let isVector = type.rank == 2
    if let classes = target?.classes ?? guessed, isVector, width > 1, classes.count <= width {
      kind = .classes(classes + (classes.count..<width).map { "\($0)" })
    } else if let classes = target?.classes ?? guessed, isVector, width == 1, classes.count == 2 {
      kind = .binary(classes)
    } else if let columns = target?.columns, columns.count == width {
      // Two outputs may be compared with one column: then only their own names tell them apart.
      let others = preparation?.targets.filter { $0.name != target?.name } ?? []
      let isShared = others.contains { !Set($0.columns).isDisjoint(with: columns) }
      kind = .numbers(
        !isShared ? columns : width == 1 ? [name] : columns.map { [name] in "\(name)_\($0)" })
    } else {
      kind = .numbers(width == 1 ? [name] : (0..<width).map { [name] in "\(name)_\($0)" })
    }
  }

  /// Numbers of classes, where the loss or the last activation says that it is classes that are told apart.
  private static func guess(
    _ output: String, of built: BuiltModel, width: Int, loss: String?
  ) -> [String]? {
    let layer = built.model.layers.last { $0.name == output } ?? built.model.layers.last
    let activation = layer?.layer.config["activation"]?.string ?? layer?.layer.className.lowercased()
    let isSoftmax = loss.map { $0.contains("Categorical") } ?? (activation == "softmax")
    let isSigmoid = loss.map { $0.hasPrefix("Binary") } ?? (activation == "sigmoid")
    if width > 1 ? isSoftmax : isSigmoid { return (0..<max(2, width)).map { "\($0)" } }
    return nil
  }

  /// The numbers as probabilities.
  package func probabilities(_ numbers: [Float]) throws -> [Float] {
    guard areLogits, !numbers.isEmpty else { return numbers }
    let graph = Graph()
    let rows = numbers.count / width
    let x = graph.leaf(.input("logits"), TensorType([.batch, .size(width)]))
    let y = try width == 1 ? x.sigmoid() : x.softmax()
    let evaluator = EagerEvaluator(
      graph, batch: rows, leaves: [.input("logits"): Tensor([rows, width], numbers)])
    return evaluator[y].elements
  }
}

extension BuiltModel {
  /// How the data that the model was trained on were prepared; `nil` for models of Keras.
  /// - Throws: E0421 if the model's file says nonsense.
  package var preparation: Preparation? {
    get throws {
      try attachments[Preparation.attachment].map { (node) throws in try Preparation(config: node) }
    }
  }

  /// Rows to predict on, prepared as the training data were, or as the inputs take them if that is not known.
  /// - Throws: E0401 to E0424 for what is wrong with the file.
  package func rows(_ path: String, at span: SourceSpan? = nil) throws -> (
    rows: RawRows, preparation: Preparation?
  ) {
    let inputs = model.inputs.map { input in
      RawRows.PlainInput(
        input.name,
        dims: input.type.dims.dropFirst().map { dim -> Int? in
          if case .size(let size) = dim { size } else { nil }
        }, isText: input.type.element == .text)
    }
    if let stored = try preparation {
      return (try RawRows(path, at: span, stored, open: inputs), stored)
    }
    return (try RawRows(path, at: span, inputs: inputs), nil)
  }
}
