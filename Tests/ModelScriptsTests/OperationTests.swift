import Diagnostics
import GraphEngine
import Layers
import Testing

@testable import ModelScripts

@Suite struct OperationTests {
  @Test func `every name stands for one operation`() {
    var seen: Set<String> = []
    let twice = OperationRegistry.names.filter { !seen.insert($0).inserted }
    #expect(twice == [])
  }

  @Test(arguments: OperationRegistry.all.map(\.name))
  func `every operation is described in one sentence`(name: String) throws {
    let summary = try #require(OperationRegistry.find(name)?.summary)
    #expect(summary.hasSuffix(".") && !summary.dropLast().contains(". "))
  }

  @Test func `there are the operations of Keras that models are written with`() {
    let wanted = [
      "abs", "add", "all", "any", "arange", "argmax", "argmin", "argsort", "average", "broadcast_to", "cast",
      "clip",
      "concatenate", "convert_to_tensor", "cumprod", "cumsum", "diag", "diagonal", "divide", "dot", "einsum",
      "elu",
      "equal", "exp", "expand_dims", "eye", "flip", "full", "full_like", "gelu", "greater", "greater_equal",
      "identity",
      "less", "less_equal", "leaky_relu", "linspace", "log", "log_softmax", "logical_and", "logical_not",
      "logical_or",
      "logsumexp", "matmul", "max", "maximum", "mean", "min", "minimum", "mod", "moments", "moveaxis",
      "multiply",
      "negative", "normalize", "not_equal", "one_hot", "ones", "ones_like", "outer", "pad", "power", "prod",
      "ravel",
      "reciprocal", "relu", "repeat", "reshape", "roll", "selu", "shape", "sigmoid", "silu", "slice",
      "softmax",
      "softplus", "sort", "split", "sqrt", "square", "squeeze", "stack", "std", "stop_gradient", "subtract",
      "sum",
      "swapaxes", "take", "take_along_axis", "tanh", "tensordot", "tile", "top_k", "trace", "transpose",
      "tril", "triu",
      "unstack", "var", "where", "zeros", "zeros_like",
    ]
    #expect(wanted.filter { OperationRegistry.find($0) == nil } == [])
  }

  @Test(arguments: OperationRegistry.all.map(\.name))
  func `arguments of every wrong kind are refused, not followed`(name: String) throws {
    let operation = try #require(OperationRegistry.find(name))
    let values = [
      "None", "'a'", "-1", "2.5", "[]", "[1, 'a']", "{}", "x", "x[:, 0]", "(0, 0)", "10 ** 18", "x.shape",
    ]
    for first in values {
      for second in values {
        let arguments = [first, second, "3", "x"].prefix(max(1, operation.parameters.count)).joined(
          separator: ", ")
        let module = name.split(separator: ".").first.map(String.init) ?? name
        let function =
          !name.contains(".") || module == "self" || Modules.all.contains(module)
          ? name : Modules.all.contains("keras." + module) ? "keras." + name : "tf." + name
        do {
          _ = try Trace(
            model("y = \(function)(\(arguments))\nreturn x"), phase: .inference, seed: 1)
        } catch let error as Diagnostic {
          #expect(error.code.hasPrefix("E0"))
        }
      }
    }
  }

  @Test func `mutated bodies never crash`() throws {
    var random = Seeded()
    let words = TracingTests.bodies.map(\.0).flatMap { $0.split(separator: " ").map(String.init) }
    let bodies = TracingTests.bodies.map(\.0)
    var traced = 0
    for _ in 0..<1500 {
      var parts = bodies[random.below(bodies.count)].split(separator: " ").map(String.init)
      for _ in 0...random.below(2) { parts[random.below(parts.count)] = words[random.below(words.count)] }
      if (try? Trace(model(parts.joined(separator: " ")), phase: .training, seed: 1)) != nil { traced += 1 }
    }
    #expect(traced > 20)
  }
}

/// A small linear congruential generator, for tests only.
private struct Seeded {
  private var state: UInt64 = 42
  mutating func below(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }
}
