public import Config
import Diagnostics
import Foundation
import GraphEngine
import Layers
import TensorCore

/// A layer that is called on values of a shape: what settings are tried at their extremes with.
public struct LayerTrial: Sendable {
  /// A layer as experiments write it: `{Dense: {units: 5}}`.
  public var node: ConfigNode
  /// How many values it takes, all of this shape.
  public var inputs: Int
  public var shape: [Int]

  public init(_ node: ConfigNode, inputs: Int, shape: [Int]) {
    self.node = node
    self.inputs = inputs
    self.shape = shape
  }

  /// Numbers at which sums and products overflow, or from which on nothing is as large.
  public static let extremes = [
    0, -1, 1 << 16, 1 << 24, (1 << 31) - 1, 1 << 31, 1 << 32, 1 << 62, .max, .min,
  ]

  /// The settings that are whole numbers, or lists of them, or left out where they could be.
  public var wholeNumbers: [String] {
    guard let entry = node.entries?.first, let known = LayerRegistry.all.find(entry.key) else { return [] }
    let given = entry.value.entries ?? []
    let left = (known.defaults.entries ?? []).filter { setting in !given.contains { $0.key == setting.key } }
    return (given + left).filter { $0.value.isWhole }.map(\.key)
  }

  /// The same layer with another value of a setting.
  public func setting(_ key: String, to value: ConfigNode) -> LayerTrial {
    guard let entry = node.entries?.first else { return self }
    let others = (entry.value.entries ?? []).filter { $0.key != key }
    var copy = self
    copy.node = ConfigNode(.map([.init(entry.key, ConfigNode(.map(others + [.init(key, value)])))]))
    return copy
  }

  /// A number in the form that a setting has: alone, or as often as its list is long.
  public func value(_ number: Int, of key: String, asList: Bool) -> ConfigNode {
    let own = node.entries?.first?.value[key]?.list
    return asList || own != nil
      ? ConfigNode(.list((0..<(own?.count ?? 2)).map { _ in number.config })) : number.config
  }

  /// Reads the layer and calls it.
  /// - Returns: whether there was nothing to complain of.
  /// - Throws: what is no diagnostic.
  public func isRight() throws -> Bool {
    var bag = DiagnosticBag()
    guard let layer = LayerRegistry.all.decode(node, into: &bag) else { return false }
    let scope = LayerScope(graph: Graph(), phase: .training, model: "m", seed: 1, batchSizes: [2])
    let type = TensorType([.batch] + shape.map { .size($0) })
    let values = (0..<inputs).map { scope.graph.leaf(.input("x\($0)"), type) }
    do {
      _ = try scope.apply(NamedLayer("layer", layer), values)
      return true
    } catch is Diagnostic {
      return false
    }
  }
}

extension ConfigNode {
  fileprivate var isWhole: Bool {
    switch content {
    case .int, .null: true
    case .list(let items): items.allSatisfy(\.isWhole)
    default: false
    }
  }
}

/// Layers of every kind with settings and shapes at their extremes, several at once.
public struct ExtremesFuzzer: Fuzzer {
  public static let name = "extremes"
  public static let fileName = "case.json"

  private let trials: [LayerTrial]

  public init(_ trials: [LayerTrial]) { self.trials = trials }

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    guard var trial = random.pick(trials) else { return [] }
    for _ in 0...random.below(3) {
      guard let key = random.pick(trial.wholeNumbers), let number = random.pick(LayerTrial.extremes) else {
        continue
      }
      trial = trial.setting(key, to: trial.value(number, of: key, asList: random.once(in: 2)))
    }
    if random.once(in: 4), !trial.shape.isEmpty {
      trial.shape[random.below(trial.shape.count)] = [1, 1 << 10, 1 << 20, 1 << 31][random.below(4)]
    }
    let node: ConfigNode = [
      "layer": trial.node, "inputs": trial.inputs.config, "shape": trial.shape.config,
    ]
    return Array(node.json.utf8)
  }

  public func read(_ path: String) throws -> Bool {
    let node = try ConfigNode(json: [UInt8](Data(contentsOf: URL(filePath: path))))
    guard let layer = node["layer"], let inputs = node["inputs"], let shape = node["shape"] else {
      return false
    }
    return try LayerTrial(layer, inputs: Int(config: inputs), shape: [Int](config: shape)).isRight()
  }
}
