public import Config
public import Diagnostics
public import Optimizers

/// An optimizer as Keras writes it into `training_config`: `{"class_name": …, "config": {…}}`.
public enum OptimizerConfig {
  /// Keras 2 registers its optimizers under this prefix.
  private static let registered = "Custom>"
  private static let scaling: Set = ["LossScaleOptimizer", "LossScaleOptimizerV1", "LossScaleOptimizerV3"]
  private static let foreign: Set = ["jit_compile", "is_legacy_optimizer", "decay", "schedule_decay", "lr"]

  /// Reads what Keras 1, 2 or 3 wrote; every mistake is reported, `nil` if there was one.
  ///
  /// The `decay` of old optimizers, `rate / (1 + decay · steps)`, becomes a schedule.
  public static func decode(_ node: ConfigNode, into bag: inout DiagnosticBag) -> (any Optimizer)? {
    guard let written = node["class_name"]?.string, let config = node["config"]?.entries else {
      return OptimizerRegistry.decode(node, into: &bag)
    }
    // What scales the loss of half-precision training stands around the optimizer that takes the steps.
    if scaling.contains(written),
      let inner = node["config"]?["inner_optimizer"] ?? node["config"]?["optimizer"]
    {
      guard let optimizer = decode(inner, into: &bag), let settings = node["config"] else { return nil }
      // Keras 2 had other variables for it.
      let isOld = settings["inner_optimizer"] == nil || settings["dynamic"] != nil
      return isOld ? optimizer : outer(of: optimizer, settings, into: &bag)
    }
    let name = written.hasPrefix(registered) ? String(written.dropFirst(registered.count)) : written
    var entries = config.filter { !foreign.contains($0.key) }
    let old = ConfigNode(.map(config))
    if let rate = old["lr"], old["learning_rate"] == nil { entries.append(.init("learning_rate", rate)) }
    let settings: ConfigNode = ["class_name": name.config, "config": ConfigNode(.map(entries))]
    guard var optimizer = OptimizerRegistry.decode(settings, into: &bag) else { return nil }
    if let decay = old["decay"].flatMap({ try? Double(config: $0) }), decay > 0, !(optimizer is Nadam),
      case .constant(let rate) = optimizer.common.learningRate
    {
      var schedule = InverseTimeDecay()
      schedule.initialLearningRate = rate
      schedule.decaySteps = 1
      schedule.decayRate = decay
      optimizer.common.learningRate = .schedule(schedule)
    }
    // Before Keras 2.11 the momentum of Nadam grew as slowly as it says.
    if var nadam = optimizer as? Nadam, old["weight_decay"] == nil,
      let speed = (old["schedule_decay"] ?? old["decay"]).flatMap({ try? Double(config: $0) })
    {
      nadam.scheduleDecay = speed
      optimizer = nadam
    }
    // Named after its class it gets the name of whichever Keras it is written for.
    if [optimizer.className, optimizer.className.snakeCased].contains(optimizer.common.name) {
      optimizer.common.name = nil
    }
    return optimizer
  }

  private static func outer(
    of inner: any Optimizer, _ settings: ConfigNode, into bag: inout DiagnosticBag
  ) -> (any Optimizer)? {
    let known: Set = ["initial_scale", "dynamic_growth_steps", "name"]
    let own = (settings.entries ?? []).filter { known.contains($0.key) }
    let node: ConfigNode = [
      "class_name": "LossScaleOptimizer",
      "config": ConfigNode(.map([.init("inner_optimizer", InnerOptimizer(SGD()).config)] + own)),
    ]
    return OptimizerRegistry.decode(node, into: &bag)?.taking(inner)
  }

  /// Writes an optimizer for one Keras or the other, every key in Keras's order.
  /// - Parameter rate: the rate at the time, which callbacks may have changed; a schedule is written as it is.
  public static func encode(_ optimizer: any Optimizer, rate: Double, as semantics: Semantics) -> ConfigNode {
    if let outer = optimizer as? LossScaleOptimizer {
      let inner = encode(outer.innermost, rate: rate, as: semantics)
      guard semantics == .keras3 else { return inner }
      let located: ConfigNode = ["module": "keras.optimizers", "registered_name": nil]
      return [
        "class_name": outer.className.config,
        "config": [
          "name": outer.savedName(semantics).config, "inner_optimizer": inner.with(located),
          "initial_scale": outer.initialScale.config, "dynamic_growth_steps": outer.growthSteps.config,
        ],
      ]
    }
    let learningRate: ConfigNode =
      switch optimizer.common.learningRate {
      // Keras holds the rate in single precision.
      case .constant: Double(Float(rate)).config
      case .schedule(let schedule): schedule.kerasObject(for: semantics)
      }
    let all = optimizer.config
    let own = all.entries?.filter { entry in !common3.contains(entry.key) } ?? []
    let shared = semantics == .keras3 ? common3 : common2
    let entries = shared.map { key -> ConfigNode.Entry in
      switch key {
      case "name": .init(key, optimizer.savedName(semantics).config)
      case "learning_rate": .init(key, learningRate)
      case "jit_compile", "is_legacy_optimizer": .init(key, false)
      default: .init(key, all[key] ?? nil)
      }
    }
    let name = semantics == .keras2 ? registered + optimizer.className : optimizer.className
    return ["class_name": name.config, "config": ConfigNode(.map(entries + own))]
  }

  private static let common3 = [
    "name", "learning_rate", "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema",
    "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
  ]
  private static let common2 = [
    "name", "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum",
    "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer", "learning_rate",
  ]
}
