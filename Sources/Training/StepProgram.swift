package import Datasets
import Diagnostics
package import GraphEngine
package import KernelABI
package import Kernels
import Layers
import TensorCore

/// A model compiled with its loss and metrics for one batch size, fed from one part of a data set.
package final class StepProgram {
  /// What one batch gave: the mean loss, and for each metric the sum of its values and how many there were.
  struct Totals {
    let loss: UnsafePointer<Float>
    let metrics: [(sum: UnsafePointer<Float>, count: Int)]
  }

  let batch: Int
  let totals: Totals
  let output: Place
  package let program: Program
  private let feed: Feed
  private let step: UnsafeMutableRawPointer?

  /// - Parameter state: set for a training step, which ends with an update of the weights.
  /// - Throws: `Diagnostic` E03xx if the data do not fit the model, or the targets its outputs.
  package init(
    _ built: BuiltModel, _ settings: CompileSettings?, part: DataPart, batch: Int, state: TrainingState?,
    pool: WorkerPool, kernels: KernelTable
  ) throws {
    self.batch = batch
    let trace = try Trace(built.model, phase: state == nil ? .inference : .training, seed: built.seed)
    let graph = trace.graph
    let targets = Targets(graph, part)
    var loss: Value?
    var sums: [Value] = []
    var counts: [Int] = []
    if let settings {
      let wanted = settings.loss.target(for: trace.output.type)
      let values = try settings.loss.values(targets.leaf(wanted), trace.output)
      loss = try graph.apply(MeanAll(), values)
      for named in settings.metrics {
        let wanted = named.metric.target(for: trace.output.type, offered: targets.offered)
        let values = try named.metric.values(targets.leaf(wanted), trace.output)
        sums.append(try graph.apply(SumAll(), values))
        counts.append(values.type.shape(batch: batch).reduce(1, *))
      }
    }
    var update: UpdatePlan?
    if let state, let loss {
      let trained = trace.scope.parameters.map(\.spec).filter(\.isTrainable)
      let leaves = trained.map { graph.leaf(.parameter($0.path), TensorType($0.shape.map { .size($0) })) }
      let gradients = try graph.gradients(of: loss, for: leaves)
      update = state.update(zip(trained.map(\.path), gradients).map { ($0, $1) })
    }
    let feed = Feed(kernels: kernels)
    let isStepUsed = graph.hasLeaf(.input("step"))
    let kept = [trace.input, trace.output] + targets.leaves + (loss.map { [$0] } ?? []) + sums
    let program = try Program(
      graph, keeping: kept + (isStepUsed ? [trace.scope.step] : []), batch: batch, parameters: built.slab,
      update: update, prologue: { [unowned feed] in feed.fill($0) }, pool: pool, kernels: kernels)
    (self.program, self.feed) = (program, feed)
    let features = try part.features.first.giving(trace.input.type, "E0304", "the model takes samples")
    feed.connect(features, to: program.place(trace.input), as: .float32)
    for leaf in targets.leaves {
      let column = try part.targets.first.giving(leaf.type, "E0306", "the loss and the metrics want targets")
      feed.connect(column, to: program.place(leaf), as: leaf.type.element)
    }
    output = program.place(trace.output)
    step = isStepUsed ? UnsafeMutableRawPointer(program.place(trace.scope.step).pointer) : nil
    totals = Totals(
      loss: loss.map { program.place($0).input } ?? output.input,
      metrics: zip(sums, counts).map { (program.place($0).input, $1) })
  }

  /// Runs one batch.
  ///
  /// - Parameter iteration: numbers the random draws of this step.
  @inline(__always) package func run(_ rows: UnsafePointer<Int32>, iteration: Int) {
    feed.rows = rows
    step?.storeBytes(of: UInt64(iteration), as: UInt64.self)
    program.run()
  }
}

/// The targets of a graph: a leaf for each type that the loss and the metrics want.
private final class Targets {
  let offered: TensorType
  private(set) var leaves: [Value] = []
  private let graph: Graph

  init(_ graph: Graph, _ part: DataPart) {
    self.graph = graph
    offered = part.targets.first?.type ?? TensorType([.batch])
  }

  func leaf(_ type: TensorType) -> Value {
    let value = graph.leaf(.input("y/\(type.element.rawValue)/\(type)"), type)
    if !leaves.contains(where: { $0.id == value.id }) { leaves.append(value) }
    return value
  }
}

extension Optional<Column> {
  /// The column, if its rows have as many numbers as a sample of `type`: what is written over the end of an input
  /// would be another value's.
  /// - Throws: E0304 or E0306; an experiment file is told the same with its place, before anything runs.
  fileprivate func giving(_ type: TensorType, _ code: String, _ what: String) throws(Diagnostic) -> Column {
    if let self, self.rowSize == type.shape(batch: 1).reduce(1, *) { return self }
    throw Diagnostic(code, "\(what) \(type), the data gives \(map { "\($0.type)" } ?? "none")")
  }
}
