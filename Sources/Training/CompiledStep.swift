import Datasets
import Diagnostics
import GraphEngine
import KernelABI
import Kernels
import Layers
import Losses
import Optimizers
import TensorCore

/// A model compiled with its losses and metrics for one batch size, one length of its sequences and one way through its
/// conditions on data.
final class CompiledStep {
  let batch: Int
  /// What padded sequences are cut to; `nil` where the model takes what the data have.
  let length: Int?
  /// How the model's conditions on data go here.
  let decisions: [Bool]
  let totals: StepTotals
  let outputs: [Place]
  let program: Program
  /// Brings parameters back into their bounds; run after the update.
  private let constraints: Program?
  /// Gives parameters new values before a training step.
  private let preparations: Program?
  private let feed: Feed
  private let step: UnsafeMutableRawPointer?

  /// - Throws: `Diagnostic` E03xx if the data do not fit the model, or the targets its outputs, or if a layer cannot be
  ///   trained.
  init(_ site: StepSite, cutTo length: Int?, assuming assumed: [Bool]) throws {
    batch = site.batch
    self.length = length
    let built = site.built
    let trace = try Trace(
      built.model, phase: site.state == nil ? .inference : .training, seed: built.seed,
      semantics: built.semantics, assuming: assumed,
      taking: built.inputTypes(for: site.part, cutTo: length))
    if site.state != nil, let obstacle = trace.scope.obstacles.first { throw obstacle }
    decisions = trace.scope.decisions.map(\.outcome)
    try Self.checkParameters(trace, built)
    let graph = trace.graph
    let targets = Targets(graph, site.part, built.model.outputNames, cutTo: length)
    let objective = try Objective(trace, site, targets)
    var update: UpdatePlan?
    if let state = site.state, let loss = try objective.loss.map(state.settings.optimizer.common.scaled) {
      // Parameters of layers that are not called on this way have a gradient, too: 0.
      let trained = built.slab.entries.map(\.spec).filter(\.isTrainable)
      let leaves = trained.map { graph.leaf(.parameter($0.path), TensorType($0.shape.map { .size($0) })) }
      let gradients = try graph.gradients(of: loss, for: leaves)
      update = state.update(zip(trained.map(\.path), gradients).map { ($0, $1) })
    }
    let feed = Feed(kernels: site.kernels)
    let isStepUsed = graph.hasLeaf(.input("step"))
    let kept = trace.inputs + trace.outputs + targets.leaves.map(\.value) + objective.kept
    let program = try Program(
      graph, keeping: kept + (isStepUsed ? [trace.scope.step] : []), batch: batch, parameters: built.slab,
      update: update, guards: trace.scope.decisions.map { Guard($0.condition, expected: $0.outcome) },
      assignments: site.state == nil ? [] : trace.scope.updates,
      states: StatePlan(built.states, next: trace.scope.nextStates),
      prologue: { [unowned feed] in feed.fill($0) }, isFrugal: site.state?.memoryUse == .low, pool: site.pool,
      kernels: site.kernels, clock: site.clock)
    self.program = program
    self.feed = feed
    for (input, value) in zip(built.model.inputs, trace.inputs) {
      let column = try site.part.feature(input.name, of: built.model).giving(
        value.type, cutTo: length, "E0304", "the input '\(input.name)' takes samples")
      feed.connect(column, to: program.place(value), as: value.type.element)
    }
    for (output, value) in targets.leaves {
      let column = try site.part.target(output, of: built.model).giving(
        value.type, cutTo: length, "E0306", "the loss and the metrics of '\(output)' want targets")
      feed.connect(column, to: program.place(value), as: value.type.element)
    }
    if let weights = objective.sampleWeights, let column = site.part.sampleWeights {
      feed.connect(column, to: program.place(weights), as: .float32)
    }
    constraints = site.state == nil ? nil : try Self.constraints(trace, site)
    preparations = site.state == nil ? nil : try Self.preparations(trace, site)
    outputs = trace.outputs.map { program.place($0) }
    step = isStepUsed ? UnsafeMutableRawPointer(program.place(trace.scope.step).pointer) : nil
    totals = StepTotals(objective, program)
  }

  /// - Throws: E0337 if a layer is called for the first time on this way, so that its weights were never made.
  static func checkParameters(_ trace: Trace, _ built: BuiltModel) throws(Diagnostic) {
    let known = Set(built.slab.entries.map(\.spec.path))
    let states = Set(built.states.entries.map(\.spec.path))
    let missing =
      trace.scope.parameters.map(\.spec.path).first { !known.contains($0) }
      ?? trace.scope.stateSpecs.map(\.path).first { !states.contains($0) }
    if let missing {
      throw Diagnostic(
        "E0337", "'\(missing)' is needed on a way through the model that was not foreseen",
        help:
          "only the first \(Trace.mostWays) ways are followed ahead of time; call the layer on each of them")
    }
  }

  private static func constraints(_ trace: Trace, _ site: StepSite) throws -> Program? {
    guard !trace.scope.constraints.isEmpty else { return nil }
    let graph = Graph()
    let bounded = try trace.scope.constraints.map { path, constraint in
      let type = TensorType(site.built.slab.entry(path).spec.shape.map { .size($0) })
      return (path: path, value: try constraint.constrained(graph.leaf(.parameter(path), type)))
    }
    return try Program(
      graph, keeping: [], batch: site.batch, parameters: site.built.slab, assignments: bounded,
      pool: site.pool, kernels: site.kernels)
  }

  private static func preparations(_ trace: Trace, _ site: StepSite) throws -> Program? {
    guard !trace.scope.preparations.isEmpty else { return nil }
    let graph = Graph()
    let values = try trace.scope.preparations.flatMap { try $0.values(graph) }
    return try Program(
      graph, keeping: [], batch: site.batch, parameters: site.built.slab, assignments: values,
      pool: site.pool, kernels: site.kernels)
  }

  /// Makes the parameters ready for a step; once for each, however often it has to be run.
  @inline(__always) func prepare() { if let preparations { preparations.run() } }

  /// Runs one batch.
  ///
  /// - Parameter iteration: numbers the random draws of this step.
  /// - Returns: the number of the first condition that did not go as assumed; nothing was changed then.
  @inline(__always) func run(_ rows: UnsafePointer<Int32>, iteration: Int) -> Int? {
    feed.rows = rows
    step?.storeBytes(of: UInt64(iteration), as: UInt64.self)
    let failed = program.run()
    if failed == nil, let constraints { constraints.run() }
    return failed
  }
}

/// What a step is made of and where it runs.
struct StepSite {
  let built: BuiltModel
  let settings: CompileSettings?
  let part: DataPart
  let batch: Int
  /// Set for a training step, which ends with an update of the weights.
  let state: TrainingState?
  let pool: WorkerPool
  let kernels: KernelTable
  /// If given, every step of the program is timed.
  let clock: StepClock?
  /// The lengths of the rows of each padded sequence; batches are cut to the longest of theirs.
  let lengths: [[Int32]]

  /// What the sequences of a batch are cut to.
  @inline(__always) func length(of rows: UnsafePointer<Int32>) -> Int? {
    if lengths.isEmpty { return nil }
    var longest: Int32 = 1
    for own in lengths { for r in 0..<batch { longest = max(longest, own[Int(rows[r])]) } }
    return Int(longest)
  }
}

/// What one batch gave: means of losses, and what each metric adds to its totals.
struct StepTotals {
  /// The sum of all losses with their weights, and of the regularizers.
  let loss: UnsafePointer<Float>?
  /// The mean of each output's own loss.
  let losses: [UnsafePointer<Float>?]
  /// By output.
  let metrics: [[BatchSums]]

  /// Runs of numbers, and how many values they sum up where a mean is wanted.
  struct BatchSums {
    let runs: [UnsafeBufferPointer<Float>]
    let valueCount: Int?
    /// Numbers in all.
    var count: Int { runs.map(\.count).reduce(0, +) + (valueCount == nil ? 0 : 1) }

    /// Adds the batch to totals.
    @inline(__always) func add(to totals: inout [Double]) {
      var next = 0
      for run in runs {
        for x in run {
          totals[next] += Double(x)
          next += 1
        }
      }
      if let valueCount { totals[next] += Double(valueCount) }
    }
  }

  fileprivate init(_ objective: Objective, _ program: Program) {
    loss = objective.loss.map { program.place($0).input }
    losses = objective.losses.map { $0.map { program.place($0).input } }
    metrics = objective.metrics.map {
      $0.map { sums, count in
        let places = sums.map { program.place($0) }
        return BatchSums(
          runs: places.map { UnsafeBufferPointer(start: $0.input, count: $0.count) }, valueCount: count)
      }
    }
  }
}

/// The losses and metrics of a trace as graph nodes.
struct Objective {
  var loss: Value?
  var losses: [Value?] = []
  var metrics: [[(sums: [Value], count: Int?)]] = []
  var sampleWeights: Value?

  init(_ trace: Trace, _ site: StepSite, _ targets: Targets) throws {
    guard let settings = site.settings else { return }
    let graph = trace.graph
    if site.part.sampleWeights != nil, settings.countsWeights {
      sampleWeights = graph.leaf(.input("sample_weight"), TensorType([.batch]))
    }
    var terms: [Value] = []
    for (i, (output, value)) in zip(settings.outputs, trace.outputs).enumerated() {
      let name = targets.names[i]
      var mean: Value?
      graph.purpose.layer = "(loss)"
      if let loss = output.loss {
        let wanted = loss.target(for: value.type, offered: targets.offered(for: name))
        let target = targets.leaf(wanted, of: name)
        let own = try loss.reduced(
          target, value, weights: sampleWeights, steps: trace.scope.liveMask(of: value), site.built.semantics)
        mean = own
        terms.append(
          output.weight == 1
            ? own : try graph.apply(Affine(scale: Float(output.weight), offset: 0), own))
      }
      losses.append(mean)
      graph.purpose.layer = "(metrics)"
      metrics.append(
        try output.metrics.map { named in
          let wanted = named.metric.target(for: value.type, offered: targets.offered(for: name))
          let target = targets.leaf(wanted, of: name)
          let weights = named.isWeighted ? sampleWeights : nil
          let (sums, counted) = try named.metric.sums(target, value, weights: weights, site.built.semantics)
            .added(weights: weights, steps: trace.scope.liveMask(of: value))
          return (sums, counted?.shape(batch: site.batch).reduce(1, *))
        })
    }
    graph.purpose.layer = "(loss)"
    // Keras adds the losses up in the outputs' order, then the regularizers.
    for term in terms + trace.scope.losses {
      loss = try loss.map { try graph.apply(Binary(.add), $0, term) } ?? term
    }
  }

  var kept: [Value] {
    (loss.map { [$0] } ?? []) + losses.compactMap { $0 } + metrics.flatMap { $0.flatMap(\.sums) }
      + (sampleWeights.map { [$0] } ?? [])
  }
}

/// The targets of a graph: a leaf for each output and each type that its loss and its metrics want.
final class Targets {
  let names: [String]
  private(set) var leaves: [(output: String, value: Value)] = []
  private let graph: Graph
  private let part: DataPart
  private let length: Int?

  init(_ graph: Graph, _ part: DataPart, _ names: [String], cutTo length: Int?) {
    self.graph = graph
    self.length = length
    self.part = part
    self.names = names
  }

  func offered(for output: String) -> TensorType {
    part.targets.member(for: output, of: names.count)?.type(cutTo: length) ?? TensorType([.batch])
  }

  func leaf(_ type: TensorType, of output: String) -> Value {
    let value = graph.leaf(.input("y/\(output)/\(type.element.rawValue)/\(type)"), type)
    if !leaves.contains(where: { $0.value.id == value.id }) { leaves.append((output, value)) }
    return value
  }
}

extension DataPart {
  func feature(_ name: String, of model: any Model) -> Column? {
    features.member(for: name, of: model.inputs.count)
  }

  func target(_ name: String, of model: any Model) -> Column? {
    targets.member(for: name, of: model.outputNames.count)
  }
}
