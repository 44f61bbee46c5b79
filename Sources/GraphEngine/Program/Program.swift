public import Diagnostics
public import KernelABI
public import Kernels
import TensorCore

/// What a program does with the gradients it computes.
public struct UpdatePlan {
  /// Laid out as the trained part of the slab.
  public var gradients: AlignedBuffer
  public var sinks: [(path: String, gradient: Value)]
  /// Set if an update is nothing but `w -= rate · g`: it can then be made where the gradient is.
  public var plainRate: UnsafePointer<Float>?
  /// What updates the weights once all gradients are there, one after another.
  public var passes: [UpdatePass]
  /// Numbers beside its gradient that an update reads and writes for each weight.
  public var slots: Int

  public init(
    gradients: AlignedBuffer, sinks: [(path: String, gradient: Value)], plainRate: UnsafePointer<Float>?,
    passes: [UpdatePass], slots: Int = 0
  ) {
    self.gradients = gradients
    self.sinks = sinks
    self.plainRate = plainRate
    self.passes = passes
    self.slots = slots
  }
}

/// A condition on data that a program was made for.
public struct Guard {
  /// A single number; not 0 holds.
  public var condition: Value
  public var expected: Bool

  public init(_ condition: Value, expected: Bool) {
    self.condition = condition
    self.expected = expected
  }
}

/// What a model keeps from one run to the next.
public struct StatePlan {
  /// Where the states lie; each has the batch as its first axis.
  public var slab: ParameterSlab
  /// What states are at the end of a run; those that are not named stay as they are.
  public var next: [(path: String, value: Value)]

  public init(_ slab: ParameterSlab, next: [(path: String, value: Value)]) {
    self.slab = slab
    self.next = next
  }
}

/// One pass over the trained parameters; every thread ends it before the next one begins.
public enum UpdatePass {
  /// Treats any range of the numbers by itself: those not updated where their gradient was made are shared out.
  case ranges((Range<Int>) -> Void)
  /// Shares out its work itself.
  case whole(Step)
}

/// A graph compiled for one batch size: a flat list of bound kernel calls over one arena.
///
/// All memory is laid out when the program is made; ``run()`` allocates nothing. Not `Sendable`: one task drives
/// it, and the pool's threads run each step together.
public final class Program {
  public let batch: Int
  public private(set) var lines: [Line] = []
  public let arena: AlignedBuffer
  private let parameters: ParameterSlab
  private let states: ParameterSlab?
  private let kernels: KernelTable
  private let pool: WorkerPool
  private let workspaces: AlignedBuffer
  package let nodes: [Graph.Node]
  /// Which of the nodes each value of the graph is.
  private let numbers: [Int]
  package let plan: MemoryPlan
  private var steps: [Step] = []
  private var job: (Int) -> Void = { _ in }
  private let clock: StepClock?
  private var recorder: StepRecorder?
  /// What steps need beside the arena: unpacked copies of parameters.
  private var extras: [AlignedBuffer] = []
  /// Where runs end early: after which step, if the number there is not as assumed.
  private var checks: [(step: Int, condition: UnsafePointer<Float>, expected: Bool)] = []
  private let failed = UnsafeMutablePointer<Int>.allocate(capacity: 1)

  /// Below this many floating-point operations one thread is faster than two: about 10 microseconds of work.
  public static let parallelThreshold = 1_000_000

  /// - Parameters:
  ///   - kept: values that are read after a run.
  ///   - guards: conditions that must be as assumed, in the order they are computed.
  ///   - assignments: parameters that get a new value at the end of a run.
  ///   - states: what is kept from the last run, and for the next one.
  ///   - prologue: what fills the inputs, run by all threads before the first step.
  ///   - isFrugal: whether values are computed again where that saves memory; results have the same bits.
  ///   - parallelThreshold: floating-point operations from which on all threads of the pool take part.
  ///   - clock: if given, every step is timed by it; see ``times``.
  /// - Throws: E0315 if the machine has not the memory.
  public init(
    _ graph: Graph, keeping kept: [Value], batch: Int, parameters: ParameterSlab, update: UpdatePlan? = nil,
    guards: [Guard] = [], assignments: [(path: String, value: Value)] = [], states: StatePlan? = nil,
    prologue: Step? = nil,
    isFrugal: Bool = false, pool: WorkerPool, kernels: KernelTable = Kernels.kernels,
    parallelThreshold: Int = Program.parallelThreshold, clock: StepClock? = nil
  ) throws(Diagnostic) {
    self.batch = batch
    self.clock = clock
    self.parameters = parameters
    self.states = states?.slab
    self.kernels = kernels
    self.pool = pool
    var nodes = graph.nodes
    let sinks = update?.sinks ?? []
    // Conditions are kept: a fast thread may be steps ahead when a slow one looks at them.
    let watched =
      guards.map(\.condition.id) + assignments.map(\.value.id) + (states?.next ?? []).map(\.value.id)
    let roots = kept.map(\.id) + sinks.map(\.gradient.id) + watched
    foldConstants(&nodes, batch: batch, kernels)
    for pass in Passes.all { pass(&nodes, roots) }
    let uses = Passes.uses(nodes, roots)
    // A gradient that nothing else reads is written where the optimizer wants it.
    var direct: [Int: ParameterSlab.Entry] = [:]
    for sink in sinks {
      let entry = parameters.entry(sink.path)
      guard let op = nodes[sink.gradient.id].op, !op.isAlias, uses[sink.gradient.id] == 1 else { continue }
      if entry.spec.layout == .rowMajor || op.writesPanels { direct[sink.gradient.id] = entry }
    }
    var numbers = Array(nodes.indices)
    if isFrugal {
      numbers = Recompute.apply(to: &nodes, keeping: roots, pinned: Set(direct.keys), batch: batch)
      direct = Dictionary(uniqueKeysWithValues: direct.map { (numbers[$0], $1) })
    }
    self.nodes = nodes
    self.numbers = numbers
    plan = MemoryPlan(nodes, keeping: roots.map { numbers[$0] }, pinned: Set(direct.keys)) {
      Layout.rowMajor.footprint(of: $0.type.shape(batch: batch))
    }
    try MemoryNeed.check(plan.arenaCount, for: "a step of \(batch) samples")
    arena = AlignedBuffer(plan.arenaCount)
    workspaces = AlignedBuffer(GemmTask.workspace * pool.count)

    var fused: Set<String> = []
    var lastStep: [Int: Int] = [:]
    for (id, node) in nodes.enumerated() where plan.isLive[id] {
      switch node.kind {
      case .leaf(.constant(let value)):
        let place = place(of: id)
        place.pointer.update(repeating: value, count: place.count)
      case .leaf(.table(let table)): table.write(to: place(of: id).pointer)
      case .leaf: continue
      case .op(let op, let operands):
        if op.isAlias { continue }
        let output: Place
        var fusion: FusedUpdate?
        if let entry = direct[id], let update {
          output = parameters.place(entry.spec.path, in: update.gradients.pointer)
          if let rate = update.plainRate, op.updatesWeights, canFuse(entry, at: id, operands, plan) {
            fusion = FusedUpdate(weights: parameters.storage.pointer + entry.offset, rate: rate)
            fused.insert(entry.spec.path)
          }
        } else {
          output = place(of: id)
        }
        let inputs = operands.enumerated().map {
          input($1, readsPanels: op.readsPanels($0), for: node.purpose)
        }
        let site = BindSite(kernels: kernels, inputs: inputs, output: output, update: fusion)
        let offset = direct[id] == nil ? plan.offsets[id] : nil
        append(op.bind(site), Line(op, site, node.purpose, offset: offset))
        lastStep[id] = steps.count
      }
    }
    for guarded in guards {
      checks.append(
        (
          lastStep[root(of: numbers[guarded.condition.id])] ?? 0, place(guarded.condition).input,
          guarded.expected
        ))
    }
    if let update { appendUpdate(update, direct: Set(direct.keys), fused: fused) }
    for (path, value) in assignments {
      append("assign", value, to: parameters.place(path, in: parameters.storage.pointer))
    }
    if let states {
      for (path, value) in states.next {
        append("keep", value, to: states.slab.place(path, in: states.slab.storage.pointer))
      }
    }
    seal(prologue, parallelThreshold)
  }

  deinit { failed.deallocate() }

  /// Runs every step once, up to the first condition that is not as assumed.
  ///
  /// Nothing has been changed outside the program when a condition fails: updates come last.
  /// - Returns: the number of that condition, or `nil` if all were as assumed.
  @discardableResult public func run() -> Int? {
    failed.pointee = -1
    job(0)
    return failed.pointee < 0 ? nil : failed.pointee
  }

  /// The most floats that are needed at one time: no arena for this list of steps can be smaller.
  public var leastArena: Int { plan.leastCount }

  /// What each step took so far, if the program was given a clock.
  public var times: StepTimes? { recorder?.times }

  /// Where a kept value or an input is.
  public func place(_ value: Value) -> Place { place(of: numbers[value.id]) }

  private func place(of id: Int) -> Place {
    let shape = nodes[id].type.shape(batch: batch)
    if let op = nodes[id].op, op.isAlias { return place(of: nodes[id].operands[0]).part(of: op, shape) }
    if case .leaf(.parameter(let path)) = nodes[id].kind {
      return parameters.place(path, in: parameters.storage.pointer)
    }
    if case .leaf(.state(let path)) = nodes[id].kind {
      guard let states else { preconditionFailure("no memory for the state \(path)") }
      return states.place(path, in: states.storage.pointer)
    }
    guard let offset = plan.offsets[id] else {
      preconditionFailure("node \(id) has no memory: it was not kept")
    }
    return Place(arena.pointer + offset, shape)
  }

  /// An operand as the op can read it: a parameter in panels may have to be unpacked first, and always if it is
  /// seen with another shape.
  private func input(_ id: Int, readsPanels: Bool, for purpose: Graph.Purpose) -> Place {
    if let op = nodes[id].op, op.isAlias {
      return input(nodes[id].operands[0], readsPanels: false, for: purpose)
        .part(of: op, nodes[id].type.shape(batch: batch))
    }
    let place = place(of: id)
    guard place.layout == .panels && !readsPanels else { return place }
    let copy = AlignedBuffer(place.count)
    extras.append(copy)
    let (kernels, from, to, rows, columns) = (
      kernels, place.input, copy.pointer, place.rows, place.columns
    )
    append(
      { if $0.part == 0 { kernels.fromPanels(from, to, rows, columns) } },
      Line(copying: place, "unpack", purpose))
    return Place(copy.pointer, place.shape)
  }

  /// The weights may change where their gradient is made if nothing reads them afterwards, and if the sum over
  /// the batch is short enough to stay in registers.
  private func canFuse(
    _ entry: ParameterSlab.Entry, at id: Int, _ operands: [Int], _ plan: MemoryPlan
  ) -> Bool {
    let depth = place(of: operands[0]).rows
    guard depth <= nodes[id].op?.longestFusedSum ?? 0 else { return false }
    return !nodes.indices.contains { later in
      later > id && plan.isLive[later]
        && nodes[later].operands.contains { operand in
          if case .leaf(.parameter(entry.spec.path)) = nodes[root(of: operand)].kind { true } else { false }
        }
    }
  }

  /// The node whose memory an alias shows.
  private func root(of id: Int) -> Int {
    nodes[id].op?.isAlias == true ? root(of: nodes[id].operands[0]) : id
  }

  /// Moves gradients that were not made in place, then updates what was not updated where its gradient was made.
  private func appendUpdate(_ update: UpdatePlan, direct: Set<Int>, fused: Set<String>) {
    for sink in update.sinks where !direct.contains(numbers[sink.gradient.id]) {
      append("collect", sink.gradient, to: parameters.place(sink.path, in: update.gradients.pointer))
    }
    var ranges: [Range<Int>] = []
    for entry in parameters.entries where entry.spec.isTrainable && !fused.contains(entry.spec.path) {
      let range = entry.offset..<entry.offset + entry.footprint
      if let last = ranges.last, last.upperBound == range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
    }
    for pass in update.passes {
      let line = Line(updating: ranges.map(\.count), slots: update.slots)
      switch pass {
      case .whole(let step): append(step, line)
      case .ranges(let apply):
        append(
          { worker in
            for range in ranges {
              let share = worker.share(of: range.count, grain: 16)
              if !share.isEmpty {
                apply(range.lowerBound + share.lowerBound..<range.lowerBound + share.upperBound)
              }
            }
          }, line)
      }
    }
  }

  /// Copies a value to where it lies as a parameter does.
  private func append(_ name: String, _ value: Value, to: Place) {
    let from = place(value)
    let (kernels, count, rows, columns) = (kernels, from.count, to.rows, to.columns)
    let line = Line(copying: to, name, nodes[numbers[value.id]].purpose.on(.update))
    switch to.layout {
    case .rowMajor: append({ if $0.part == 0 { to.pointer.update(from: from.pointer, count: count) } }, line)
    case .panels:
      append({ if $0.part == 0 { kernels.toPanels(from.input, to.pointer, rows, columns) } }, line)
    }
  }

  private func append(_ step: @escaping Step, _ line: Line) {
    steps.append(step)
    lines.append(line)
  }

  /// Makes the closure that ``run()`` calls, so that a run makes none.
  private func seal(_ prologue: Step?, _ parallelThreshold: Int) {
    let first = prologue == nil ? 0 : 1
    var steps = (prologue.map { [$0] } ?? []) + steps
    let stops = checks.map { (step: $0.step + first, condition: $0.condition, expected: $0.expected) }
    let failed = failed
    let (pool, memory) = (pool, workspaces)
    let isSerial = pool.count == 1 || lines.map(\.cost).reduce(0, +) < parallelThreshold
    let parts = isSerial ? 1 : pool.count
    if let clock {
      let recorder = StepRecorder(prologue == nil ? lines : [feedLine] + lines, parts: parts, clock)
      steps = steps.enumerated().map { recorder.timing($1, as: $0) }
      self.recorder = recorder
    }
    // The pool keeps the job it ran last: a job that kept the pool would keep its threads, and all memory of the program,
    // for ever.
    let threads = Unmanaged.passUnretained(pool)
    let part: (Int) -> Void = { [steps] part in
      let worker = Worker(part: part, parts: parts, workspace: memory.pointer + part * GemmTask.workspace)
      var next = 0
      for (i, step) in steps.enumerated() {
        // Conditions that no step makes, such as a constant, are looked at before the first.
        while next < stops.count, stops[next].step == i {
          if (stops[next].condition.pointee != 0) != stops[next].expected {
            if part == 0 { failed.pointee = next }
            return
          }
          next += 1
        }
        step(worker)
        if parts > 1 { threads._withUnsafeGuaranteedRef { $0.barrier() } }
      }
    }
    job = isSerial ? part : { _ in pool.run(part) }
    if let recorder { job = { [job] in recorder.timing(job, $0) } }
  }

  /// What fills the inputs, as a step.
  private var feedLine: Line {
    let inputs = nodes.indices.filter { id in
      if case .leaf(.input) = nodes[id].kind { plan.isLive[id] } else { false }
    }
    var line = Line(name: "feed", shape: [batch], cost: 0, purpose: Graph.Purpose("(input)"))
    line.bytesWritten = 4 * inputs.map { nodes[$0].type.shape(batch: batch).reduce(1, *) }.reduce(0, +)
    return line
  }
}
