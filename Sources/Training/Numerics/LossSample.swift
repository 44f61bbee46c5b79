package import Datasets
package import Diagnostics
package import GraphEngine
import KernelABI
import Kernels
import Layers
package import TensorCore

/// The loss of a model on a few samples as a graph with all its gradients, and the numbers that it begins with: to be
/// evaluated in any precision.
package struct LossSample {
  package let graph: Graph
  package let loss: Value
  /// What is trained, with the gradient of each parameter.
  package let parameters: [(path: String, value: Value, gradient: Value)]
  package let batch: Int
  /// The numbers of inputs, targets and parameters, as the training would feed them.
  package let leaves: [Leaf: Tensor]

  /// The first samples of a training that was compiled; `nil` where there is no loss or no data.
  /// - Parameters:
  ///   - part: the data.
  ///   - samples: how many, at most those of a batch.
  /// - Throws: `Diagnostic` E03xx if the data do not fit the model, or the targets its outputs.
  package init?(_ built: BuiltModel, _ part: DataPart, _ fit: FitSettings, samples: Int) throws {
    guard let settings = built.training?.settings, part.count > 0 else { return nil }
    let batch = min(fit.batchSize, part.count)
    let batches = (part.count + batch - 1) / batch
    let (pass, index) = (fit.initialEpoch * (fit.stepsPerEpoch ?? batches)).quotientAndRemainder(
      dividingBy: batches)
    let order = Order(part.rows.all)
    if fit.shuffle { order.shuffle(for: pass, seed: built.seed, fit.stream) }
    let first = index * batch
    let rows = withExtendedLifetime(order) {
      (first..<min(first + min(samples, batch), part.count)).map { order.pointer[$0] }
    }
    try self.init(built, settings, part, rows: rows)
  }

  private init?(_ built: BuiltModel, _ settings: CompileSettings, _ part: DataPart, rows: [Int32]) throws {
    let lengths = built.openLengths(in: part)
    let site = StepSite(
      built: built, settings: settings, part: part, batch: rows.count, state: nil,
      pool: WorkerPool(threads: 1), kernels: Kernels.kernels, clock: nil, lengths: lengths)
    let length = rows.withUnsafeBufferPointer { rows in rows.baseAddress.flatMap { site.length(of: $0) } }
    var assumed: [Bool] = []
    while true {
      let traced = try Traced(site, rows, cutTo: length, assuming: assumed)
      guard let wrong = traced.firstWrongAssumption else {
        guard let loss = traced.loss else { return nil }
        let graph = traced.trace.graph
        let trained = built.slab.entries.map(\.spec).filter(\.isTrainable)
        let values = trained.map {
          graph.leaf(.parameter($0.path), TensorType($0.shape.map { .size($0) }))
        }
        let gradients = try graph.gradients(of: loss, for: values)
        self.graph = graph
        self.loss = loss
        batch = rows.count
        leaves = traced.leaves
        parameters = zip(trained, zip(values, gradients)).map { ($0.path, $1.0, $1.1) }
        return
      }
      let outcomes = traced.trace.scope.decisions.map(\.outcome)
      assumed = Array(outcomes[..<wrong]) + [!outcomes[wrong]]
    }
  }
}

extension LossSample {
  /// Whether this machine can hold all values of the graph in both precisions, and once more those that are moved.
  /// - Throws: E0315.
  package func checkMemory(of what: String) throws(Diagnostic) {
    let numbers = graph.nodes.map { $0.type.shape(batch: batch).product }.reduce(0.0) { $0 + Double($1) }
    try MemoryNeed.check(Int(min(5 * numbers, 1e18)), for: "the values of '\(what)' in float64")
  }
}

/// A trace that assumes how conditions on data go, with the numbers to find out whether they do.
private struct Traced {
  let trace: Trace
  let loss: Value?
  var leaves: [Leaf: Tensor] = [:]
  private let batch: Int

  init(_ site: StepSite, _ rows: [Int32], cutTo length: Int?, assuming assumed: [Bool]) throws {
    let built = site.built
    batch = site.batch
    trace = try Trace(
      built.model, phase: .training, seed: built.seed, semantics: built.semantics, assuming: assumed,
      taking: built.inputTypes(for: site.part, cutTo: length))
    try CompiledStep.checkParameters(trace, built)
    let targets = Targets(trace.graph, site.part, built.model.outputNames, cutTo: length)
    let objective = try Objective(trace, site, targets)
    loss = objective.loss
    for entry in built.slab.entries {
      leaves[.parameter(entry.spec.path)] = built.slab.tensor(entry.spec.path)
    }
    let iterations = UInt64(built.training?.iterations ?? 0)
    let words = [iterations, iterations >> 32].map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    leaves[.input("step")] = Tensor([2], words)
    for (input, value) in zip(built.model.inputs, trace.inputs) {
      let column = try site.part.feature(input.name, of: built.model).giving(
        value.type, cutTo: length, "E0304", "the input '\(input.name)' takes samples")
      fill(value, column, rows)
    }
    for (output, value) in targets.leaves {
      let column = try site.part.target(output, of: built.model).giving(
        value.type, cutTo: length, "E0306", "the loss and the metrics of '\(output)' want targets")
      fill(value, column, rows)
    }
    if let weights = objective.sampleWeights, let column = site.part.sampleWeights {
      fill(weights, column, rows)
    }
  }

  /// Takes the numbers of an input as a training step does.
  private mutating func fill(_ value: Value, _ column: Column, _ rows: [Int32]) {
    guard case .leaf(let leaf) = trace.graph.nodes[value.id].kind else { return }
    let shape = value.type.shape(batch: batch)
    let (memory, workspace) = (AlignedBuffer(shape.reduce(1, *)), AlignedBuffer(16))
    let feed = Feed(kernels: Kernels.kernels)
    feed.connect(column, to: Place(memory.pointer, shape), as: value.type.element)
    rows.withUnsafeBufferPointer { rows in
      guard let first = rows.baseAddress else { return }
      feed.rows = first
      // Only the pointer is used: nothing else keeps the memory.
      withExtendedLifetime(workspace) {
        feed.fill(Worker(part: 0, parts: 1, workspace: workspace.pointer))
      }
    }
    let numbers = UnsafeBufferPointer(start: memory.pointer, count: shape.reduce(1, *))
    leaves[leaf] = withExtendedLifetime(memory) { Tensor(shape, Array(numbers)) }
  }

  var firstWrongAssumption: Int? {
    let evaluator = EagerEvaluator(trace.graph, batch: batch, leaves: leaves)
    return trace.scope.decisions.firstIndex {
      (evaluator[$0.condition].elements.first != 0) != $0.outcome
    }
  }
}
