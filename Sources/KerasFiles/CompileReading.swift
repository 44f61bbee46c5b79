import Config
import Diagnostics
import Losses
import ModelScripts
import Optimizers
import Training

/// Reads how a model was compiled, as Keras 2 and Keras 3 write it.
struct CompileReading {
  /// Names of the model's outputs.
  let names: [String]
  /// The keys of the outputs, if they are a mapping, by which settings may be told, too.
  var keys: [String] = []
  let semantics: Semantics
  /// Functions of the experiment that trained it.
  let functions: StoredFunctions

  /// The optimizer; `nil`, with a warning, if it is not known here.
  func optimizer(_ config: ConfigNode, into bag: inout DiagnosticBag) -> (any Optimizer)? {
    var errors = DiagnosticBag()
    let written = [config["optimizer_config"], config["optimizer"]].compactMap(\.self).first { !$0.isAbsent }
    guard let written else {
      bag.report(.defaultOptimizer())
      return RMSprop()
    }
    if let known = OptimizerConfig.decode(written, into: &errors) { return known }
    bag.report(.unknownOptimizer(written.calledName ?? written.json, errors.all.first))
    return nil
  }

  /// The settings; `nil`, with warnings that say why, if a loss is not known here.
  func settings(_ config: ConfigNode, _ optimizer: any Optimizer, into bag: inout DiagnosticBag)
    -> CompileSettings?
  {
    var errors = DiagnosticBag()
    let losses = byOutput(config["loss"], isPart: { $0.string != nil || $0["class_name"] != nil })
    let weights = byOutput(config["loss_weights"], isPart: { $0.list == nil && $0.entries == nil })
    let metrics = byOutput(metricLists(config["metrics"]), isPart: { _ in false })
    let weighted = byOutput(metricLists(config["weighted_metrics"]), isPart: { _ in false })
    var outputs: [CompileSettings.Output] = []
    for i in names.indices {
      var output = CompileSettings.Output(loss: nil)
      if let node = losses[i], !node.isAbsent {
        guard let loss = functions.losses.decode(plain(node), into: &errors) else {
          bag.report(.unknownLoss(node.calledName ?? node.json, errors.all.first))
          return nil
        }
        output.loss = loss
      }
      if let node = weights[i], !node.isAbsent, let weight = try? Double(config: node) {
        output.weight = weight
      }
      for (lists, isWeighted) in [(metrics, false), (weighted, true)] {
        for node in lists[i]?.list ?? lists[i].map({ [$0] }) ?? [] where !node.isAbsent {
          guard var metric = metric(node, of: names[i]) else {
            bag.report(.metricDropped(node.calledName ?? node.json))
            continue
          }
          metric.isWeighted = isWeighted
          if isWeighted && output.metrics.contains(where: { $0.name == metric.name }) {
            metric.name = "weighted_" + metric.name
          }
          metric.name = Self.free(metric, among: output.metrics)
          output.metrics.append(metric)
        }
      }
      outputs.append(output)
    }
    return CompileSettings(outputs, optimizer: optimizer)
  }

  /// The name a metric is logged under: of several of one name, Keras numbers all but the first.
  private static func free(_ metric: NamedMetric, among others: [NamedMetric]) -> String {
    let taken = Set(["loss"] + others.flatMap(\.logNames))
    var renamed = metric
    var number = 0
    while renamed.logNames.contains(where: taken.contains) {
      number += 1
      renamed.name = "\(metric.name)_\(number)"
    }
    return renamed.name
  }

  /// One entry for each output: the same for all, or those of a list or mapping.
  private func byOutput(_ node: ConfigNode?, isPart: (ConfigNode) -> Bool) -> [ConfigNode?] {
    guard let node, !node.isAbsent else { return names.map { _ in nil } }
    if isPart(node) { return names.map { _ in node } }
    if let list = node.list { return names.indices.map { $0 < list.count ? list[$0] : nil } }
    return names.indices.map { node[names[$0]] ?? (keys.indices.contains($0) ? node[keys[$0]] : nil) }
  }

  /// A list for each output.
  ///
  /// Keras 3 stores what the user wrote: a flat list is for the one output, and of several outputs for each one.
  private func metricLists(_ node: ConfigNode?) -> ConfigNode? {
    guard let list = node?.list else { return node }
    let isNested = list.contains { $0.list != nil }
    return isNested || names.count > 1 ? node : [ConfigNode(.list(list))]
  }

  /// The settings of a class without those that say nothing: its name, its type, Keras 2's function.
  private func plain(_ node: ConfigNode) -> ConfigNode {
    if let function = node.functionName { return function.config }
    guard let config = node["config"] else { return node }
    var kept = config.without(["name", "dtype", "fn"])
    // Keras 2 leaves the reduction to whoever computes.
    if kept["reduction"]?.string == "auto" { kept = kept.with(["reduction": "sum_over_batch_size"]) }
    if kept["reduction"]?.string == "none" { kept = kept.with(["reduction": nil]) }
    return node.with(["config": kept])
  }

  private func metric(_ node: ConfigNode, of output: String) -> NamedMetric? {
    var ignored = DiagnosticBag()
    if let word = node.functionName {
      // Keras 2 logs the name of a class as its objects are called, Keras 3 as it was written.
      let isClass = semantics == .keras2 && MetricRegistry.all.find(word)?.name == word
      let name = MetricRegistry.logName(word, settings: ConfigNode(isClass ? .map([]) : .null))
      return functions.metrics.decode(word.config, into: &ignored).map { NamedMetric(name, $0) }
    }
    guard let className = node["class_name"]?.string, let config = node["config"] else { return nil }
    // The name in a file of several outputs begins with the output's.
    var name = config["name"]?.string ?? className.snakeCased
    if names.count > 1, name.hasPrefix(output + "_") { name = String(name.dropFirst(output.count + 1)) }
    // Keras 2 stores which accuracy it took "accuracy" for, and of an untrained model the wrong one.
    if ["accuracy", "acc"].contains(name) && className != EqualLabels.schema.name {
      return NamedMetric(name, Accuracy())
    }
    let function = className == "MeanMetricWrapper" ? config["fn"]?.functionName : nil
    let known = function.map { ConfigNode(.string($0)) } ?? plain(node)
    return functions.metrics.decode(known, into: &ignored).map { NamedMetric(name, $0) }
  }
}

extension ConfigNode {
  /// The name of a function: as it stands, or of an object that Keras 3 and late Keras 2 write for it; the package of a
  /// registered one is left out.
  var functionName: String? {
    let isFunction = self["class_name"]?.string == "function"
    guard let written = string ?? (isFunction ? self["config"]?.string : nil) else { return nil }
    return written.lastIndex(of: ">").map { String(written[written.index(after: $0)...]) } ?? written
  }

  /// What a loss or a metric of a file is called in it.
  fileprivate var calledName: String? {
    functionName ?? self["config"]?["fn"]?.functionName ?? self["class_name"]?.string
  }
}

extension Diagnostic {
  /// E0622: compile settings that cannot be followed.
  static func notCompiled(_ why: String) -> Diagnostic {
    Diagnostic(
      "E0622", "the model comes without its training settings: \(why)", severity: .warning,
      help: "it predicts as saved; to train it on, say how in a 'train:' cell")
  }

  /// E0622: an optimizer that is not known, or whose settings are not.
  static func unknownOptimizer(_ name: String, _ mistake: Diagnostic?) -> Diagnostic {
    let why = mistake.flatMap { $0.code == "E0206" ? nil : $0.message } ?? "runexp does not have it"
    return Diagnostic(
      "E0622", "the optimizer '\(name)' of the file is left out, \(why): loss and metrics are kept",
      severity: .warning,
      help:
        "name one in a 'train:' cell, or training goes on with RMSprop, which Keras takes where none is named"
    )
  }

  /// E0622: compile settings that name no optimizer.
  static func defaultOptimizer() -> Diagnostic {
    Diagnostic(
      "E0622", "the training settings of the file name no optimizer: it is RMSprop, as in Keras",
      severity: .note,
      help: "to train the model on with another one, name it in a 'train:' cell")
  }

  /// E0622: a loss that is neither Keras's nor written above.
  static func unknownLoss(_ name: String, _ mistake: Diagnostic?) -> Diagnostic {
    if let mistake, mistake.code != "E0206" { return notCompiled(mistake.message) }
    return Diagnostic(
      "E0622", "the model comes without its training settings: its loss '\(name)' is not one of Keras's",
      severity: .warning,
      help:
        "write it as a cell 'function: \(name)(y_true, y_pred)' above 'load:', or name a loss in a 'train:' cell"
    )
  }

  /// E0622: a metric that is not known.
  static func metricDropped(_ name: String) -> Diagnostic {
    Diagnostic(
      "E0622", "the metric '\(name)' of the file is left out, runexp does not have it", severity: .warning,
      help:
        "write it as a cell 'function: \(name)(y_true, y_pred)' above 'load:', or name others in the 'train:' cell"
    )
  }
}
