public import Diagnostics
public import Layers
public import TensorCore

/// A value that does not exist yet: layers called on it are recorded, and become a functional model.
///
/// Keras: what `keras.Input` gives.
public final class Symbol {
  enum Origin {
    case input(ModelInput)
    case call(SymbolicLayer, [Symbol], output: Int)
  }
  let origin: Origin

  init(_ origin: Origin) { self.origin = origin }

  /// An input of a model.
  /// - Parameters:
  ///   - shape: of one sample; `nil` for a length that comes with the data.
  ///   - batchSize: samples in every batch, for stateful layers.
  public convenience init(
    _ name: String, shape: [Int?], _ element: ElementType = .float32, batchSize: Int? = nil
  ) {
    self.init(.input(ModelInput(name, shape: shape, element, batchSize: batchSize)))
  }
}

/// A layer with an identity: all its calls share the weights.
public final class SymbolicLayer {
  let layer: any Layer
  let name: String?
  let isTrainable: Bool

  /// - Parameter name: Keras's automatic name if left out.
  public init(_ layer: any Layer, name: String? = nil, isTrainable: Bool = true) {
    self.layer = layer
    self.name = name
    self.isTrainable = isTrainable
  }

  /// Calls the layer on values; its first output.
  public func callAsFunction(_ values: Symbol...) -> Symbol { callAsFunction(values) }

  /// The same for layers that take a list.
  public func callAsFunction(_ values: [Symbol]) -> Symbol { Symbol(.call(self, values, output: 0)) }

  /// An output of a model with several, used as a layer.
  public func call(_ values: [Symbol], output: Int) -> Symbol { Symbol(.call(self, values, output: output)) }
}

extension Layer {
  /// Calls a layer of its own weights on symbolic values: `Dense(8)(x)`.
  ///
  /// To call one layer several times, with the same weights, name it once as a ``SymbolicLayer``.
  public func callAsFunction(_ values: Symbol..., name: String? = nil) -> Symbol {
    SymbolicLayer(self, name: name)(values)
  }

  /// The same for layers that take a list: `Concatenate()([a, b])`.
  public func callAsFunction(_ values: [Symbol], name: String? = nil) -> Symbol {
    SymbolicLayer(self, name: name)(values)
  }
}

extension Functional {
  /// The graph between symbolic values.
  /// - Throws: E0343 if an output depends on an input that is not listed.
  public init(_ name: String = "functional", inputs: [Symbol], outputs: [Symbol]) throws(Diagnostic) {
    var recorder = Recorder(inputs)
    let ends = try outputs.map { symbol throws(Diagnostic) in try recorder.source(of: symbol) }
    self.init(
      name, layers: recorder.namedLayers, calls: recorder.calls, inputs: Array(inputs.indices),
      outputs: ends)
  }
}

/// Follows symbolic values back to the inputs.
private struct Recorder {
  private(set) var calls: [Functional.Call] = []
  private var layers: [(layer: any Layer, name: String?, isTrainable: Bool)] = []
  private var layerNumbers: [ObjectIdentifier: Int] = [:]
  private var places: [ObjectIdentifier: Functional.Source] = [:]

  init(_ inputs: [Symbol]) {
    for (i, symbol) in inputs.enumerated() {
      guard case .input(let input) = symbol.origin else { continue }
      layers.append((InputLayer(input), input.name, true))
      calls.append(.init(layer: i, inputs: []))
      places[ObjectIdentifier(symbol)] = .init(i)
    }
  }

  /// Walks without recursion: graphs may be deep.
  mutating func source(of end: Symbol) throws(Diagnostic) -> Functional.Source {
    var stack = [end]
    while let symbol = stack.last {
      if places[ObjectIdentifier(symbol)] != nil {
        stack.removeLast()
        continue
      }
      guard case .call(let layer, let values, let output) = symbol.origin else {
        throw .unlistedInput(symbol)
      }
      if let missing = values.first(where: { places[ObjectIdentifier($0)] == nil }) {
        stack.append(missing)
        continue
      }
      let number = layerNumbers[ObjectIdentifier(layer)] ?? layers.count
      if number == layers.count {
        layerNumbers[ObjectIdentifier(layer)] = number
        layers.append((layer.layer, layer.name, layer.isTrainable))
      }
      let sources = values.compactMap { places[ObjectIdentifier($0)] }
      places[ObjectIdentifier(symbol)] = .init(calls.count, output: output)
      calls.append(.init(layer: number, inputs: sources))
      stack.removeLast()
    }
    return places[ObjectIdentifier(end)] ?? .init(0)
  }

  var namedLayers: [NamedLayer] {
    var names = AutomaticNames(taken: Set(layers.compactMap(\.name)))
    return layers.map { layer, name, isTrainable in
      NamedLayer(name ?? names.next(for: layer), layer, isTrainable: isTrainable)
    }
  }
}

extension Diagnostic {
  /// E0343: a model that needs an input it is not given.
  static func unlistedInput(_ symbol: Symbol) -> Diagnostic {
    var name = "an input"
    if case .input(let input) = symbol.origin { name = "'\(input.name)'" }
    return Diagnostic(
      "E0343", "an output depends on \(name), which is not among the model's inputs",
      help: "list it in 'inputs:'")
  }
}
