import Config
import Diagnostics
import GraphEngine
import KernelABI
import Layers
import Losses
import Optimizers
import TensorCore
import Training

/// What a model loses on the way into a file of one Keras: arithmetic that differs there, and what cannot be read there.
struct DialectNotes {
  private let built: BuiltModel
  private let target: Semantics
  private let container: ModelFile.Container

  init(_ built: BuiltModel, _ target: Semantics, _ container: ModelFile.Container) {
    self.built = built
    self.target = target
    self.container = container
  }

  /// At most one diagnostic of each kind.
  var all: [Diagnostic] {
    var notes: [Diagnostic] = []
    let (differing, unknown, unreadable) = (self.differing, self.unknown, self.unreadable)
    if !differing.isEmpty { notes.append(.computesDifferently(differing, in: target)) }
    if !unknown.isEmpty { notes.append(.unknownToKeras(unknown, target)) }
    if !unreadable.isEmpty { notes.append(.unreadableInKeras3(unreadable)) }
    let clashes = built.usedFunctions.clashes
    if !clashes.isEmpty { notes.append(.ambiguousFunctions(clashes)) }
    return notes
  }

  /// Class names and settings of every layer and part, in the model's order.
  private var objects: [(className: String, config: ConfigNode)] {
    var found: [(String, ConfigNode)] = []
    _ = built.model.kerasConfig.mappingObjects { className, object in
      found.append((className, object["config"] ?? nil))
      return object
    }
    return found
  }

  /// What computes other numbers in the file's Keras than in the model's.
  private var differing: [String] {
    guard built.semantics != target else { return [] }
    var found: [String] = []
    // Keras 3 is given the old function as layers.
    let hasHardSigmoid =
      target == .keras2
      && objects.contains { object in
        object.config.entries?.contains { $0.key.hasSuffix("activation") && $0.value == "hard_sigmoid" }
          == true
      }
    if hasHardSigmoid {
      let distance = built.distance(to: target).map {
        " (predictions of random numbers are \($0) apart at most)"
      }
      found.append("hard_sigmoid" + (distance ?? ""))
    }
    // Keras 2 does not save how far its momentum has come, and counts it wrongly.
    if let nadam = built.training?.settings.optimizer as? Nadam, target == .keras2 || nadam.scheduleDecay != 1
    {
      found.append("Nadam")
    }
    if let trace = try? Trace(built.model, phase: .training, seed: 0, semantics: built.semantics) {
      found += differences(in: trace.scope)
      if comparesProbabilities(trace.outputs) { found.append("binary_crossentropy of probabilities") }
    }
    return found
  }

  /// What of the layers that are called, each once.
  private func differences(in scope: LayerScope) -> [String] {
    let met = scope.calls.flatMap { call in call.layer.dialects.differences.filter { $0.isMet(call, scope) } }
    var seen: Set<String> = []
    return met.filter { seen.insert($0.what).inserted }.sorted { $0.place < $1.place }.map(\.what)
  }

  /// Whether a binary cross-entropy starts from probabilities that come from elsewhere than a softmax or sigmoid.
  private func comparesProbabilities(_ predictions: [Value]) -> Bool {
    zip(built.training?.settings.outputs ?? [], predictions).contains { output, prediction in
      guard let loss = output.loss, loss.className == "BinaryCrossentropy",
        loss.config["from_logits"] != true, case .op(let op, _) = prediction.graph.nodes[prediction.id].kind
      else { return false }
      return !(op is Softmax) && (op as? Unary)?.function != .sigmoid
    }
  }

  /// Classes of losses and optimizers that came with Keras 3.
  private static let newInKeras3: Set = [
    "Lamb", "Muon", "ScheduleFreeAdamW", "LossScaleOptimizer", "CTC", "CategoricalGeneralizedCrossEntropy",
    "Circle", "Dice", "Tversky", "ConcordanceCorrelation", "PearsonCorrelation",
  ]

  private static func isNewInKeras3(_ className: String) -> Bool {
    LayerRegistry.dialects(of: className)?.keras2.isThere == false
      || KerasClasses.sinceKeras3.contains(className) || newInKeras3.contains(className)
  }

  /// What a file names and the Keras that it is for does not have.
  private var unknown: [String] {
    var names = objects.map(\.className)
    if target == .keras3 {
      var seen: Set<String> = []
      let learning = objects.filter { object in
        object.config.entries?.contains {
          $0.key.hasSuffix("activation") && $0.value["class_name"] == "PReLU"
        } == true
      }
      names =
        names.filter { LayerRegistry.dialects(of: $0)?.keras3.isThere == false }
        + learning.map { _ in "weights of an activation" }
      return names.filter { seen.insert($0).inserted }
    }
    if let settings = built.training?.settings {
      names.append(settings.optimizer.className)
      for output in settings.outputs {
        names += [output.loss?.className].compactMap(\.self) + output.metrics.map(\.metric.className)
      }
      if settings.optimizer.common.gradientAccumulationSteps != nil { names.append("gradient accumulation") }
    }
    names = names.filter { Self.isNewInKeras3($0) || $0 == "gradient accumulation" }
    names += operations(of: built.model).map { "the operation \($0) between layers" }
    for (className, config) in objects {
      names += Keras2Writing.lost(className, config).map { "the setting '\($0)' of \(className)" }
    }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// Classes of what a model computes between its layers.
  private func operations(of model: any Model) -> [String] {
    model.layers.flatMap { layer -> [String] in
      if let inner = layer.layer as? any Model { return operations(of: inner) }
      return layer.layer is any GraphOperation ? [layer.layer.className] : []
    }
  }

  /// What Keras 3 writes into an `.h5` file and cannot read from it.
  private var unreadable: [String] {
    guard target == .keras3, container == .h5 else { return [] }
    var found: [String] = []
    for (className, config) in objects {
      if let what = LayerRegistry.dialects(of: className)?.keras3.h5.unreadable(config) {
        found.append("\(what) of \(config["name"]?.string ?? className)")
      }
    }
    if built.training?.settings.optimizer.className == "Lamb" { found.append("the optimizer Lamb") }
    return found
  }
}

extension Diagnostic {
  /// E0627: arithmetic that differs between the versions of Keras.
  static func computesDifferently(_ what: [String], in target: Semantics) -> Diagnostic {
    let (name, other) = target == .keras3 ? ("Keras 3", Semantics.keras2) : ("Keras 2", .keras3)
    return Diagnostic(
      "E0627", "\(name) computes \(what.listed) differently than this model does", severity: .warning,
      help: "write the file for \(other.rawValue) to keep the numbers")
  }

  /// E0628: parts that one of the versions of Keras does not have.
  static func unknownToKeras(_ what: [String], _ target: Semantics) -> Diagnostic {
    let (name, other) = target == .keras3 ? ("Keras 3", Semantics.keras2) : ("Keras 2", .keras3)
    return Diagnostic(
      "E0628", "\(name) does not have \(what.listed)", severity: .warning,
      help: "runexp reads the file; for Keras write it for \(other.rawValue)")
  }

  /// E0629: parts that Keras 3 writes into an `.h5` file and cannot read back.
  static func unreadableInKeras3(_ what: [String]) -> Diagnostic {
    Diagnostic(
      "E0629", "Keras 3 cannot read \(what.listed) from an .h5 file", severity: .warning,
      help: "runexp can; for Keras save the model as .keras")
  }

  /// E0634: two functions under one name.
  static func ambiguousFunctions(_ names: [String]) -> Diagnostic {
    Diagnostic(
      "E0634", "the model and its training know different functions \(names.listed)", severity: .warning,
      help: "the file holds the model's; rename the one that is defined in this experiment")
  }
}

extension [String] {
  /// `a`, `a and b`, `a, b and c`.
  fileprivate var listed: String {
    count < 2 ? first ?? "" : dropLast().joined(separator: ", ") + " and " + self[count - 1]
  }
}
