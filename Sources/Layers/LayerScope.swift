public import Config
public import Diagnostics
public import GraphEngine
public import TensorCore

/// What a layer may ask for while it is traced: parameters, random streams, the phase.
public final class LayerScope {
  public enum Phase: Sendable { case training, inference }

  /// A declared parameter and how it starts.
  public struct Parameter: Sendable {
    public let spec: ParameterSpec
    public let initializer: Initializer
  }

  /// What is done to some parameters before a training step.
  public struct Preparation: Sendable {
    public let paths: [String]
    /// The new values, from leaves of the graph that it is given.
    public let values: @Sendable (Graph) throws -> [(path: String, value: Value)]
  }

  /// One use of a layer: what went in, what came out.
  public struct Call {
    /// Names from the outermost model down to the layer, the model's own left out.
    public let path: [String]
    public let layer: any Layer
    /// All values, those given by name last.
    public fileprivate(set) var inputs: [Value]
    public let named: NamedArguments
    public fileprivate(set) var outputs: [Value]
    /// The calls that were made inside of it, which stand before it in the list.
    public let inner: Range<Int>
  }

  /// A condition on data and the way it went in this trace.
  public struct Decision {
    public let condition: Value
    public let outcome: Bool
    /// Where it was written.
    public let origin: SourceSpan?
    /// The layer or model it is a condition of, named as a call is; empty for the outermost model.
    public let path: [String]
    /// How many calls were finished before it.
    public let callsBefore: Int
    /// The condition as it was written, where that is known.
    public let text: String?
  }

  public let graph: Graph
  /// What the layer at work is called for; a call may say otherwise than the model's.
  public private(set) var phase: Phase
  public let semantics: Semantics
  /// What the call at work gives by name, without its inputs.
  private var named: [(name: String, value: Value)] = []
  private var flags: [String] = []
  public private(set) var parameters: [Parameter] = []
  /// Parameters that get a new value from each training step, by other means than a gradient.
  public private(set) var updates: [(path: String, value: Value)] = []
  /// Parameters that get a new value before each training step, by what a graph of its own makes of them.
  public private(set) var preparations: [Preparation] = []
  /// Why the model cannot be trained, if it cannot; it can predict all the same.
  public private(set) var obstacles: [Diagnostic] = []
  /// Scalars that are added to the loss: regularizers.
  public private(set) var losses: [Value] = []
  /// What trained parameters are brought back to after each step.
  public private(set) var constraints: [(path: String, constraint: Constraint)] = []
  public private(set) var decisions: [Decision] = []
  public private(set) var calls: [Call] = []
  /// Which steps of values count.
  var masks = Masks()
  /// What layers keep from batch to batch.
  var states: LayerStates
  private let seed: UInt64
  private let assumed: [Bool]
  private var path: [String]
  /// Whether the layer at work is trained: it and everything around it.
  public private(set) var isTrainable = true
  private var declared: [String: Int] = [:]

  /// - Parameters:
  ///   - model: the first part of every parameter's path.
  ///   - assumed: how the first conditions on data go; later ones are assumed not to hold.
  ///   - batchSizes: those the model is fixed to; layers that keep states need one.
  public init(
    graph: Graph, phase: Phase, model: String, seed: UInt64, semantics: Semantics = .keras3,
    assuming assumed: [Bool] = [], batchSizes: [Int] = []
  ) {
    self.graph = graph
    states = LayerStates(batchSizes: batchSizes)
    self.phase = phase
    self.seed = seed
    self.semantics = semantics
    self.assumed = assumed
    path = [model]
  }

  /// Declares a parameter of the layer at work, or returns it if the layer is shared and was called before.
  /// - Throws: E0314 if it has more elements than can be counted, E0317 if it has another shape than before, E0340 if
  ///   its initializer is made for other shapes.
  public func parameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer, regularizer: Regularizer? = nil,
    constraint: Constraint? = nil, isTrainable: Bool = true, layout: Layout = .rowMajor
  ) throws -> Value {
    let full = fullPath(name)
    guard shape.product <= TensorType.largestCount else {
      throw Diagnostic.uncountable("'\(full)'", at: graph.origin)
    }
    let value = graph.leaf(.parameter(full), TensorType(shape.map { .size($0) }))
    if let known = declared[full].map({ parameters[$0].spec }) {
      guard known.shape == shape else {
        throw Diagnostic.reshapedParameter(full, known.shape, shape, at: graph.origin)
      }
    } else {
      try initializer.check(shape, of: full, at: graph.origin)
      declared[full] = parameters.count
      let spec = ParameterSpec(
        full, shape, of: owner(of: name), isTrainable: isTrainable && self.isTrainable, layout: layout)
      parameters.append(Parameter(spec: spec, initializer: initializer))
      // What is not trained is neither drawn to 0 nor kept in bounds.
      if let regularizer, spec.isTrainable { add(loss: try regularizer.penalty(value)) }
      if let constraint, spec.isTrainable { constraints.append((full, constraint)) }
    }
    return value
  }

  /// Adds a penalty on what a layer gives to the loss, for each sample of the batch.
  public func penalize(_ output: Value, with regularizer: Regularizer?) throws {
    guard let regularizer else { return }
    let samples = try graph.constant(1, [.batch]).sum()
    add(loss: try regularizer.penalty(output) / samples)
  }

  /// What a parameter of the layer at work will be after the step, as far as this trace has come.
  public func latest(_ name: String, _ parameter: Value) -> Value {
    let full = fullPath(name)
    return updates.last { $0.path == full }?.value ?? parameter
  }

  /// Gives a parameter of the layer at work a new value at the end of every training step.
  public func update(_ name: String, to value: Value) {
    let full = fullPath(name)
    updates.removeAll { $0.path == full }
    updates.append((full, value))
  }

  /// Says that the layer at work can predict, but not be trained.
  func obstructTraining(_ why: Diagnostic) { obstacles.append(why) }

  /// Gives parameters new values before every training step.
  /// - Returns: whether this is the first time in this trace.
  func prepare(
    _ paths: [String], _ values: @escaping @Sendable (Graph) throws -> [(path: String, value: Value)]
  ) -> Bool {
    guard !preparations.contains(where: { $0.paths == paths }) else { return false }
    preparations.append(Preparation(paths: paths, values: values))
    return true
  }

  /// Adds a scalar to the loss of a training step.
  public func add(loss: Value) { losses.append(loss) }

  /// The random numbers of the layer at work; `seed` replaces the experiment's.
  public func stream(_ name: String, seed ownSeed: Int?) -> RandomStream {
    RandomStream(
      seed: ownSeed.map { UInt64(bitPattern: Int64($0)) } ?? seed, fullPath(name))
  }

  /// The names from the outermost model down to the layer at work, the model's own left out.
  var owner: [String] { Array(path.dropFirst()) }

  /// The path of what the layer at work calls so.
  func fullPath(_ name: String) -> String { path.parameterPath + "/" + name }

  /// Whose it is: of the layer at work, or of a part of it as in `lstm_cell/kernel`.
  func owner(of name: String) -> [String] {
    path.dropFirst() + name.split(separator: "/").dropLast().map(String.init)
  }

  /// The number of the training step: a 64-bit whole number in the memory of two floats.
  public var step: Value { graph.leaf(.input("step"), TensorType([.size(2)])) }

  /// Which way a condition on data goes.
  ///
  /// A trace follows one way only. The program made from it compares the condition with the assumption before it
  /// changes anything, and the trainer takes the program of the other way where they differ.
  /// - Parameters:
  ///   - condition: a single number; not 0 holds.
  ///   - text: the condition as it was written, for drawings.
  /// - Throws: E0318 if it is more than one number.
  public func decide(_ condition: Value, written text: String? = nil) throws(Diagnostic) -> Bool {
    guard condition.type.dims.allSatisfy({ $0 == .size(1) }) else {
      throw .undecidable(condition.type, at: graph.origin)
    }
    let outcome = decisions.count < assumed.count ? assumed[decisions.count] : false
    decisions.append(
      Decision(
        condition: condition, outcome: outcome, origin: graph.origin, path: Array(path.dropFirst()),
        callsBefore: calls.count, text: text))
    return outcome
  }

  /// Says that lengths of what calls took and gave are unknown where they were others in another trace.
  ///
  /// The n-th calls of a layer are compared: a body may call one more often for longer inputs.
  func widen(by other: LayerScope) {
    var waiting = Dictionary(grouping: other.calls.reversed(), by: \.path)
    func widen(_ values: inout [Value], _ others: [Value]) {
      for (i, value) in zip(values.indices, others) {
        values[i] = values[i].described(as: values[i].type.widened(by: value.type))
      }
    }
    for i in calls.indices {
      guard let twin = waiting[calls[i].path]?.popLast() else { continue }
      widen(&calls[i].inputs, twin.inputs)
      widen(&calls[i].outputs, twin.outputs)
    }
  }

  /// The value that the call at work gives by this name.
  public func value(_ name: String) -> Value? { named.first { $0.name == name }?.value }

  /// The values that the call at work gives by this name, as a list.
  public func values(_ name: String) -> [Value] { named.filter { $0.name == name }.map(\.value) }

  /// Whether the call at work switches something on.
  public func isOn(_ flag: String) -> Bool { flags.contains(flag) }

  /// More calls of layers than any model makes: a few lines that use a model twice, which uses another one twice, and so
  /// on, would be traced for ever.
  public static let mostCalls = 30_000

  /// Makes sure that so many steps of a sequence can be calculated one by one, before anything is made for each.
  /// - Throws: E0397.
  func checkSteps(_ count: Int) throws(Diagnostic) {
    guard count <= Self.mostCalls else { throw .tooManySteps(count, at: graph.origin) }
  }

  /// Calls a layer under its name; what goes wrong inside points at where the layer was written.
  /// - Parameters:
  ///   - inputs: all values, those given by name last.
  ///   - isTraining: Keras's `training` argument of a single call.
  /// - Throws: E0370 for a name that the layer does not have, E0397 if there were too many calls, and what the layer
  ///   throws.
  public func apply(
    _ layer: NamedLayer, _ inputs: [Value], named arguments: NamedArguments = NamedArguments(),
    isTraining: Bool? = nil
  ) throws -> [Value] {
    guard calls.count < Self.mostCalls else { throw Diagnostic.tooManyCalls(at: layer.span ?? graph.origin) }
    let (outerOrigin, outerTrainable, outerPhase) = (graph.origin, isTrainable, phase)
    let outerPurpose = graph.purpose
    let (outerNamed, outerFlags) = (named, flags)
    if let isTraining { phase = isTraining ? .training : .inference }
    path.append(layer.name)
    graph.purpose.layer = path.dropFirst().joined(separator: "/")
    graph.origin = layer.span ?? outerOrigin
    isTrainable = outerTrainable && layer.isTrainable
    let first = calls.count
    let unnamed = inputs.count - arguments.values.count
    named = Array(zip(arguments.values, inputs[unnamed...]))
    flags = arguments.flags
    defer {
      named = outerNamed
      flags = outerFlags
      path.removeLast()
      graph.origin = outerOrigin
      graph.purpose = outerPurpose
      isTrainable = outerTrainable
      phase = outerPhase
    }
    try layer.layer.signature.check(arguments, of: "'\(layer.name)'", at: graph.origin)
    let given = Array(inputs[..<unnamed])
    let outputs = try withMask(value("mask"), of: given.first) {
      let outputs = try call(layer, on: given)
      passMask(through: layer.layer, from: given, to: outputs)
      return outputs
    }
    calls.append(
      Call(
        path: Array(path.dropFirst()), layer: layer.layer, inputs: inputs, named: arguments,
        outputs: outputs,
        inner: first..<calls.count))
    return outputs
  }
}

extension Diagnostic {
  /// E0397: a sequence whose steps are too many to be calculated one by one.
  fileprivate static func tooManySteps(_ count: Int, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0397",
      "a sequence of \(count) steps is calculated step by step, at most \(LayerScope.mostCalls) are possible",
      at: span.map { Label($0, "once for each step") },
      help:
        "make the sequence shorter in front of this layer: MaxPooling1D, Conv1D with 'strides', or shorter inputs"
    )
  }

  /// E0397: a model that is too large to look at.
  public static func tooManyCalls(at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0397", "the model calls layers more than \(LayerScope.mostCalls) times",
      at: span.map { Label($0, "called when there were as many already") },
      help: "models and layers that use each other twice double with each level; use fewer levels")
  }

  /// E0317: a layer called again with inputs that its weights do not fit.
  static func reshapedParameter(
    _ path: String, _ known: [Int], _ wanted: [Int], at span: SourceSpan?
  ) -> Diagnostic {
    func text(_ shape: [Int]) -> String { "(" + shape.map(String.init).joined(separator: ", ") + ")" }
    return Diagnostic(
      "E0317", "'\(path)' has the shape \(text(known)), this call needs \(text(wanted))",
      at: span.map { Label($0, "called again with other inputs") },
      help: "a shared layer has one set of weights, so all its inputs need the same last axis")
  }

  /// E0318: a condition that is not one number.
  static func undecidable(_ type: TensorType, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0318", "a condition must be a single number, found \(type)",
      at: span.map { Label($0, "decides what is computed") },
      help: "reduce it, as in 'if reduce_max(abs(z)) > 100', or choose number by number with 'where(c, a, b)'"
    )
  }
}
