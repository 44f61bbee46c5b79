public import Config
public import Diagnostics
public import GraphEngine

/// A layer is a value: its settings, and a function from symbolic inputs to symbolic outputs.
///
/// It owns no weights. `call` *declares* parameters on the scope; building, output shape, parameter count, summary
/// and training all come from calling it.
public protocol Layer: Sendable {
  /// Keras's class name and config; free with a ``Schema``.
  var className: String { get }
  var config: ConfigNode { get }
  /// The words for what it is called with; one input, or a list of them, if it does not say.
  var signature: CallSignature { get }
  func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value]
  /// Whether the steps that count in the first input are those that count in the outputs (Keras's `supports_masking`).
  ///
  /// `false` by default; a layer that makes or changes masks says so with ``LayerScope/setMask(_:of:)``.
  var passesMask: Bool { get }
  /// How the files of each Keras say it, where they do not say it as ``config`` does; nothing by default.
  static var dialects: KerasDialects { get }
}

extension Layer {
  public var signature: CallSignature { CallSignature() }
  public static var dialects: KerasDialects { KerasDialects() }
  /// Those of its type.
  public var dialects: KerasDialects { Self.dialects }
}

extension Layer where Self: Configurable {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
}

/// A layer from one value to one value, as most are.
public protocol UnaryLayer: Layer {
  func call(_ x: Value, in scope: LayerScope) throws -> Value
}

extension UnaryLayer {
  /// - Throws: E0316 for another number of inputs than one.
  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard inputs.count == 1 else {
      throw Diagnostic.inputCount(className, "one input", inputs.count, at: scope.graph.origin)
    }
    return [try call(inputs[0], in: scope)]
  }
}

/// A layer that takes a list of values as one argument, as Keras's merging layers do.
public protocol MergingLayer: Layer {}

extension MergingLayer {
  public static var dialects: KerasDialects { .mergingMasks }
}

/// A layer with its name in the model, and the place it was written.
public struct NamedLayer: Sendable {
  public var name: String
  public var layer: any Layer
  public var isTrainable: Bool
  public var span: SourceSpan?

  public init(_ name: String, _ layer: any Layer, isTrainable: Bool = true, at span: SourceSpan? = nil) {
    self.name = name
    self.layer = layer
    self.isTrainable = isTrainable
    self.span = span
  }
}

extension Diagnostic {
  /// E0316: a layer that was given too few or too many values.
  static func inputCount(
    _ layer: String, _ wanted: String, _ found: Int, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0316", "\(layer) takes \(wanted), found \(found)", at: span.map { Label($0, "called with \(found)") },
      help: found > 1
        ? "join them first: Concatenate, Add and the other merging layers take several"
        : "name them in 'from:'")
  }
}
