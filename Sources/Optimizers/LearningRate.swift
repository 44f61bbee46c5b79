public import Config
public import Diagnostics

/// A step size: one number for the whole training, or a schedule.
public enum LearningRate: ConfigConvertible {
  case constant(Double)
  case schedule(any Schedule)

  public static var expectation: String { "a number or a schedule" }

  public init(config: ConfigNode) throws(Diagnostic) {
    switch config.content {
    case .double, .int: self = .constant(try Double(config: config))
    case .map, .string:
      var bag = DiagnosticBag()
      guard let schedule = ScheduleRegistry.decode(config, into: &bag) else {
        throw bag.all.first ?? .mismatch(config, Self.expectation)
      }
      self = .schedule(schedule)
    default: throw .mismatch(config, Self.expectation)
    }
  }

  /// A number, or Keras's `{"module", "class_name", "config", "registered_name"}` of the schedule.
  public var config: ConfigNode {
    switch self {
    case .constant(let rate): rate.config
    case .schedule(let schedule): schedule.kerasObject
    }
  }

  public static var jsonSchema: ConfigNode {
    ["if": ["type": ["string", "object"]], "then": .reference(to: "schedule"), "else": ["type": "number"]]
  }
}

extension LearningRate: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
}
