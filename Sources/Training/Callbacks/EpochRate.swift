public import Config
public import Diagnostics
import ExpLanguage
public import Optimizers

/// The learning rate of an epoch.
public enum EpochRate: ConfigConvertible {
  /// Over `epoch`, counted from 0, and `lr`, the rate so far.
  case expression(String)
  /// One of Keras's schedules, by the epoch instead of the step.
  case schedule(any Schedule)

  public static var expectation: String { "an expression over epoch and lr, or a schedule" }
  public static var jsonSchema: ConfigNode {
    ["if": ["type": "object"], "then": .reference(to: "schedule"), "else": ["type": ["string", "number"]]]
  }

  /// - Throws: E0386 for an expression that does not give a rate, besides what is wrong with it as an expression.
  public init(config: ConfigNode) throws(Diagnostic) {
    switch config.content {
    case .string(let text):
      self = .expression(text)
      do throws(Diagnostic) {
        // Any rate serves to find out whether it is an expression for a number.
        let value = try Self.value(of: text, epoch: 0, after: 0.01)
        if value.number == nil { throw Diagnostic.noRate(value, 0) }
      } catch {
        var placed = error
        if placed.primary == nil { placed.primary = config.span.map { .init($0, "a learning rate") } }
        throw placed
      }
    case .int, .double:
      let rate = try Double(config: config)
      guard rate >= 0 else { throw .mismatch(config, Self.expectation) }
      self = .expression(pythonRepr(rate))
    case .map:
      guard case .schedule(let schedule) = try LearningRate(config: config) else {
        throw .mismatch(config, Self.expectation)
      }
      self = .schedule(schedule)
    default: throw .mismatch(config, Self.expectation)
    }
  }

  public var config: ConfigNode {
    switch self {
    case .expression(let text): text.config
    case .schedule(let schedule): schedule.kerasObject
    }
  }

  /// - Parameters:
  ///   - epoch: from 0.
  ///   - rate: that of the epoch before.
  /// - Throws: E0386 if the result is no rate, E012x if the expression cannot be evaluated.
  public func rate(epoch: Int, after rate: Double) throws(Diagnostic) -> Double {
    switch self {
    case .schedule(let schedule): return Double(schedule.rate(at: epoch))
    case .expression(let text):
      let value = try Self.value(of: text, epoch: epoch, after: rate)
      guard let number = value.number, number >= 0 else { throw .noRate(value, epoch) }
      return number
    }
  }

  private static func value(of text: String, epoch: Int, after rate: Double) throws(Diagnostic) -> ScriptValue
  {
    let scope = ScriptScope("name", names: ["epoch", "lr"]) { name in
      switch name {
      case "epoch": .int(epoch)
      case "lr": .double(rate)
      default: nil
      }
    }
    return try evaluate(text, in: scope)
  }
}

extension Diagnostic {
  /// E0386: an expression for the learning rate that gives something else.
  fileprivate static func noRate(_ value: ScriptValue, _ epoch: Int) -> Diagnostic {
    Diagnostic(
      "E0386",
      "the schedule gives \(value.number.map { "\(Float($0))" } ?? "'\(value.text)'") for epoch \(epoch), which is no learning rate",
      help: "a rate is a number from 0 on, such as 'lr * 0.5 if epoch >= 10 else lr'")
  }
}
