public import Config
public import Diagnostics
import ExpLanguage
import Layers
public import Losses

/// Functions of an experiment as they are stored with a model that needs them, so that its file is enough to use it.
///
/// Keras stores only the names of functions and wants them back as `custom_objects`.
public struct StoredFunctions: Sendable {
  /// What they are called among a model's attachments.
  public static let attachment = "functions"

  /// In the order in which they were written: each may call those before it.
  public private(set) var all: [ScriptedFunction]

  public init(_ functions: [ScriptedFunction] = []) { all = functions }

  /// Reads what ``config`` wrote.
  /// - Parameter config: a list of functions; without one there are none.
  /// - Throws: E0326 if it is no such list, E013x for a function that cannot be read.
  public init(config: ConfigNode?) throws(Diagnostic) {
    all = try config.map { node throws(Diagnostic) in try ScriptDecoder.functions(node.list ?? []) } ?? []
  }

  /// The functions with their sources; `nil` if there are none.
  public var config: ConfigNode? {
    guard !all.isEmpty else { return Optional.none }
    return ConfigNode(.list(all.map(\.config)))
  }

  /// Those that a configuration names, with those that they call.
  public func used(by config: ConfigNode) -> StoredFunctions {
    var names: Set<String> = []
    config.collectTexts(into: &names)
    return needed(by: names)
  }

  /// Those of some names, with those that they call.
  public func needed(by names: Set<String>) -> StoredFunctions {
    var (names, kept) = (names, [ScriptedFunction]())
    for function in all.reversed() where names.contains(function.name) {
      kept.append(function)
      let text = function.usage + " " + function.body.script.text
      names.formUnion(function.functions.map(\.name).filter(text.contains))
    }
    return StoredFunctions(kept.reversed())
  }

  /// These, and behind them others of names that are not among these.
  public func followed(by others: StoredFunctions) -> StoredFunctions {
    var both = self
    _ = both.add(others)
    return both
  }

  /// Takes up functions that are not there yet.
  /// - Returns: names that stand for another function here.
  public mutating func add(_ other: StoredFunctions) -> [String] {
    var clashes: [String] = []
    for function in other.all {
      guard let known = all.first(where: { $0.name == function.name }) else {
        all.append(function)
        continue
      }
      if known.config != function.config { clashes.append(function.name) }
    }
    return clashes
  }

  // MARK: Making them known

  /// Reads layers that may name these functions as activations.
  public func whileKnown<Result>(_ read: () throws -> Result) rethrows -> Result {
    var known = Activation.functions
    for function in all where function.requiredCount == 1 {
      known[function.name] = { try function.call([$0]) }
    }
    return try Activation.$functions.withValue(known, operation: read)
  }

  /// Losses by name, those built in and these.
  public var losses: Registry<any Loss> {
    LossRegistry.all.adding(all.filter { $0.requiredCount == 2 }.map(ScriptedLoss.entry))
  }

  /// Metrics by name, those built in and these.
  public var metrics: Registry<any Metric> {
    MetricRegistry.all.adding(all.filter { $0.requiredCount == 2 }.map(ScriptedMetric.entry))
  }
}

extension ScriptedFunction {
  /// How many parameters have no default: with one it can be an activation, with two a loss or a metric.
  public var requiredCount: Int { signature.parameters.count { $0.initial == nil } }

  /// It and those it may call.
  public var withCalled: StoredFunctions { StoredFunctions(functions + [self]).needed(by: [name]) }
}

extension ConfigNode {
  fileprivate func collectTexts(into names: inout Set<String>) {
    switch content {
    case .string(let text): names.insert(text)
    case .list(let items): for item in items { item.collectTexts(into: &names) }
    case .map(let entries): for entry in entries { entry.value.collectTexts(into: &names) }
    default: break
    }
  }
}
