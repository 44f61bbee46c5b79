import Config
import Datasets
package import Diagnostics
import GraphEngine
import Layers
import Training

/// What is known before running of models that keep states from batch to batch: all their batches have one size.
extension ModelInfo {
  /// Samples in every batch; `nil` for a model that takes batches of any size.
  var fixedBatch: Int? { trace.scope.stateSpecs.first?.shape.first }
}

extension CheckContext {
  /// Whether a part of the data makes whole batches of the size that a model is fixed to, and no other size is asked
  /// for; what does not fit is reported.
  /// - Parameters:
  ///   - asked: what `batch_size` says.
  ///   - span: where the part is named.
  package mutating func checkBatches(
    _ model: ModelInfo, _ part: DataPartInfo, asked: Int?, at span: SourceSpan?
  ) -> Bool {
    guard let fixed = model.fixedBatch else { return true }
    let name = model.model.name
    if let asked, asked != fixed {
      bag.report(.otherBatchSize(name, fixed, asked, at: cell.span(of: "batch_size")))
      return false
    }
    guard let count = part.count, count % fixed != 0 else { return true }
    let what = "\(part.data).\(part.part)"
    if isFirst("batches \(name) \(what)") {
      bag.report(.unevenBatches(name, fixed, count, of: what, at: span))
    }
    return false
  }

  /// Warns where samples are mixed whose order a model's states rely on.
  package mutating func warnOfShuffling(_ model: ModelInfo) {
    guard model.fixedBatch != nil else { return }
    bag.report(.mixedSequences(model.model.name, at: cell.span(of: "shuffle") ?? cell.keywordSpan))
  }
}

extension DataPartInfo {
  /// How many samples it has.
  fileprivate var count: Int? {
    switch part {
    case "train": shape.trainCount
    case "validation": shape.validationCount
    default: shape.testCount
    }
  }
}

extension Diagnostic {
  /// E0391: states that are handed on between samples that do not follow each other.
  fileprivate static func mixedSequences(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0391", "'\(model)' keeps states from batch to batch, and the samples are shuffled",
      severity: .warning,
      at: span.map { Label($0, "each epoch in a new order") },
      help: "set 'shuffle: false', so that sample i of a batch goes on where sample i of the last one ended")
  }
}
