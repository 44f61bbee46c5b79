import Diagnostics
import Experiments
import Plots
import Foundation

/// Experiments that grow with every line: models, layers, parameters and texts that use what is above them twice.
public struct BoundsFuzzer: Fuzzer {
  /// More memory than a command that only looks may take.
  public struct TooMuchMemory: Error { let bytes: Int }

  public static let name = "bounds"
  public static let fileName = "case.exp"

  private let memoryLimit: Int?

  /// - Parameter memoryLimit: bytes that the whole process may have taken; `nil` where others work in it, too.
  public init(memoryLimit: Int? = nil) { self.memoryLimit = memoryLimit }

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    let (depth, kind, width) = (2 + random.below(40), random.below(4), 2 + random.below(2))
    let text =
      switch kind {
      case 0: Self.models(depth, width)
      case 1: Self.layers(depth, width)
      case 2: Self.parameters(depth, width)
      default: Self.bodies(depth, width)
      }
    return Array(("experiment: x\nseed: 1\n" + text).utf8)
  }

  private static func models(_ depth: Int, _ width: Int) -> String {
    var text = "cells:\n  - model: m0\n    input: [4]\n    layers:\n      - Dense: {units: 4}\n"
    for level in 1...depth {
      text += "  - model: m\(level)\n    inputs: {x: [4]}\n    layers:\n"
      text += "      a0: {model: m\(level - 1), from: x}\n"
      for use in 1..<width { text += "      a\(use): {layer: a0, from: a\(use - 1)}\n" }
    }
    return text
  }

  private static func layers(_ depth: Int, _ width: Int) -> String {
    let names = (0..<width).map { "a\($0)" }
    var text =
      "cells:\n  - layer: l0\n    layers: {a: {Dense: {units: 4}}}\n    call: |\n      return a(inputs)\n"
    for level in 1...depth {
      let parts = names.map { "\($0): {l\(level - 1): {}}" }.joined(separator: ", ")
      let sum = names.map { "\($0)(inputs)" }.joined(separator: " + ")
      text += "  - layer: l\(level)\n    layers: {\(parts)}\n    call: |\n      return \(sum)\n"
    }
    return text + "  - model: m\n    input: [4]\n    layers:\n      - l\(depth)\n"
  }

  private static func parameters(_ depth: Int, _ width: Int) -> String {
    var text = "params:\n  p0: \"xxxxxxxxxx\"\n"
    for level in 1...depth {
      let sum = Array(repeating: "p\(level - 1)", count: width).joined(separator: " + ")
      text += "  p\(level): $(\(sum))\n"
    }
    return text + "cells:\n  - text: \"{{ p\(depth) }}\"\n"
  }

  private static func bodies(_ depth: Int, _ width: Int) -> String {
    var text = "cells:\n  - layer: l\n    call: |\n      s = \"x\"\n      t = [1, 2]\n"
    for _ in 1...depth {
      text += "      s = \(Array(repeating: "s", count: width).joined(separator: " + "))\n"
      text += "      t = t + t\n"
    }
    return text + "      return inputs * len(t)\n  - model: m\n    input: [4]\n    layers:\n      - l\n"
  }

  public func read(_ path: String) throws -> Bool {
    let checked = CheckedExperiment(ExperimentRequest(path: path))
    if let memoryLimit {
      var usage = rusage()
      guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0, usage.ru_maxrss << 10 < memoryLimit
      else { throw TooMuchMemory(bytes: usage.ru_maxrss << 10) }
    }
    return checked.plan != nil
  }
}
