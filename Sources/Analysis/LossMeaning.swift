import Config
import Datasets
import Diagnostics
import GraphEngine
import Losses
import TensorCore

/// Whether a loss can say anything about a target of the right shape: what is certain to be wrong is said before training.
struct LossMeaning {
  private let loss: any Loss
  private let output: Fit.Output
  private let prediction: Value
  /// Where the data set is named.
  private let data: SourceSpan?
  private let span: SourceSpan?

  init(
    _ loss: any Loss, _ output: Fit.Output, _ prediction: Value, data: SourceSpan?, at span: SourceSpan?
  ) {
    self.loss = loss
    self.output = output
    self.prediction = prediction
    self.data = data
    self.span = span
  }

  private var name: String { LossRegistry.functionName(of: loss) }

  /// What is wrong, if anything is.
  package var mistake: Diagnostic? {
    if let classes = output.target.classes, classes.count < 2 {
      return .oneClass(output.target.name, classes.first ?? "", at: data)
    }
    return constantOutput ?? wrongKind
  }

  /// A single output that is the same whatever the model learns.
  private var constantOutput: Diagnostic? {
    guard output.type.rank > 1, output.type.dims.last == .size(1) else { return nil }
    let isBinary = output.target.classes?.count == 2 || output.target.classes == nil
    if let constant = prediction.constantOfOne {
      return .softmaxOfOne(output, constant, isBinary: isBinary)
    }
    let isCategorical =
      loss is CategoricalCrossentropy || loss is CategoricalFocalCrossentropy
      || loss is CategoricalGeneralizedCrossEntropy || loss is CategoricalHinge
    return isCategorical ? .categoriesOfOne(name, output, at: span, isBinary: isBinary) : nil
  }

  /// Numbers for a loss of classes, or classes for a loss of numbers.
  private var wrongKind: Diagnostic? {
    let kind = type(of: loss).targets
    if let classes = output.target.classes {
      guard output.offered.element == .int32 else { return nil }
      let isWrong = kind == .numbers || kind == .counts || (kind == .signs && classes.count > 2)
      return isWrong ? .numbersOfClasses(name, output.target.name, classes, at: span, data: data) : nil
    }
    guard let range = output.target.range else { return nil }
    switch kind {
    case .probabilities where range.lowerBound < 0 || range.upperBound > 1:
      return .outside(name, of: output.target.name, range, wanted: "from 0 to 1", at: span, data: data)
    case .counts where range.lowerBound < 0:
      return .outside(
        name, of: output.target.name, range, wanted: "that are not negative", at: span, data: data)
    case .signs where range.lowerBound < -1 || range.upperBound > 1:
      return .outside(name, of: output.target.name, range, wanted: "-1 or 1", at: span, data: data)
    default: return nil
    }
  }
}

extension Value {
  /// What a softmax over one number, or its logarithm, always is: 1 or 0; `nil` for another value.
  fileprivate var constantOfOne: Int? {
    let nodes = graph.nodes
    func settled(_ id: Int) -> Int {
      var id = id
      while case .op(let op, let operands) = nodes[id].kind, op is GraphEngine.Reshape || op is Transpose {
        id = operands[0]
      }
      return id
    }
    func step(_ id: Int, _ matches: (any Op) -> Bool) -> [Int]? {
      guard case .op(let op, let operands) = nodes[settled(id)].kind, matches(op) else { return nil }
      return operands
    }
    if step(id, { $0 is Softmax }) != nil { return nodes[settled(id)].type.dims.last == .size(1) ? 1 : nil }
    // x - log(Σ e^x), with a sum of one; the largest x may be added behind the logarithm.
    func logarithm(_ id: Int) -> Int? { step(id, { ($0 as? Unary)?.name == "log" })?.first }
    guard let sides = step(id, { ($0 as? Binary)?.name == "subtract" }),
      let sum = logarithm(sides[1])
        ?? step(sides[1], { ($0 as? Binary)?.name == "add" })?.lazy.compactMap(logarithm).first,
      case let all = step(sum, { ($0 as? Unary)?.name != "exp" })?.first ?? sum,
      step(all, { ($0 as? Unary)?.name == "exp" }) != nil,
      nodes[all].type.sampleCount == nodes[sum].type.sampleCount
    else { return nil }
    return 0
  }
}

extension Diagnostic {
  /// E0427: nothing to tell apart.
  fileprivate static func oneClass(_ target: String, _ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0427", "all samples of '\(target)' have the class '\(name)', so there is nothing to learn",
      at: span.map { Label($0, "one class") },
      help: "add samples of the other classes, or name another target")
  }

  /// E0428: a loss of numbers for classes.
  fileprivate static func numbersOfClasses(
    _ loss: String, _ target: String, _ classes: [String], at span: SourceSpan?, data: SourceSpan?
  ) -> Diagnostic {
    let shown = classes.prefix(3).map { "'\($0)'" }.joined(separator: ", ") + (classes.count > 3 ? ", …" : "")
    let better = classes.count == 2 ? "binary_crossentropy" : "sparse_categorical_crossentropy"
    return Diagnostic(
      "E0428", "\(loss) compares numbers, but the target '\(target)' holds classes: \(shown)",
      at: span.map { Label($0, "would take the numbers of the classes for amounts") },
      related: data.map { [Label($0, "\(classes.count) classes")] } ?? [],
      help: "use \(better), or 'types: {\(target): number}' in the data cell if the column holds numbers")
  }

  /// E0429: numbers that no class has.
  fileprivate static func outside(
    _ loss: String, of target: String, _ range: ClosedRange<Float>, wanted: String, at span: SourceSpan?,
    data: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0429",
      "\(loss) takes targets \(wanted), but '\(target)' reaches from \(range.lowerBound) to \(range.upperBound)",
      at: span.map { Label($0, "means nothing for these numbers") },
      related: data.map { [Label($0, "the data")] } ?? [],
      help: "numbers go with mse or mae; 'types: {\(target): category}' in the data cell makes them classes")
  }

  /// E0430: a softmax that is always 1.
  fileprivate static func softmaxOfOne(_ output: Fit.Output, _ constant: Int, isBinary: Bool) -> Diagnostic {
    Diagnostic(
      "E0430",
      "the \(constant == 0 ? "logarithm of the " : "")softmax of one unit is always \(constant), so nothing can be learned",
      at: output.origin.map { Label($0, "one unit") }, help: remedy(isBinary))
  }

  /// E0430: a loss that is always the same.
  fileprivate static func categoriesOfOne(
    _ loss: String, _ output: Fit.Output, at span: SourceSpan?, isBinary: Bool
  ) -> Diagnostic {
    Diagnostic(
      "E0430", "\(loss) compares the outputs of several classes, but there is one unit",
      at: span.map { Label($0, "the same whatever is learned") },
      related: output.origin.map { [Label($0, "one unit")] } ?? [], help: remedy(isBinary))
  }

  private static func remedy(_ isBinary: Bool) -> String {
    isBinary
      ? "for two classes use a sigmoid with binary_crossentropy, or two units"
      : "give the last layer a unit for each class"
  }
}
