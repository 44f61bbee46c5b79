import Analysis
import Running
import Plots
import Config
import Diagnostics
import ExpLanguage
import Foundation
import KerasFiles
import Layers
import Optimizers
import Training

/// What a `train` cell has under `callbacks:`.
struct CallbackSyntax {
  let nodes: [ConfigNode]
  /// What the cell says of checkpoints itself.
  let checkpoint: CheckpointFrequency
  /// Those that are trained, counted from 0.
  let epochs: Range<Int>
  /// Whether the cell says `validation: false`.
  let isUnvalidated: Bool

  /// Reads them; every mistake is reported, `nil` if there was one.
  func read(_ context: inout CheckContext) -> [any Callback]? {
    var decoded: [any Callback] = []
    for node in nodes {
      let filled = filling(node, context.experiment.parameters)
      if let callback = CallbackRegistry.decode(filled, into: &context.bag) { decoded.append(callback) }
    }
    return decoded.count == nodes.count ? decoded : nil
  }

  /// Parameters within an expression for the learning rate: `lr * $decay`.
  private func filling(_ node: ConfigNode, _ parameters: Parameters) -> ConfigNode {
    guard let entry = node.entries?.first, entry.key == LearningRateScheduler.schema.name,
      let settings = entry.value.entries
    else { return node }
    let filled = settings.map { setting in
      guard setting.key == "schedule", let text = setting.value.string else { return setting }
      // Longer names first, so that none is taken for the beginning of another.
      let names = parameters.names.sorted { $0.count > $1.count }
      let expression = names.reduce(text) { text, name in
        text.replacing("$" + name, with: parameters[name].map { "(\($0.json))" } ?? "$" + name)
      }
      return ConfigNode.Entry(
        setting.key, ConfigNode(.string(expression), span: setting.value.span), keySpan: setting.keySpan)
    }
    return ConfigNode(
      .map([.init(entry.key, ConfigNode(.map(filled), span: entry.value.span), keySpan: entry.keySpan)]),
      span: node.span)
  }

  /// Whether each can do what it is there for: what it watches is logged, its files are its own, the rate is free.
  func check(
    _ callbacks: [any Callback], _ training: TrainingInfo, isDataKnown: Bool,
    _ context: inout CheckContext
  ) -> Bool {
    var isRight = true
    func report(_ diagnostic: Diagnostic) {
      context.bag.report(diagnostic)
      isRight = false
    }
    for (callback, node) in zip(callbacks, nodes) {
      for file in callback.files { context.claim(file: file, at: node.nameSpan) }
      if case .schedule = training.settings.optimizer.common.learningRate, callback.setsLearningRate {
        report(.rateIsScheduled(node, training.settings.optimizer.className))
      }
      if let scheduler = callback as? LearningRateScheduler,
        let mistake = mistake(in: scheduler.schedule, training.settings.optimizer.common.learningRate, node)
      {
        report(mistake)
      }
      if let backup = callback as? BackupAndRestore, checkpoint != .auto, checkpoint != backup.saveFreq {
        report(.twoFrequencies(checkpoint, backup.saveFreq, at: node.nameSpan))
      }
      if let checkpoint = callback as? ModelCheckpoint, isDataKnown {
        for name in checkpoint.namesInPath where !training.logs.contains(name) {
          report(.unknownInPath(name, logs: training.logs, in: node))
        }
      }
      // Whether there is validation is not known where the data set isn't.
      guard let needed = callback.neededLog, !training.logs.contains(needed),
        isDataKnown || !needed.hasPrefix("val_")
      else { continue }
      report(.unwatched(needed, logs: training.logs, in: node, isRefused: isUnvalidated))
    }
    return isRight
  }
}

extension CallbackSyntax {
  /// Of a training without an end only so many epochs are tried.
  private static let mostTried = 10_000

  /// What goes wrong with a schedule in a later epoch, if nothing else sets the rate.
  private func mistake(in schedule: EpochRate, _ start: LearningRate, _ node: ConfigNode) -> Diagnostic? {
    guard case .constant(var rate) = start else { return nil }
    do throws(Diagnostic) {
      for epoch in epochs.prefix(Self.mostTried) { rate = try schedule.rate(epoch: epoch, after: rate) }
      return nil
    } catch {
      var placed = error
      placed.primary = (node.entries?.first?.value["schedule"]?.span ?? node.nameSpan).map {
        .init($0, "a learning rate")
      }
      return placed
    }
  }
}

extension Diagnostic {
  /// E0381: a callback sets the rate, and a schedule too.
  fileprivate static func rateIsScheduled(_ node: ConfigNode, _ optimizer: String) -> Diagnostic {
    Diagnostic(
      "E0381", "\(optimizer) follows a schedule, so nothing else can set its learning rate",
      at: node.nameSpan.map { Label($0, "would set it") },
      help: "give \(optimizer) a number as 'learning_rate', or remove the callback")
  }

  /// E0383: two answers to how often a training is written down.
  fileprivate static func twoFrequencies(
    _ cell: CheckpointFrequency, _ callback: CheckpointFrequency, at span: SourceSpan?
  ) -> Diagnostic {
    func word(_ frequency: CheckpointFrequency) -> String { frequency.config.string ?? frequency.config.json }
    return Diagnostic(
      "E0383",
      "the cell says 'checkpoint: \(word(cell))', BackupAndRestore 'save_freq: \(word(callback))'",
      at: span.map { Label($0, "the same thing again") }, help: "keep one of them")
  }

  /// E0502: a file name with a value that is not logged.
  fileprivate static func unknownInPath(_ name: String, logs: [String], in node: ConfigNode) -> Diagnostic {
    let span = node.entries?.first?.value["filepath"]?.span ?? node.nameSpan
    let near = nearest(to: name, in: logs) ?? logs.first { $0.hasPrefix(name) }
    return Diagnostic(
      "E0502", "nothing logs '\(name)'", at: span.map { Label($0, "{\(name)} in this name") },
      help: name == "batch"
        ? "a file for each of so many batches also needs 'save_freq: NUMBER'"
        : near.map { "did you mean '{\($0)}'?" } ?? "a name can have epoch, "
          + logs.joined(separator: ", "))
  }

  /// E0502: a callback that watches what is not logged.
  fileprivate static func unwatched(
    _ log: String, logs: [String], in node: ConfigNode, isRefused: Bool
  ) -> Diagnostic {
    let span = node.entries?.first?.value["monitor"]?.span ?? node.nameSpan
    let near = nearest(to: log, in: logs) ?? logs.first { $0.hasPrefix(log) }
    let help =
      near.map { "did you mean '\($0)'?" }
      ?? (!log.hasPrefix("val_") || logs.contains { $0.hasPrefix("val_") }
        ? nil
        : isRefused
          ? "remove 'validation: false', or watch 'loss'"
          : "there is no validation: add 'split: {validation: 0.1}' to the data")
      ?? "logged are " + logs.joined(separator: ", ")
    return Diagnostic("E0502", "nothing logs '\(log)'", at: span.map { Label($0, "watches it") }, help: help)
  }
}
