public import Diagnostics
public import KernelABI
import TensorCore

/// What a recurrent layer does at each step: its kind, its size and the functions of its gates.
public struct RecurrentRule: Hashable, Sendable {
  public var kind: RecurrentTask.Kind
  public var units: Int
  public var activation: GateFunction
  public var recurrentActivation: GateFunction

  public init(
    _ kind: RecurrentTask.Kind, units: Int, _ activation: GateFunction = .tanh,
    _ recurrentActivation: GateFunction = .sigmoid
  ) {
    self.kind = kind
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
  }
}

/// What goes into a recurrence.
public struct RecurrentOperands {
  /// The projected input (steps, batch, gates · units), biases added.
  public var x: Value
  /// (units, gates · units).
  public var kernel: Value
  /// The first states (batch, units): h, and the cell's of `lstm`.
  public var states: [Value]
  /// Added to the last third of the product (units); `gru` only, and needed there.
  public var bias: Value?
  /// (batch, steps): where it is 0 a step changes nothing.
  public var mask: Value?
  /// What h is multiplied by before the product (batch, units).
  public var dropout: Value?

  public init(x: Value, kernel: Value, states: [Value]) {
    self.x = x
    self.kernel = kernel
    self.states = states
  }
}

extension RecurrentRule {
  /// The states after each step (steps, batch, states · units): h, in `lstm` followed by c.
  /// - Throws: E0301 if shapes do not fit.
  public func states(_ operands: RecurrentOperands) throws(Diagnostic) -> Value {
    let scan = RecurrentScan(
      rule: self, hasMask: operands.mask != nil, hasDropout: operands.dropout != nil)
    var all = [operands.x, operands.kernel] + operands.states
    for more in [operands.bias, operands.mask, operands.dropout] { if let more { all.append(more) } }
    let record = try operands.x.graph.apply(scan, all)
    return try operands.x.graph.apply(RecurrentStates(scan: scan), [record] + all)
  }
}

/// A recurrence over all steps, with everything that the way back needs; see ``RecurrentTask/Kind/record``.
///
/// Operands: the projected input, the recurrent kernel, the first states, and the bias, mask and dropout there are.
struct RecurrentScan: Op {
  static let name = "recurrent"
  let rule: RecurrentRule
  let hasMask: Bool
  let hasDropout: Bool

  private var hasBias: Bool { rule.kind == .gru }
  private var operandCount: Int {
    2 + rule.kind.states + (hasBias ? 1 : 0) + (hasMask ? 1 : 0) + (hasDropout ? 1 : 0)
  }

  func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands.count == operandCount else {
      throw ShapeError("a recurrence of \(rule.kind.states) states cannot take \(operands.count) values")
    }
    let (x, units) = (operands[0], Dim.size(rule.units))
    let columns = Dim.size(rule.units * rule.kind.gates)
    guard x.rank == 3, x.dims[2] == columns else {
      throw ShapeError("a recurrence needs steps, batch and \(columns), found \(x)", operand: 0)
    }
    let (steps, batch) = (try x.size(of: 0, to: "walked along"), x.dims[1])
    var wanted = [[units, columns]] + Array(repeating: [batch, units], count: rule.kind.states)
    if hasBias { wanted.append([units]) }
    if hasMask { wanted.append([batch, .size(steps)]) }
    if hasDropout { wanted.append([batch, units]) }
    for (i, dims) in wanted.enumerated() where operands[i + 1].dims != dims {
      throw ShapeError(
        "a recurrence over \(x) needs \(TensorType(dims)), found \(operands[i + 1])", operand: i + 1)
    }
    return TensorType([.size(steps + 1), batch, .size(rule.kind.record * rule.units)])
  }

  /// What is kept has no derivative of its own: ``RecurrentStates`` has.
  func pullback(_ c: PullbackContext) throws -> [Value?] { c.operands.map { _ in nil } }

  func readsPanels(_ operand: Int) -> Bool { operand == 1 && rule.kind != .gruResetBefore }

  func flops(_ operands: [[Int]], _ result: [Int]) -> Int { productFlops(operands[1], result) }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { productCost(operands[1], result) }

  /// One product a step; the record has a place more than there are steps.
  func productFlops(_ kernel: [Int], _ record: [Int]) -> Int {
    record[0] * (record[1] - 1) * 2 * kernel.reduce(1, *)
  }

  func productCost(_ kernel: [Int], _ record: [Int]) -> Int {
    record[0] * record[1] * (2 * kernel.reduce(1, *) + 12 * (kernel.last ?? 1))
  }

  func bind(_ site: BindSite) -> Step {
    var task = task(Array(site.inputs.dropFirst()), record: site.output)
    task.x = site.inputs[0].input
    let (kernels, batch) = (site.kernels, task.batch)
    return { [task] worker in
      let share = worker.share(of: batch)
      withUnsafePointer(to: task) {
        kernels.recurrent($0, share.lowerBound, share.upperBound, worker.workspace)
      }
    }
  }

  /// - Parameter inputs: the operands after the projected input.
  func task(_ inputs: [Place], record: Place) -> RecurrentTask {
    let kernel = inputs[0]
    var task = RecurrentTask(
      rule.kind, batch: record.shape[1], steps: record.shape[0] - 1, units: rule.units, rule.activation,
      rule.recurrentActivation, kernel: kernel.input,
      kernelPanel: kernel.layout == .panels ? rule.units * 16 : 0, h: inputs[1].input, record: record.pointer)
    var rest = inputs[2...]
    if rule.kind == .lstm { task.c = rest.popFirst()?.input }
    if hasBias { task.bias = rest.popFirst()?.input }
    if hasMask { task.mask = rest.popFirst()?.input }
    if hasDropout { task.dropout = rest.popFirst()?.input }
    return task
  }
}

/// The states of each step, and the way back through all of them.
///
/// Operands: what ``RecurrentScan`` made, and its operands.
struct RecurrentStates: Op {
  static let name = "recurrent_states"
  let scan: RecurrentScan

  func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[1]
    return TensorType([x.dims[0], x.dims[1], .size(scan.rule.kind.states * scan.rule.units)])
  }

  func readsPanels(_ operand: Int) -> Bool { operand == 2 }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (rule, graph) = (scan.rule, c.gradient.graph)
    let (units, steps) = (rule.units, AxisSlice.range(to: -1))
    let back = try graph.apply(
      RecurrentGradient(scan: scan), [c.gradient, c.operands[0]] + c.operands[2...])
    func columns(_ first: Int, _ count: Int) -> AxisSlice {
      .range(from: first * units, to: (first + count) * units)
    }
    var x: Value
    if rule.kind == .gru {
      let parts = [
        try back.sliced(steps, .all, columns(0, 2)), try back.sliced(steps, .all, columns(3, 1)),
      ]
      x = try Value.concatenate(parts)
    } else {
      x = try back.sliced(steps, .all, columns(0, rule.kind.gates))
    }
    let kernel = try graph.apply(RecurrentKernelGradient(rule: rule), c.operands[0], back)
    var pieces: [Value?] = [nil, x, kernel]
    for state in 0..<rule.kind.states { pieces.append(try back.sliced(.at(-1), .all, columns(state, 1))) }
    if rule.kind == .gru {
      pieces.append(try back.sliced(steps, .all, columns(2, 1)).sum(over: [0, 1]))
    }
    return pieces + Array(repeating: nil, count: c.operands.count - pieces.count)
  }

  func bind(_ site: BindSite) -> Step {
    let (record, y) = (site.inputs[0], site.output)
    let (from, to, width, columns) = (record.input, y.pointer, record.columns, y.columns)
    let (rows, units) = (y.rows, scan.rule.units)
    return { worker in
      for row in worker.share(of: rows) {
        (to + row * columns).update(from: from + row * width + units, count: columns)
      }
    }
  }
}

/// The gradients that ``RecurrentTask/Kind/gradient`` lists.
///
/// Operands: the gradient of the states, what ``RecurrentScan`` made, and its operands without the first.
struct RecurrentGradient: Op {
  static let name = "recurrent_gradient"
  let scan: RecurrentScan

  func infer(_ operands: [TensorType]) -> TensorType {
    let record = operands[1]
    return TensorType(record.dims.dropLast() + [.size(scan.rule.kind.gradient * scan.rule.units)])
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  func readsPanels(_ operand: Int) -> Bool { operand == 2 && scan.rule.kind != .gruResetBefore }

  func flops(_ operands: [[Int]], _ result: [Int]) -> Int { scan.productFlops(operands[2], result) }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { scan.productCost(operands[2], result) }

  func bind(_ site: BindSite) -> Step {
    var task = scan.task(Array(site.inputs.dropFirst(2)), record: site.inputs[1])
    task.stateGradient = site.inputs[0].input
    task.gradient = site.output.pointer
    let (kernels, batch) = (site.kernels, task.batch)
    return { [task] worker in
      let share = worker.share(of: batch)
      withUnsafePointer(to: task) {
        kernels.recurrentGradient($0, share.lowerBound, share.upperBound, worker.workspace)
      }
    }
  }
}

/// The gradient of the recurrent kernel: one product over all samples and steps.
///
/// Operands: what ``RecurrentScan`` made, what ``RecurrentGradient`` made.
struct RecurrentKernelGradient: Op {
  static let name = "recurrent_kernel_gradient"
  let rule: RecurrentRule

  func infer(_ operands: [TensorType]) -> TensorType {
    TensorType([.size(rule.units), .size(rule.kind.gates * rule.units)])
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  var writesPanels: Bool { rule.kind != .gruResetBefore }

  func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    2 * operands[0].dropLast().reduce(1, *) * result.reduce(1, *)
  }

  func bind(_ site: BindSite) -> Step {
    let (record, back, y, u) = (site.inputs[0], site.inputs[1], site.output, rule.units)
    var task = GemmTask(
      m: u, n: y.columns, k: record.rows, a: record.input, aRow: 1, aColumn: record.columns, b: back.input,
      c: y.pointer, cRow: y.columns)
    task.bRow = back.columns
    if y.layout == .panels { task.cPanel = u * 16 }
    let kernels = site.kernels
    guard rule.kind == .gruResetBefore else {
      return { [task] worker in
        var block = task.block(for: worker, splitsColumns: true)
        kernels.gemm(&block, worker.workspace)
      }
    }
    // The candidate's product was with the state that was reset.
    task.n = 2 * u
    var candidate = task
    candidate.n = u
    candidate.a += 4 * u
    candidate.b += 2 * u
    candidate.c += 2 * u
    return { [task, candidate] worker in
      var block = task.block(for: worker, splitsColumns: true)
      kernels.gemm(&block, worker.workspace)
      block = candidate.block(for: worker, splitsColumns: true)
      kernels.gemm(&block, worker.workspace)
    }
  }
}
