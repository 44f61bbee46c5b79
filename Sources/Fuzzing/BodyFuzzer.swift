import Config
import Diagnostics
import ExpLanguage
import Foundation
import GraphEngine
import Layers
import ModelScripts
import Training

/// Damages bodies of `call`, makes up calls of operations, and records them, on every way that the data may go.
public struct BodyFuzzer: Fuzzer {
  public static let name = "call"
  public static let fileName = "case.py"

  private let damage: TextDamage
  private let operations: [String]

  /// - Parameter texts: experiments and documents; the bodies in them are what it starts from.
  public init(_ texts: [String]) {
    operations = OperationRegistry.names
    damage = TextDamage(texts.flatMap(Self.bodies), words: operations)
  }

  /// The blocks behind `call: |` and `body: |`, and those of Markdown that are Python.
  private static func bodies(_ text: String) -> [String] {
    var found: [String] = []
    var block: (indent: Int, lines: [Substring])?
    for line in (text + "\n```").split(separator: "\n", omittingEmptySubsequences: false) {
      let indent = line.prefix { $0 == " " }.count
      if let open = block {
        if line.isEmpty || indent > open.indent, !line.hasPrefix("```") {
          block?.lines.append(line)
          continue
        }
        let margin = open.lines.first?.prefix { $0 == " " }.count ?? 0
        found.append(open.lines.map { $0.dropFirst(margin) }.joined(separator: "\n"))
        block = nil
      }
      if line.hasPrefix("```python") { block = (-1, []) }
      if line.hasSuffix("call: |") || line.hasSuffix("body: |") { block = (indent, []) }
    }
    return found
  }

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    return random.once(in: 2) ? damage.text(&random) : Array(madeUp(&random).utf8)
  }

  /// A body of calls whose arguments are drawn.
  private func madeUp(_ random: inout SplitMix) -> String {
    var lines: [String] = []
    for i in 0...random.below(4) { lines.append("v\(i) = \(expression(&random, i, 2))") }
    return (lines + ["return v\(lines.count - 1)"]).joined(separator: "\n")
  }

  private func expression(_ random: inout SplitMix, _ known: Int, _ depth: Int) -> String {
    let leaf = depth == 0 || random.once(in: 4)
    switch leaf ? random.below(4) : 4 + random.below(7) {
    case 0:
      return random.pick(["inputs", "wide", "inputs", "scale", "inputs.shape", "out(inputs)"]) ?? "inputs"
    case 1: return known > 0 ? "v\(random.below(known))" : "inputs"
    case 2:
      return random.pick([
        "0", "1", "-1", "2", "3", "-2", "0.5", "None", "True", "4611686018427387904", "1e38",
        "-9223372036854775807 - 1", "'same'", "'bi,bj->ij'", "[]", "()", "70000",
      ])
        ?? "0"
    case 3:
      return "[" + (0..<random.below(4)).map { _ in "\(random.below(5) - 1)" }.joined(separator: ", ") + "]"
    case 4: return "inputs[\(index(&random)), \(index(&random))]"
    case 5:
      let op = random.pick(["+", "-", "*", "/", "//", "%", "**", "@", "==", "<", "and", "in", "is"]) ?? "+"
      return "(\(expression(&random, known, depth - 1)) \(op) \(expression(&random, known, depth - 1)))"
    case 6: return "[\(expression(&random, known, depth - 1)), \(expression(&random, known, depth - 1))]"
    default:
      let count = 1 + random.below(3)
      var arguments = (0..<count).map { _ in expression(&random, known, depth - 1) }
      if random.once(in: 2) {
        let key =
          random.pick(["axis", "axes", "keepdims", "shape", "dtype", "num_classes", "k", "shift", "name"])
          ?? "axis"
        arguments.append("\(key)=\(expression(&random, known, 0))")
      }
      return "\(random.pick(operations) ?? "mean")(\(arguments.joined(separator: ", ")))"
    }
  }

  private func index(_ random: inout SplitMix) -> String {
    random.pick([
      ":", "0", "-1", "1:", ":2", "::2", "::-1", "None", "...", "5", "[0, 2]", "9223372036854775807",
      "::-9223372036854775807", "1:0",
    ])
      ?? ":"
  }

  public func read(_ path: String) throws -> Bool {
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    do {
      var parts = ScriptParts()
      for name in ["first", "out", "hidden", "drop"] {
        var bag = DiagnosticBag()
        let dense = LayerRegistry.all.decode(["Dense": ["units": 3]], into: &bag)
        if let dense { parts.layers.append(.init(NamedLayer(name, dense))) }
      }
      parts.weights = [ScriptWeight("scale", .sizes([3]))]
      let inputs = [ModelInput("inputs", shape: [3]), ModelInput("wide", shape: [2, 3])]
      let model = ScriptedModel("m", inputs: inputs, parts, body: try ScriptBody(text))
      for phase in [LayerScope.Phase.training, .inference] {
        for way in try Trace.allWays(of: model, phase: phase, seed: 1) {
          try way.checkMemory(of: "m", at: nil)
        }
      }
      return true
    } catch is Diagnostic {
      return false
    }
  }
}
