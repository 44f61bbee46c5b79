public import ExpLanguage
import GraphEngine
public import Layers

/// What the body of a model or layer can name beside its inputs.
public struct ScriptParts: Sendable {
  /// A layer, or with `repeat:` a list of them under one name.
  public struct Entry: Sendable {
    public var name: String
    public var layers: [NamedLayer]
    public var isList: Bool

    /// One layer under its name.
    public init(_ layer: NamedLayer) { self.init(layer.name, [layer], isList: false) }

    init(_ name: String, _ layers: [NamedLayer], isList: Bool) {
      self.name = name
      self.layers = layers
      self.isList = isList
    }

    /// The same settings several times, each with its own weights: `hidden`, `hidden_1`, `hidden_2`.
    public init(_ layer: NamedLayer, repeated count: Int) {
      name = layer.name
      isList = true
      layers = (0..<max(0, count)).map { number in
        var copy = layer
        if number > 0 { copy.name += "_\(number)" }
        return copy
      }
    }
  }

  public var layers: [Entry]
  public var weights: [ScriptWeight]
  /// Settings that the body knows by name.
  public var arguments: [(name: String, value: ScriptValue)]
  /// The functions of the file that are defined above.
  public var functions: [ScriptedFunction]

  public init(
    layers: [Entry] = [], weights: [ScriptWeight] = [], arguments: [(name: String, value: ScriptValue)] = [],
    functions: [ScriptedFunction] = []
  ) {
    self.layers = layers
    self.weights = weights
    self.arguments = arguments
    self.functions = functions
  }

  /// Every layer once, lists one by one.
  public var allLayers: [NamedLayer] { layers.flatMap(\.layers) }

  /// Names of the weights that are trained.
  var trainedWeights: [String] { weights.filter(\.isTrainable).map(\.name) }

  func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> ScriptParts {
    var copy = self
    for i in layers.indices { copy.layers[i].layers = layers[i].layers.map(change) }
    return copy
  }

  func trainingWeights(where isTrained: (String) -> Bool) -> ScriptParts {
    var copy = self
    for i in weights.indices where weights[i].isTrainable {
      copy.weights[i].isTrainable = isTrained(weights[i].name)
    }
    return copy
  }

  /// What `self.` may stand before, weights aside.
  var values: [String: TraceValue] {
    var values: [String: TraceValue] = [:]
    for argument in arguments { values[argument.name] = TraceValue(argument.value) }
    for entry in layers {
      let items = entry.layers.map { TraceValue.layer($0) }
      values[entry.name] = entry.isList ? .list(items) : items.first
    }
    return values
  }

  /// Runs a body on inputs, declaring the weights first.
  func run(
    _ body: ScriptBody, locals: [String: TraceValue], in scope: LayerScope
  ) throws -> TraceValue {
    var values = values
    for weight in weights {
      let known = Tracer(
        graph: scope.graph, scope: scope, script: weight.script, parts: values, functions: functions,
        locals: locals)
      values[weight.name] = .tensor(try weight.declare(in: scope, known))
    }
    var locals = locals
    for parameter in body.signature?.parameters ?? [] where locals[parameter.name] == nil {
      guard let initial = parameter.initial else { continue }
      let known = Tracer(graph: scope.graph, scope: scope, script: body.script, parts: values)
      locals[parameter.name] = try known.value(initial)
    }
    let tracer = Tracer(
      graph: scope.graph, scope: scope, script: body.script, parts: values, functions: functions,
      locals: locals)
    return try tracer.run(body.statements)
  }
}
