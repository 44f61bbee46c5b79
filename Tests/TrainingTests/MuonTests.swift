import Config
import Diagnostics
import EngineTestSupport
import Foundation
import GraphEngine
import KernelABI
import Kernels
import Losses
import Optimizers
import TensorCore
import Testing
import Training

/// Steps of Keras's Muon, from `Fixtures/make_muon.py`.
private let fixtures: ConfigNode? = {
  let url = Bundle.module.url(forResource: "keras_muon", withExtension: "json", subdirectory: "Fixtures")
  return url.flatMap { try? Data(contentsOf: $0) }.flatMap { try? ConfigNode(json: Array($0)) }
}()

@Suite struct MuonTests {
  private let paths = fixtures?["paths"]?.list?.compactMap(\.string) ?? []
  private let shapes = fixtures?["shapes"]?.list?.map { $0.numbers.map { Int($0) } } ?? []
  private let start = fixtures?["start"]?.list?.map(\.floats) ?? []
  private let slopes = fixtures?["gradients"]?.list?.map { $0.list?.map(\.floats) ?? [] } ?? []
  private var cases: [ConfigNode] { fixtures?["cases"]?.list ?? [] }

  private func slab(_ layout: Layout) -> ParameterSlab {
    ParameterSlab(
      zip(paths, shapes).map { ParameterSpec($0, $1, layout: $1.count == 2 ? layout : .rowMajor) })
  }

  /// The weights after each step.
  private func steps(
    _ optimizer: any Optimizer, layout: Layout, kernels: KernelTable = Kernels.kernels, parts: Int = 1
  ) -> [[Float]] {
    let slab = slab(layout)
    let state = TrainingState(
      CompileSettings(loss: MeanSquaredError(), optimizer: optimizer, metrics: []), slab: slab,
      kernels: kernels)
    let workspace = AlignedBuffer(GemmTask.workspace)
    for (path, (shape, numbers)) in zip(paths, zip(shapes, start)) { slab.set(path, Tensor(shape, numbers)) }
    return slopes.enumerated().map { step, slopes in
      for (path, (shape, numbers)) in zip(paths, zip(shapes, slopes)) {
        slab.set(path, Tensor(shape, numbers), in: state.gradients)
      }
      state.optimizer.prepare(iterations: step, rate: Double(Float(0.02)))
      for pass in state.optimizer.passes {
        for part in 0..<parts {
          let worker = Worker(part: part, parts: parts, workspace: workspace.pointer)
          switch pass {
          case .ranges(let body):
            let share = worker.share(of: slab.trainableCount, grain: 16)
            if !share.isEmpty { body(share) }
          case .whole(let body): body(worker)
          }
        }
      }
      return paths.flatMap { slab.tensor($0).elements }
    }
  }

  private func optimizer(_ config: ConfigNode?) throws -> any Optimizer {
    var bag = DiagnosticBag()
    let node: ConfigNode = ["class_name": "Muon", "config": config ?? [:]]
    return try #require(OptimizerRegistry.decode(node, into: &bag), "\(bag.all)")
  }

  @Test func `matrices and what is none take Keras's steps`() throws {
    #expect(cases.count == 12)
    for fixture in cases {
      let optimizer = try optimizer(fixture["config"])
      for layout in [Layout.rowMajor, .panels] {
        let found = steps(optimizer, layout: layout, parts: 2)
        let expected = fixture["steps"]?.list?.map(\.numbers) ?? []
        #expect(found.count == expected.count)
        for (step, (found, expected)) in zip(found, expected).enumerated() {
          // Keras's numbers are rounded to six places.
          let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 1
          #expect(worst < 3e-6, "\(fixture["settings"]?.json ?? "") step \(step)")
        }
      }
    }
  }

  @Test func `a second moment is kept where Keras keeps one`() throws {
    for fixture in cases {
      let optimizer = try optimizer(fixture["config"])
      let found = zip(paths, shapes).flatMap { path, shape in
        optimizer.slots.joined().filter { optimizer.keeps($0, ofWeight: path, shape: shape) }.map {
          path.replacing("/", with: "_") + "_" + $0.name
        }
      }
      let saved = (fixture["names"]?.list ?? []).compactMap {
        $0.string?.split(separator: "/").last.map(String.init)
      }
      #expect(saved.filter { $0.hasSuffix("_momentum") || $0.hasSuffix("_velocity") } == found)
    }
  }

  @Test func `matrices' steps do not depend on threads or instruction sets`() throws {
    let optimizer = try optimizer([:])
    let expected = steps(optimizer, layout: .panels).map(bits)
    for set in InstructionSet.supported {
      for parts in [1, 2, 3] {
        #expect(steps(optimizer, layout: .panels, kernels: set.table, parts: parts).map(bits) == expected)
      }
    }
  }

  @Test func `a pattern that is none is a mistake`() {
    var bag = DiagnosticBag()
    #expect(OptimizerRegistry.decode(["Muon": ["exclude_layers": ["dense", "("]]], into: &bag) == nil)
    #expect(bag.all.count == 1)
  }
}
