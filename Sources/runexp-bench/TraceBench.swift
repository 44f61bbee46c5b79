import ArgumentParser
import Datasets
import GraphEngine
import KernelABI
import Kernels
import Layers
import Losses
import Optimizers
import TensorCore
import Training

/// How long it takes from a model's layers to a program that trains it: tracing, gradient, passes, memory plan.
struct TraceBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Times tracing, differentiating and planning a deep functional model.")

  @Option(help: "Dense layers; every second one is followed by an addition around it.")
  var layers = 100
  @Option(help: "How often.")
  var repeats = 30

  func run() throws {
    let model = residual(layers)
    let settings = CompileSettings(loss: MeanSquaredError(), optimizer: SGD(), metrics: [])
    let rows = Column("x", rowShape: [64], .floats([Float](repeating: 0.5, count: 64 * 32)))
    let targets = Column("y", rowShape: [64], .floats([Float](repeating: 0.5, count: 64 * 32)))
    let part = DataPart(features: [rows], targets: [targets], rows: .range(0..<32))
    let pool = WorkerPool(threads: 1)
    var (tracing, planning): ([Double], [Double]) = ([], [])
    let clock = ContinuousClock()
    for _ in 0..<repeats {
      var built: BuiltModel?
      tracing.append(
        try milliseconds(clock.measure { built = try BuiltModel(model, seed: 1, isDrawn: false) }))
      guard let built else { continue }
      let state = TrainingState(settings, slab: built.slab, kernels: kernels)
      planning.append(
        try milliseconds(
          clock.measure {
            _ = try StepProgram(
              built, settings, part: part, batch: 32, state: state, pool: pool, kernels: kernels)
          }))
    }
    print(
      "\(layers) dense layers: building \(middle(tracing)) ms, trace, gradient and plan \(middle(planning)) ms"
    )
  }

  private func residual(_ count: Int) -> Functional {
    var layers = [NamedLayer("x", InputLayer([64]))]
    var calls = [Functional.Call(layer: 0, inputs: [])]
    for i in 0..<count {
      let before = calls.count - 1
      calls.append(.init(layer: layers.count, inputs: [.init(before)]))
      layers.append(NamedLayer("dense_\(i)", Dense(64, activation: .relu)))
      if i % 2 == 1 {
        calls.append(.init(layer: layers.count, inputs: [.init(before), .init(calls.count - 1)]))
        layers.append(NamedLayer("add_\(i)", Add()))
      }
    }
    return Functional("deep", layers: layers, calls: calls, inputs: [0], outputs: [.init(calls.count - 1)])
  }

  private func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.attoseconds) / 1e15 + Double(duration.components.seconds) * 1000
  }

  /// The median to a hundredth.
  private func middle(_ values: [Double]) -> Double {
    (values.sorted()[values.count / 2] * 100).rounded() / 100
  }
}
