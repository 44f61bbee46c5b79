import Analysis
import Running
import Plots
import Config
import Datasets
import Diagnostics
import Layers

/// What a `train` cell has under `class_weight:`: weights by the numbers or the names of classes.
struct ClassWeightSyntax {
  let node: ConfigNode

  /// The weights, empty if there are none; every mistake is reported, `nil` if there was one.
  func read(
    _ model: ModelInfo?, _ part: DataPartInfo?, _ context: inout CheckContext
  ) -> [Int: Double]? {
    if node.isAbsent { return [:] }
    guard let entries = node.entries, !entries.isEmpty else {
      context.bag.report(.mismatch(node, "a mapping of classes to weights"))
      return nil
    }
    if let outputs = model?.model.outputNames, outputs.count > 1 {
      context.bag.report(.severalOutputs(outputs, at: node.span))
      return nil
    }
    let names = part?.shape.classNames ?? []
    var weights: [Int: Double] = [:]
    for entry in entries {
      let label = Int(entry.key) ?? names.firstIndex(of: entry.key) ?? -1
      guard label >= 0, names.isEmpty || label < names.count else {
        context.bag.report(.unknownClass(entry, names))
        continue
      }
      let weight = context.bag.collect { () throws(Diagnostic) in try Double(config: entry.value) }
      guard let weight else { continue }
      guard weight >= 0 else {
        context.bag.report(.negativeWeight(entry))
        continue
      }
      weights[label] = weight
    }
    return weights.count == entries.count ? weights : nil
  }
}

extension Diagnostic {
  /// E0384: weights of classes for a model with several targets.
  fileprivate static func severalOutputs(_ outputs: [String], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0384", "'class_weight' is for models with one output, this one has \(outputs.count)",
      at: span.map { Label($0, "weights of classes") },
      help: "weigh whole outputs with 'loss_weights: {\(outputs[0]): 1}' instead")
  }

  /// E0384: a weight of a class that is none.
  fileprivate static func unknownClass(_ entry: ConfigNode.Entry, _ names: [String]) -> Diagnostic {
    let near = nearest(to: entry.key, in: names)
    return Diagnostic(
      "E0384", "there is no class '\(entry.key)'", at: entry.keySpan.map { Label($0, "a weight for it") },
      help: near.map { "did you mean '\($0)'?" }
        ?? (names.isEmpty
          ? "classes are numbers from 0 here: {0: 1, 1: 5}"
          : "classes are 0 to \(names.count - 1): " + names.joined(separator: ", ")))
  }

  /// E0384: a weight below 0.
  fileprivate static func negativeWeight(_ entry: ConfigNode.Entry) -> Diagnostic {
    Diagnostic(
      "E0384", "the weight of class '\(entry.key)' must be at least 0",
      at: entry.value.span.map { Label($0, "found \(entry.value.sketch)") },
      help: "0 leaves the class out of the loss, 2 counts it twice")
  }
}
