import Config
import Diagnostics
import Foundation
import GraphEngine
import HDF5Files
import KerasFiles
import Kernels
import Losses
import TensorCore
import Testing
import Training

/// The optimizer of an archive, on a slab with the archive's weights.
private struct Restored {
  let state: TrainingState
  let variables: OptimizerVariables
  let warning: Diagnostic?
  let config: ConfigNode
  let semantics: Semantics

  init(_ archive: KerasArchive) throws {
    semantics = archive.kerasVersion.hasPrefix("3") ? .keras3 : .keras2
    config = try #require(archive.trainingConfig?["optimizer_config"])
    var bag = DiagnosticBag()
    let optimizer = try #require(OptimizerConfig.decode(config, into: &bag), "\(bag.all)")
    let weights = archive.layers.flatMap(\.weights)
    let slab = ParameterSlab(
      weights.map {
        ParameterSpec($0.path, $0.shape, layout: $0.shape.count == 2 ? .panels : .rowMajor)
      })
    state = TrainingState(
      CompileSettings(loss: MeanSquaredError(), optimizer: optimizer, metrics: []), slab: slab,
      kernels: kernels)
    variables = OptimizerVariables(
      state, slab, trained: weights.map { TrainedParameter($0.path, savedAs: $0.path) })
    warning = variables.restore(archive.optimizer, from: semantics)
  }

  var written: ConfigNode {
    OptimizerConfig.encode(state.settings.optimizer, rate: state.learningRate, as: semantics)
  }
}

@Suite struct OptimizerFileTests {
  private static func files(_ part: String) -> [String] {
    RealKerasTests.files.filter { $0.contains(part) && !$0.hasSuffix(".data.h5") }
  }

  @Test(.enabled(if: !RealKerasTests.files.isEmpty, "no collection of Keras files here"))
  func `the optimizers of Keras's files are read, and written the same`() throws {
    let files = Self.files("_opt_").filter { !$0.contains("bad") }
    for path in files {
      let name = URL(filePath: path).lastPathComponent
      let archive = try KerasArchive.read(path)
      let restored = try Restored(archive)
      #expect(restored.warning == nil, "\(name)")
      #expect(restored.written.json == restored.config.json, "\(name)")
      let saved = restored.variables.saved(as: restored.semantics)
      // Keras 2 keeps the last step of descent without momentum, which nothing reads again; here it is 0.
      #expect(saved.map(\.path) == archive.optimizer.map(\.path), "\(name)")
      let isStateless = restored.state.slots.isEmpty
      for (ours, theirs) in zip(saved, archive.optimizer) {
        let isNear = near(try ours.tensor(), try theirs.tensor())
        let isSame = isNear || isStateless && ours.shape.count > 0
        #expect(isSame, "\(name) \(ours.path)")
      }
      #expect(restored.state.iterations > 0, "\(name)")
    }
    print("\(files.count) optimizers of Keras's files checked")
    #expect(files.count >= 40)
  }

  private func near(_ first: Tensor, _ second: Tensor) -> Bool {
    first.shape == second.shape
      && zip(first.elements, second.elements).allSatisfy { $0 == $1 || abs($0 - $1) < 1e-6 * abs($1) }
  }

  @Test(.enabled(if: !RealKerasTests.files.isEmpty, "no collection of Keras files here"))
  func `a file with too few variables of its optimizer starts afresh, with a warning`() throws {
    let files = Self.files("bad_opt_count")
    for path in files {
      let restored = try Restored(try KerasArchive.read(path))
      #expect(restored.warning?.code == "E0630" && restored.warning?.severity == .warning)
      #expect(restored.state.iterations == 0)
      #expect(restored.state.slots.allSatisfy { run in (0..<run.count).allSatisfy { run.pointer[$0] == 0 } })
    }
    #expect(files.count == 2)
  }

  /// A file by a Keras before its optimizers were rewritten, of one trained vector of two.
  private func legacy(_ name: String, _ config: ConfigNode, _ variables: [SavedVariable]) -> KerasArchive {
    KerasArchive(
      kerasVersion: "2.4.0", modelConfig: nil,
      trainingConfig: ["optimizer_config": ["class_name": name.config, "config": config]],
      layers: ["a", "b"].map {
        .init(name: $0, weights: [SavedVariable("\($0)/kernel:0", Tensor([2], [1, 2]))])
      }, optimizer: variables)
  }

  private func slot(_ path: String, _ x: Float) -> SavedVariable {
    SavedVariable("training/Adam/\(path):0", Tensor([2], [x, x + 0.5]))
  }

  @Test func `old optimizers have each slot by itself`() throws {
    let archive = legacy(
      "Adam",
      [
        "name": "Adam", "learning_rate": 0.25, "decay": 0.0, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
        "amsgrad": false,
      ],
      [
        SavedVariable("training/Adam/iter:0", 12), slot("a/kernel/m", 1), slot("b/kernel/m", 2),
        slot("a/kernel/v", 3), slot("b/kernel/v", 4),
      ])
    let restored = try Restored(archive)
    #expect(restored.warning == nil && restored.state.iterations == 12)
    let saved = restored.variables.saved(as: .keras3)
    #expect(
      saved.map(\.path) == [
        "adam/iteration", "adam/learning_rate", "adam/a_kernel:0_momentum", "adam/a_kernel:0_velocity",
        "adam/b_kernel:0_momentum", "adam/b_kernel:0_velocity",
      ])
    #expect(try saved.map { try $0.tensor().elements[0] } == [12, 0.25, 1, 3, 2, 4])
  }

  @Test func `the decay of old optimizers is a schedule`() throws {
    let archive = legacy(
      "SGD", ["name": "SGD", "learning_rate": 0.5, "decay": 0.25, "momentum": 0.0, "nesterov": false],
      [SavedVariable("SGD/iter:0", 4)])
    let state = try Restored(archive).state
    #expect(state.learningRate == 0.25)
    state.iterations = 12
    #expect(state.learningRate == 0.125)
  }

  @Test func `Keras 2 keeps a slot for descent without momentum`() throws {
    let archive = legacy(
      "Custom>SGD", ["name": "SGD", "learning_rate": 0.5, "is_legacy_optimizer": false],
      [
        SavedVariable("iteration:0", 4), SavedVariable("SGD/m/a/kernel:0", Tensor([2], [0, 0])),
        SavedVariable("SGD/m/b/kernel:0", Tensor([2], [0, 0])),
      ])
    let restored = try Restored(archive)
    #expect(restored.warning == nil && restored.state.iterations == 4)
    #expect(restored.variables.saved(as: .keras2) == archive.optimizer)
    #expect(restored.variables.saved(as: .keras3).map(\.path) == ["sgd/iteration", "sgd/learning_rate"])
  }

  private func impossible() -> [[SavedVariable]] {
    [
      [SavedVariable("iteration:0", -1)], [SavedVariable("iteration:0", .max)],
      [SavedVariable("iteration:0", Tensor([], [1]))],
      [SavedVariable("iteration:0", 1), SavedVariable("x", Tensor([3], [1, 2, 3])), SavedVariable("y", 1)],
    ]
  }

  @Test(arguments: 0..<4)
  func `variables that cannot be the optimizer's are E0630`(index: Int) throws {
    let archive = legacy("Custom>SGD", ["name": "SGD", "momentum": 0.5], impossible()[index])
    let restored = try Restored(archive)
    #expect(restored.warning?.code == "E0630")
    #expect(restored.state.iterations == 0)
  }

  @Test func `an optimizer without its variables is new, without a warning`() throws {
    let restored = try Restored(legacy("Custom>SGD", ["name": "SGD", "momentum": 0.5], []))
    #expect(restored.warning == nil && restored.state.iterations == 0)
  }
}
