import EngineTestSupport
import Foundation
import GraphEngine
import KernelABI
import TensorCore
import Testing

/// That the list of cases holds every op: an op that is added without one is found here.
@Suite struct OpCoverageTests {
  /// Every op that a case computes or differentiates with.
  private static let seen: [any Op] = OpCase.all.flatMap { op -> [any Op] in
    let graph = Graph()
    let probes = op.probes(OpCase.sizes[0])
    let inputs = probes.enumerated().map { graph.leaf(.input("x\($0)"), $1.type) }
    guard let result = try? op.build(inputs) else { return [] }
    let varied = probes.indices.filter { probes[$0].isVaried }.map { inputs[$0] }
    _ = try? graph.gradients(of: graph.apply(SumAll(), result.square()), for: varied)
    return graph.nodes.compactMap { if case .op(let op, _) = $0.kind { op } else { nil } }
  }

  /// The names of the types in the engine's sources that say they are ops.
  private static func declared() throws -> [String] {
    let folder = URL(fileURLWithPath: #filePath).appending(path: "../../../Sources/GraphEngine/Ops")
      .standardized
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().flatMap { file in
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      return text.matches(of: #/struct (\w+): (?:Op|Pointwise)\b/#).map { String($0.1) }
    }
  }

  @Test func `every op has a case in the contract`() throws {
    let seen = Set(Self.seen.map { String(describing: type(of: $0)) })
    let declared = try Self.declared()
    #expect(declared.count > 40)
    // Chains are made by a pass, and have tests of their own.
    #expect(declared.filter { !seen.contains($0) } == ["Chain"])
  }

  @Test func `every elementwise function and every reduction has a case in the contract`() {
    let unary = Self.seen.compactMap { ($0 as? Unary)?.function }
    #expect(UnaryFunction.allCases.filter { !unary.contains($0) } == [])
    let binary = Self.seen.compactMap { ($0 as? Binary)?.function }
    #expect(BinaryFunction.allCases.filter { !binary.contains($0) } == [])
    let reductions = Set(Self.seen.compactMap { ($0 as? Reduce)?.name })
    #expect(Reduce.Function.allCases.filter { !reductions.contains(Reduce($0, over: 0..<1).name) } == [])
  }
}
