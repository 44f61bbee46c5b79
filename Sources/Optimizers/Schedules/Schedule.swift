public import Config
public import Diagnostics

/// A learning rate that changes with the number of steps taken.
///
/// Rates are computed in single precision, like Keras's, from elementary functions that are the same on every
/// machine.
public protocol Schedule: Configurable {
  /// What Keras 3 calls it unless told otherwise.
  static var defaultName: String { get }
  var name: String? { get set }
  /// The rate of the step after `step` others.
  func rate(at step: Int) -> Float
  /// E0231: settings that do not fit each other.
  func contradiction(at span: SourceSpan?) -> Diagnostic?
}

extension Schedule {
  public static var defaultName: String { schema.name }
  public var className: String { Self.schema.name }
  public func contradiction(at span: SourceSpan?) -> Diagnostic? { nil }

  /// As both Keras write it, with the name that Keras 3 gives.
  public var kerasObject: ConfigNode { kerasObject(for: .keras3) }

  /// As Keras writes it; Keras 2 leaves the name away.
  public func kerasObject(for semantics: Semantics) -> ConfigNode {
    let name: ConfigNode = semantics == .keras2 ? nil : (self.name ?? Self.defaultName).config
    let config = Self.schema.encode(self).entries ?? []
    return [
      "module": "keras.optimizers.schedules", "class_name": Self.schema.name.config,
      "config": ConfigNode(.map(config.map { $0.key == "name" ? .init("name", name) : $0 })),
      "registered_name": nil,
    ]
  }
}

/// Every schedule by Keras's class name.
public enum ScheduleRegistry {
  public static let all = Registry<any Schedule>(
    "schedule",
    [
      .init(ExponentialDecay.self) { $0 },
      .init(InverseTimeDecay.self) { $0 },
      .init(PolynomialDecay.self) { $0 },
      .init(PiecewiseConstantDecay.self) { $0 },
      .init(CosineDecay.self) { $0 },
      .init(CosineDecayRestarts.self) { $0 },
    ])

  /// Reads a schedule; every mistake is reported, `nil` if there was one.
  public static func decode(_ node: ConfigNode, into bag: inout DiagnosticBag) -> (any Schedule)? {
    guard let schedule = all.decode(node, into: &bag) else { return nil }
    guard let contradiction = schedule.contradiction(at: node.span) else { return schedule }
    bag.report(contradiction)
    return nil
  }
}
