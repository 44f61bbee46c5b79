public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// A number for each axis between batch and channels: one for all, or a list, as in Keras's settings.
public struct PerAxis<let rank: Int>: ConfigConvertible, Hashable {
  public var numbers: [Int]

  /// The same along all axes.
  public init(_ number: Int) { numbers = [Int](repeating: number, count: rank) }

  public static var expectation: String {
    rank == 1 ? "a whole number" : "a whole number, or a list of \(rank)"
  }

  public init(config: ConfigNode) throws(Diagnostic) {
    if let list = config.list {
      guard list.count == rank else { throw .mismatch(config, Self.expectation) }
      numbers = try [Int](config: config)
    } else {
      numbers = [Int](repeating: try Int(config: config), count: rank)
    }
    guard numbers.allSatisfy(AxisSizes.allowed.contains) else {
      throw .mismatch(config, AxisSizes.expectation)
    }
  }

  public var config: ConfigNode { numbers.config }
  public static var jsonSchema: ConfigNode { ["type": ["integer", "array"]] }

  /// A check for settings: what is wrong with numbers below a bound.
  static func atLeast(_ bound: Int) -> @Sendable (PerAxis) -> String? {
    { $0.numbers.allSatisfy { $0 >= bound } ? nil : "must be at least \(bound)" }
  }
}

/// How large windows, their steps and margins may be: so that what is worked out from two of them, and the size of an axis,
/// is a number in any case.
enum AxisSizes {
  static let allowed = -(1 << 24)...(1 << 24)
  static let expectation = "numbers of at most \(allowed.upperBound)"
}

/// Where the channels of images are; the engine has them last.
public enum DataFormat: String, CaseIterable, ConfigConvertible {
  case channelsLast = "channels_last"
  case channelsFirst = "channels_first"

  /// Does something with channels last, whichever way the value has them.
  func channelsLast(_ x: Value, _ body: (Value) throws -> Value) throws -> Value {
    guard self == .channelsFirst, x.type.rank > 2 else { return try body(x) }
    let last = x.type.rank - 1
    let y = try body(x.transposed([0] + Array(2...last) + [1]))
    return y.type.rank == x.type.rank ? try y.transposed([0, last] + Array(1..<last)) : y
  }
}

/// How a window meets the edge, as Keras says it.
public enum WindowPadding: String, CaseIterable, ConfigConvertible {
  case valid, same

  var rule: WindowRule.Padding { self == .valid ? .valid : .same }
}

/// The same for convolutions, of which those over steps know causal padding too.
public struct ConvPadding<let rank: Int>: ConfigConvertible, Hashable {
  private enum OverSteps: String, CaseIterable, ConfigConvertible { case valid, same, causal }

  public var rule: WindowRule.Padding
  public init(_ rule: WindowRule.Padding = .valid) { self.rule = rule }

  public static var expectation: String { rank == 1 ? OverSteps.expectation : WindowPadding.expectation }

  public init(config: ConfigNode) throws(Diagnostic) {
    if rank == 1, try OverSteps(config: config) == .causal {
      rule = .causal
    } else {
      rule = try WindowPadding(config: config).rule
    }
  }

  public var config: ConfigNode { ConfigNode(.string("\(rule)")) }
  public static var jsonSchema: ConfigNode { rank == 1 ? OverSteps.jsonSchema : WindowPadding.jsonSchema }
}

extension Layer {
  /// How the window of a convolution with these settings moves.
  /// - Throws: E0359 if it both jumps and has gaps.
  func windowRule<let rank: Int>(
    _ size: PerAxis<rank>, strides: PerAxis<rank>, dilation: PerAxis<rank>, padding: WindowRule.Padding,
    at span: SourceSpan?
  ) throws(Diagnostic) -> WindowRule {
    if strides.numbers.contains(where: { $0 > 1 }), dilation.numbers.contains(where: { $0 > 1 }) {
      throw .stridesAndDilation(className, at: span)
    }
    return WindowRule(
      size.numbers, strides: strides.numbers, dilation: dilation.numbers, padding: padding)
  }
}

extension Diagnostic {
  /// E0359: a window that both jumps and has gaps, which Keras does not compute.
  fileprivate static func stridesAndDilation(_ layer: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0359", "\(layer): strides and dilation_rate are both above 1",
      at: span.map { Label($0, "called here") },
      help: "one of them must be 1, as in Keras")
  }
}
