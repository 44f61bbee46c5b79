import Analysis
import Running
import Plots
import Config
import Diagnostics
import Losses
import Optimizers
import TensorCore
import Training

/// What `compile` is given, as it is written in a `train` cell: one loss for all outputs, or a list or mapping with one
/// for each.
struct CompileSyntax {
  let loss: ConfigNode
  let lossWeights: ConfigNode
  let optimizer: ConfigNode
  let metrics: ConfigNode
  let weightedMetrics: ConfigNode
  /// The names of the model's outputs; `nil` if the model is not known.
  let outputs: [String]?
  /// The types of their batches.
  let types: [TensorType]?
  let isValidated: Bool
  /// How the model was compiled in the file it is from: what is not written here stays so.
  var base: TrainingInfo?

  /// Whether nothing is written, so that a training goes on as the model was compiled.
  var isEmpty: Bool {
    loss.isAbsent && lossWeights.isAbsent && optimizer.isAbsent && metrics.isAbsent
      && weightedMetrics.isAbsent
  }

  /// Reads it all; every mistake is reported, `nil` if there was one.
  func info(_ context: inout CheckContext) -> TrainingInfo? {
    let names = outputs ?? ["output"]
    let optimizer =
      self.optimizer.isAbsent
      ? base?.settings.optimizer : OptimizerRegistry.decode(self.optimizer, into: &context.bag)
    let known = context.vocabulary.losses
    guard let losses = byOutput(loss, names, what: "loss", isPart: { isLoss($0, among: known) }, &context),
      let weights = byOutput(lossWeights, names, what: "loss weight", isPart: { $0.isNumber }, &context),
      let metrics = byOutput(
        metrics, names, what: "list of metrics", isPart: { isMetrics($0, names.count) }, &context),
      let weighted = byOutput(
        weightedMetrics, names, what: "list of metrics", isPart: { isMetrics($0, names.count) }, &context)
    else { return nil }
    var isRight = true
    var settings: [CompileSettings.Output] = []
    var spans: [TrainingInfo.Spans] = []
    for i in names.indices {
      var output = base?.settings.outputs[i] ?? CompileSettings.Output(loss: nil)
      var span = base?.spans[i] ?? .init(loss: nil, metrics: [])
      if !loss.isAbsent {
        output.loss = nil
        span.loss = losses[i]?.nameSpan
        if let node = losses[i] {
          output.loss = context.vocabulary.losses.decode(node, into: &context.bag)
          isRight = isRight && output.loss != nil
        }
      }
      if !lossWeights.isAbsent {
        output.weight =
          weights[i].map { node in
            context.bag.collect { () throws(Diagnostic) in try Double(config: node) } ?? 1
          } ?? 1
      }
      if !self.metrics.isAbsent {
        let nodes = metrics[i].map { $0.list ?? [$0] } ?? []
        let known = output.metrics.indices.filter { output.metrics[$0].isWeighted }
        let kept = (known.map { output.metrics[$0] }, known.map { span.metrics[$0] })
        output.metrics = read(nodes, &context)
        span.metrics = nodes.map(\.nameSpan)
        isRight = isRight && output.metrics.count == nodes.count
        output.metrics += kept.0
        span.metrics += kept.1
      }
      if !weightedMetrics.isAbsent {
        let nodes = weighted[i].map { $0.list ?? [$0] } ?? []
        let known = output.metrics.indices.filter { !output.metrics[$0].isWeighted }
        output.metrics = known.map { output.metrics[$0] }
        span.metrics = known.map { span.metrics[$0] }
        let read = read(nodes, beside: output.metrics, &context)
        isRight = isRight && read.count == nodes.count
        output.metrics += read
        span.metrics += nodes.map(\.nameSpan)
      }
      settings.append(output)
      spans.append(span)
    }
    guard isRight, !loss.isAbsent || base != nil, let optimizer else { return nil }
    let compiled = CompileSettings(settings, optimizer: optimizer).watching(types ?? [])
    let own = compiled.allLogNames(outputs: names).sorted()
    return TrainingInfo(
      settings: compiled, spans: spans, logs: own + (isValidated ? own.map { "val_\($0)" } : []), own: own)
  }

  /// - Parameter others: set for metrics in which weights count; of two of one name these are the other ones.
  private func read(
    _ nodes: [ConfigNode], beside others: [NamedMetric]? = nil, _ context: inout CheckContext
  ) -> [NamedMetric] {
    var named: [NamedMetric] = []
    for node in nodes {
      guard let metric = context.vocabulary.metrics.decode(node, into: &context.bag),
        let (written, _, settings) = context.vocabulary.metrics.parts(of: node, into: &context.bag)
      else { continue }
      var name = MetricRegistry.logName(written, settings: settings)
      if others?.contains(where: { $0.name == name }) == true { name = "weighted_" + name }
      let new = NamedMetric(name, metric, isWeighted: others != nil)
      let taken = ["loss"] + named.flatMap(\.logNames)
      if let name = new.logNames.first(where: taken.contains) {
        context.bag.report(.repeatedMetric(name, at: node.nameSpan))
        continue
      }
      named.append(new)
    }
    return named
  }

  /// One entry for each output: the same for all, or those of a list or mapping.
  /// - Parameter isPart: whether a node is what a single output has.
  private func byOutput(
    _ node: ConfigNode, _ names: [String], what: String, isPart: (ConfigNode) -> Bool,
    _ context: inout CheckContext
  ) -> [ConfigNode?]? {
    if node.isAbsent { return names.map { _ in nil } }
    if isPart(node) { return names.map { _ in node } }
    if let list = node.list {
      guard list.count == names.count else {
        context.bag.report(.wrongOutputCount(what, list.count, names, at: node.span))
        return nil
      }
      return list.map { $0.content == .null ? nil : $0 }
    }
    guard let entries = node.entries else { return names.map { _ in node } }
    // Without the model its outputs are not known: what is below cannot be judged.
    if outputs == nil { return names.map { _ in entries.first?.value } }
    var isRight = true
    for entry in entries where !names.contains(entry.key) {
      context.bag.report(.unknownOutput(entry, names, what))
      isRight = false
    }
    return isRight ? names.map { node[$0].flatMap { $0.isAbsent ? .none : $0 } } : nil
  }

  /// A name, or a name with its settings.
  private func isLoss(_ node: ConfigNode, among losses: Registry<any Loss>) -> Bool {
    if node.string != nil { return true }
    guard let entries = node.entries else { return false }
    if node["class_name"] != nil { return true }
    guard entries.count == 1, let key = entries.first?.key, outputs?.contains(key) != true else {
      return false
    }
    // A slip in a loss's name is told from a slip in an output's by what stands behind it.
    return losses.find(key) != nil || entries[0].value.entries != nil
  }

  /// A list of names is for every output, a list of lists has one for each.
  private func isMetrics(_ node: ConfigNode, _ count: Int) -> Bool {
    if node.string != nil { return true }
    guard let list = node.list else { return false }
    return list.isEmpty || list.contains { $0.list == nil }
  }
}

extension ConfigNode {
  fileprivate var isNumber: Bool {
    switch content {
    case .int, .double: true
    default: false
    }
  }
}

extension Diagnostic {
  /// E0209: two metrics that would be logged under one name.
  static func repeatedMetric(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0209", "'\(name)' is logged already", at: span.map { Label($0, "again here") },
      help: name == "loss"
        ? "the loss is always watched" : "remove it, or give it another name: {\(name): {name: NAME}}")
  }

  /// E0220: a list with another number of entries than the model has outputs.
  static func wrongOutputCount(
    _ what: String, _ count: Int, _ outputs: [String], at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0220", "there is one \(what) for each output: \(outputs.count), found \(count)",
      at: span.map { Label($0, count == 1 ? "1 entry" : "\(count) entries") },
      help: "name them: {" + outputs.map { "\($0): …" }.joined(separator: ", ") + "}")
  }

  /// E0220: a loss or metric for an output that the model does not have.
  static func unknownOutput(_ entry: ConfigNode.Entry, _ outputs: [String], _ what: String) -> Diagnostic {
    let near = nearest(to: entry.key, in: outputs)
    return Diagnostic(
      "E0220", "the model has no output '\(entry.key)'",
      at: entry.keySpan.map { Label($0, "a \(what) for it") },
      help: near.map { "did you mean '\($0)'?" } ?? "its outputs: " + outputs.joined(separator: ", "),
      fix: near.flatMap { near in entry.keySpan.map { Fix($0, replacement: near) } })
  }
}
