public import Config
import Diagnostics
public import GraphEngine
public import Losses
public import TensorCore

/// A function of an experiment file as a loss: `loss: huber_like`.
///
/// Keras: a Python function given as `loss=`. What it returns for each sample is averaged.
public struct ScriptedLoss: Loss {
  public let function: ScriptedFunction?
  public var reduction = LossReduction.sumOverBatchSize

  public init(_ function: ScriptedFunction?) { self.function = function }

  public static let schema = Schema("function", "A function of the file.", prototype: Self(nil))
  public var className: String { function?.name ?? Self.schema.name }
  public var config: ConfigNode { ConfigNode(.map([])) }

  /// For the registry of the file that defines it.
  public static func entry(_ function: ScriptedFunction) -> Registry<any Loss>.Entry {
    .init(function.name, "A function of this file.", defaults: ConfigNode(.map([]))) {
      settings, ignored, bag in
      settings.allowsNothing(but: ignored, of: function.name, into: &bag) ? ScriptedLoss(function) : nil
    }
  }

  public func target(for prediction: TensorType) -> TensorType { TensorType(prediction.dims) }

  /// Targets as the data has them, as numbers; where only an axis of size 1 differs, of the prediction's shape.
  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    targetOfFunction(prediction, offered)
  }

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    guard let function else { return prediction }
    return try function.call([target, prediction]).cast(to: .float32)
  }
}

/// A function of an experiment file as a metric: the mean of what it returns.
public struct ScriptedMetric: MeanMetric {
  public let function: ScriptedFunction?

  public init(_ function: ScriptedFunction?) { self.function = function }

  public static let schema = Schema("function", "A function of the file.", prototype: Self(nil))
  public var className: String { function?.name ?? Self.schema.name }
  public var config: ConfigNode { ConfigNode(.map([])) }

  /// For the registry of the file that defines it.
  public static func entry(_ function: ScriptedFunction) -> Registry<any Metric>.Entry {
    .init(function.name, "A function of this file.", defaults: ConfigNode(.map([]))) {
      settings, ignored, bag in
      settings.allowsNothing(but: ignored, of: function.name, into: &bag) ? ScriptedMetric(function) : nil
    }
  }

  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    targetOfFunction(prediction, offered)
  }

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    guard let function else { return prediction }
    return try function.call([target, prediction]).cast(to: .float32)
  }
}

private func targetOfFunction(_ prediction: TensorType, _ offered: TensorType) -> TensorType {
  let isAligned =
    prediction.dims == offered.dims || prediction.dims == offered.dims + [.size(1)]
    || prediction.dims + [.size(1)] == offered.dims
  return TensorType(isAligned ? prediction.dims : offered.dims)
}

extension ConfigNode {
  /// Whether there are no settings but those read elsewhere; others are reported.
  fileprivate func allowsNothing(
    but ignored: Set<String>, of name: String, into bag: inout DiagnosticBag
  ) -> Bool {
    guard let entry = entries?.first(where: { !ignored.contains($0.key) }) else { return true }
    bag.report(.unknownKey(entry, of: name, known: []))
    return false
  }
}
