import Config
import Diagnostics
public import GraphEngine
import KernelABI
import TensorCore

/// A layer that walks along the steps of a sequence with a state.
///
/// Inputs: the sequence, and the first states where they are not 0. Outputs: the last output or all, then the last
/// states if they are wanted. A masked step keeps the state and repeats the output.
public protocol RecurrentLayer: Layer {
  var settings: RecurrentSettings { get set }
  /// What its states are called, in order.
  var stateNames: [String] { get }
}

extension KerasDialects {
  /// What layers that walk along steps have in common.
  static let recurrent = KerasDialects(.recurrentCell) {
    $0.keras2.lacks = ["zero_output_for_mask"]
    $0.keras3.attributes = { parts, _ in ["cell"] + parts.dropFirst() }
    $0.differences = [
      .init("stateful layers that are given their first states", place: 5) { call, _ in
        (call.layer as? any RecurrentLayer)?.settings.stateful == true
          && call.inputs.count - call.named.values.count > 1
      }
    ]
  }

  static let recurrentCell = KerasDialects {
    $0.keras2.omits = ["seed"]
    $0.keras2.surplus = ["time_major", "implementation"]
  }
}

extension RecurrentLayer {
  public static var dialects: KerasDialects { .recurrent }

  public var signature: CallSignature {
    CallSignature(inputs: ["inputs", "initial_state"], endingInList: true, values: ["mask"])
  }

  /// What the outputs are called in `from:`.
  public var outputNames: [String] { ["output"] + (settings.returnState ? stateNames : []) }

  /// - Throws: E0316 for another number of values than a sequence, and its first states if there are any.
  func checkCount(of inputs: [Value], in scope: LayerScope) throws(Diagnostic) -> Value {
    let count = stateNames.count
    guard let sequence = inputs.first, inputs.count == 1 || inputs.count == 1 + count else {
      let words = count == 1 ? "one state" : count == 2 ? "two states" : "\(count) states"
      throw Diagnostic.inputCount(
        className, "a sequence and, if any, \(words)", inputs.count, at: scope.graph.origin)
    }
    return sequence
  }

  /// The mask of a sequence, and the part of it that this call heeds.
  func masks(of sequence: Value, besideStates: Bool, in scope: LayerScope) -> (known: Value?, used: Value?) {
    let known = scope.mask(of: sequence).flatMap {
      Array(sequence.type.dims[..<2]) == $0.type.dims ? $0 : nil
    }
    // Beside first states Keras 3 takes a mask only if the call names it.
    let isUsed = scope.semantics == .keras2 || !besideStates || scope.value("mask") != nil
    return (known, isUsed ? known : nil)
  }

  /// The states before the first step: those given, or where the last batch ended; none where they are 0.
  ///
  /// Keras 2 takes those given only as long as all that are kept are 0.
  /// - Parameter sizes: of each state of a sample.
  func firstStates(given: [Value], _ sizes: [Int], in scope: LayerScope) throws -> [Value] {
    guard settings.stateful else { return given }
    let kept = try sizes.enumerated().map { try scope.state(Self.stateName($0.offset), units: $0.element) }
    if given.isEmpty { return kept }
    guard scope.semantics == .keras2 else { return given }
    let counts = try kept.map { try ($0 .!= 0).sum() }
    let isFresh = try counts.dropFirst().reduce(counts[0]) { try $0 + $1 } .== 0
    return try zip(given, kept).map { try Value.select(isFresh, $0, $1) }
  }

  func keep(_ states: [Value], in scope: LayerScope) {
    guard settings.stateful else { return }
    for (index, state) in states.enumerated() { scope.keepState(Self.stateName(index), state) }
  }

  /// Keras calls all its states so.
  private static func stateName(_ index: Int) -> String { index == 0 ? "rnn_state" : "rnn_state_\(index)" }
}

/// A recurrent layer over (batch, steps, features) that is made of cells, each on top of the one before.
///
/// Weights, below the name of each cell: `kernel` (features, gates · units), `recurrent_kernel` (units, gates · units),
/// `bias` (gates · units).
public protocol CellLayer: RecurrentLayer {
  /// From the input to the output; at least one.
  var cells: [RecurrentCell] { get }
}

extension CellLayer {
  public var stateNames: [String] {
    cells.enumerated().flatMap { index, cell in
      ["h", "c"].prefix(cell.kind.states).map { cells.count == 1 ? $0 : "\($0)\(index)" }
    }
  }

  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let sequence = try checkCount(of: inputs, in: scope)
    guard sequence.type.rank == 3 else {
      throw Diagnostic(
        "E0301", "\(className) needs batch, steps and features, found \(sequence.type)",
        help: "Reshape or RepeatVector make steps; a recurrent layer before it needs 'return_sequences: true'"
      )
    }
    let cells = self.cells
    let (known, mask) = masks(of: sequence, besideStates: inputs.count > 1, in: scope)
    var steps = Steps(x: sequence, mask: mask)
    if settings.goBackwards {
      steps = Steps(x: try sequence.flipped([1]), mask: try mask?.flipped([1]))
    }
    let sizes = cells.flatMap { [Int](repeating: $0.settings.units, count: $0.kind.states) }
    let first = try firstStates(given: Array(inputs.dropFirst()), sizes, in: scope)
    var rest = first[...]
    var last: [Value] = []
    // All states of the cell on top, after each step.
    var top: Value?
    for cell in cells {
      if let below = top { steps.x = try below.transposed([1, 0, 2]) }
      let states = try cell.walk(steps, from: Array(rest.prefix(cell.kind.states)), of: className, in: scope)
      rest = rest.dropFirst(cell.kind.states)
      let units = cell.settings.units
      for index in 0..<cell.kind.states {
        last.append(
          try states.sliced(.at(-1), .all, .range(from: index * units, to: (index + 1) * units)))
      }
      top = try cell.kind.states == 1 ? states : states.sliced(.all, .all, .range(to: units))
    }
    keep(last, in: scope)
    guard let top, let own = cells.last else { return [] }
    let isMuted = mask != nil && (settings.zeroOutputForMask || !first.isEmpty)
    var output = last[last.count - own.kind.states]
    if settings.returnSequences || isMuted {
      output = try top.transposed([1, 0, 2])
      if isMuted, let mask = steps.mask { output = try muted(output, mask) }
      if settings.returnSequences {
        scope.setMask(known, of: output)
      } else {
        output = try output.sliced(.all, .at(-1))
      }
    }
    try scope.penalize(output, with: settings.activityRegularizer)
    return [output] + (settings.returnState ? last : [])
  }

  /// The outputs where masked steps do not give the state: 0, or, before the first step that counts, 0 whatever the
  /// first state is.
  private func muted(_ output: Value, _ mask: Value) throws -> Value {
    let isHeard = settings.zeroOutputForMask ? mask : try mask.cumulativeSum(along: 1) .> 0
    return try output * isHeard.expandingDimensions(at: 2)
  }
}

/// The part of a recurrent layer that is done at each step.
public struct RecurrentCell: Sendable {
  /// What its weights are below: `lstm_cell`.
  var path: String
  var kind: RecurrentTask.Kind
  var settings: RecurrentSettings
  var isTrainable = true
  /// What stands before the names of its random streams.
  var streams = ""

  /// The states after each step (steps, batch, states · units).
  fileprivate func walk(
    _ steps: Steps, from first: [Value], of className: String, in scope: LayerScope
  ) throws -> Value {
    let (graph, units, columns) = (scope.graph, settings.units, settings.units * kind.gates)
    let cell = path + "/"
    let features = try steps.x.knownLastAxis(for: className)
    let kernel = try scope.parameter(
      cell + "kernel", [features, columns], settings.kernel,
      isTrainable: isTrainable, layout: .panels)
    let recurrent = try scope.parameter(
      cell + "recurrent_kernel", [units, columns], settings.recurrent,
      isTrainable: isTrainable, layout: kind == .gruResetBefore ? .rowMajor : .panels)
    var x = steps.x
    if let kept = try kept(settings.dropout, features, "dropout", in: scope) {
      x = try x * kept.expandingDimensions(at: 1)
    }
    x = try graph.apply(MatMul(), x.transposed([1, 0, 2]), kernel)
    var operands = RecurrentOperands(x: x, kernel: recurrent, states: first)
    if first.isEmpty {
      let zero = graph.constant(0, [.batch, .size(units)])
      operands.states = Array(repeating: zero, count: kind.states)
    }
    if kind == .gru { operands.bias = graph.constant(0, [.size(units)]) }
    if settings.useBias {
      let bias = try scope.parameter(
        cell + "bias", kind == .gru ? [2, columns] : [columns], self.bias,
        isTrainable: isTrainable)
      if kind == .gru {
        // The part of the second bias that is not reset can be added beforehand.
        let own = try bias.sliced(.at(1))
        let isEarly = try graph.table([columns]) { $0 < 2 * units ? 1 : 0 }
        operands.x = try graph.apply(AddBias(), x, bias.sliced(.at(0)) + own * isEarly)
        operands.bias = try own.sliced(.range(from: 2 * units))
      } else {
        operands.x = try graph.apply(AddBias(), x, bias)
      }
    }
    operands.mask = steps.mask
    operands.dropout = try kept(settings.recurrentDropout, units, "recurrent_dropout", in: scope)
    let rule = RecurrentRule(
      kind, units: units, try settings.activation.gate(of: className, in: scope),
      try settings.recurrentActivation.gate(of: className, in: scope))
    return try rule.states(operands)
  }

  private var bias: WeightSettings {
    let isOpen = kind == .lstm && settings.unitForgetBias
    return isOpen ? settings.bias(openingGates: settings.units) : settings.bias
  }

  /// What the numbers of a sample are multiplied by at every step; `nil` where nothing is dropped.
  private func kept(_ rate: Double, _ count: Int, _ name: String, in scope: LayerScope) throws -> Value? {
    if scope.phase == .inference || rate == 0 { return nil }
    let op = GraphEngine.Dropout(rate: Float(rate), stream: scope.stream(streams + name, seed: settings.seed))
    return try scope.graph.apply(op, scope.graph.constant(1, [.batch, .size(count)]), scope.step)
  }
}

/// A sequence in the order in which it is walked along.
private struct Steps {
  var x: Value
  var mask: Value?
}

extension Activation {
  /// The function as the kernels of recurrent layers know it.
  /// - Throws: E0362 if its slope does not follow from its value, or if it mixes numbers.
  fileprivate func gate(of layer: String, in scope: LayerScope) throws -> GateFunction {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(2)]))
    let alone = LayerScope(
      graph: graph, phase: scope.phase, model: layer, seed: 0, semantics: scope.semantics)
    let y = try apply(x, in: alone)
    if y.id == x.id { return .linear }
    if case .op(let op, [x.id]) = graph.nodes[y.id].kind, let unary = op as? Unary,
      let gate = GateFunction(unary.function, unary.parameter)
    {
      return gate
    }
    throw Diagnostic(
      "E0362", "\(layer) cannot use '\(name)' within its steps",
      at: scope.graph.origin.map { .init($0, "computes with '\(name)'") },
      help: "use one of \(Self.gates.joined(separator: ", ")); any other can follow as a layer of its own")
  }

  private static let gates = [
    "tanh", "sigmoid", "relu", "hard_sigmoid", "linear", "elu", "selu", "softsign", "softplus", "leaky_relu",
    "relu6", "hard_tanh", "exponential",
  ]
}
