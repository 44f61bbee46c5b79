public import Config
public import Diagnostics
public import GraphEngine
public import TensorCore

/// A layer is a value: its settings, and a function from symbolic inputs to symbolic outputs.
///
/// It owns no weights. `call` *declares* parameters on the scope; building, output shape, parameter count, summary
/// and training all come from calling it.
public protocol Layer: Sendable {
  /// Keras's class name and config; free with a ``Schema``.
  var className: String { get }
  var config: ConfigNode { get }
  func call(_ x: Value, in scope: LayerScope) throws -> Value
}

extension Layer where Self: Configurable {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
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

/// What a layer may ask for while it is traced: parameters, random streams, the phase.
public final class LayerScope {
  public enum Phase: Sendable { case training, inference }

  /// A declared parameter and how it starts.
  public struct Parameter: Sendable {
    public let spec: ParameterSpec
    public let initializer: Initializer
  }

  public let graph: Graph
  public let phase: Phase
  public private(set) var parameters: [Parameter] = []
  private let seed: UInt64
  private var path: [String]
  private var isTrainable = true
  private var declared: Set<String> = []

  /// - Parameter model: the first part of every parameter's path.
  public init(graph: Graph, phase: Phase, model: String, seed: UInt64) {
    self.graph = graph
    self.phase = phase
    self.seed = seed
    path = [model]
  }

  /// Declares a parameter of the layer at work, or returns it if the layer is shared and was called before.
  /// - Throws: E0314 if it has more elements than can be counted.
  public func parameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer, layout: Layout = .rowMajor
  ) throws(Diagnostic) -> Value {
    let full = (path + [name]).joined(separator: "/")
    guard shape.product <= TensorType.largestCount else { throw .uncountable("'\(full)'", at: graph.origin) }
    if declared.insert(full).inserted {
      let spec = ParameterSpec(full, shape, isTrainable: isTrainable, layout: layout)
      parameters.append(Parameter(spec: spec, initializer: initializer))
    }
    return graph.leaf(.parameter(full), TensorType(shape.map { .size($0) }))
  }

  /// The random numbers of the layer at work; `seed` replaces the experiment's.
  public func stream(_ name: String, seed ownSeed: Int?) -> RandomStream {
    RandomStream(
      seed: ownSeed.map { UInt64(bitPattern: Int64($0)) } ?? seed, (path + [name]).joined(separator: "/"))
  }

  /// The number of the training step: a 64-bit whole number in the memory of two floats.
  public var step: Value { graph.leaf(.input("step"), TensorType([.size(2)])) }

  /// Calls a layer under its name; what goes wrong inside points at where the layer was written.
  public func apply(_ layer: NamedLayer, _ x: Value) throws -> Value {
    let (outerOrigin, outerTrainable) = (graph.origin, isTrainable)
    path.append(layer.name)
    graph.origin = layer.span ?? outerOrigin
    isTrainable = outerTrainable && layer.isTrainable
    defer {
      path.removeLast()
      graph.origin = outerOrigin
      isTrainable = outerTrainable
    }
    return try layer.layer.call(x, in: self)
  }
}
