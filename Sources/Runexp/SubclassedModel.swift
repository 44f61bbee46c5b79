public import Config
public import GraphEngine
public import Layers

/// A model of your own: a type with layers as properties, and a `call`.
///
/// Keras: a subclass of `keras.Model`. Its layers are the properties that are a ``NamedLayer`` or an array of them.
///
///     struct WideAndDeep: SubclassedModel {
///       let inputs = [ModelInput("wide", shape: [5]), ModelInput("deep", shape: [6])]
///       let hidden = NamedLayer("hidden", Dense(30, activation: .relu))
///       let price = NamedLayer("price", Dense(1))
///
///       func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
///         let z = try hidden(inputs[1], in: scope)
///         return [try price(.concatenate([inputs[0], z]), in: scope)]
///       }
///     }
public protocol SubclassedModel: Layers.Model {}

extension SubclassedModel {
  public var name: String { className.snakeCased }
  public var className: String { "\(Self.self)" }
  public var config: ConfigNode { ["name": name.config] }
  /// Its last layer, as the name of its only output.
  public var outputNames: [String] { [layers.last?.name ?? "output"] }

  public var layers: [NamedLayer] {
    Mirror(reflecting: self).children.flatMap { _, value -> [NamedLayer] in
      if let layer = value as? NamedLayer { return [layer] }
      return value as? [NamedLayer] ?? []
    }
  }

  /// The layers of a type are part of it: freeze them where they are written.
  public func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> Self { self }
}

extension NamedLayer {
  /// Calls the layer on one value, inside a `call`.
  public func callAsFunction(_ x: Value, in scope: LayerScope) throws -> Value {
    guard let first = try scope.apply(self, [x]).first else {
      preconditionFailure("a layer without an output")
    }
    return first
  }

  /// Calls the layer on several values.
  public func callAsFunction(_ values: [Value], in scope: LayerScope) throws -> [Value] {
    try scope.apply(self, values)
  }
}
