import Config
import GraphEngine
public import TensorCore

/// A model as boxes and arrows: what a drawing of it shows.
///
/// Every use of a layer is a box of its own, so that a shared layer shows what it is used on. Functional models give
/// their calls as they are, sequential ones their chain; of a hand-written model its traces are read: the steps
/// between its layers become small nodes, several in a row one of them, and conditions on data branch.
public struct ModelDiagram: Sendable {
  public enum Kind: Sendable, Hashable {
    case input, output, layer
    /// A model used as a layer, closed.
    case model
    /// Steps between the layers of a hand-written model.
    case operation
    /// A weight that a hand-written model declares itself.
    case weight
    /// A condition on data.
    case condition
  }

  public struct Node: Sendable {
    public var kind: Kind
    public var name: String
    /// The layer's class; empty for what is no layer.
    public var className = ""
    /// The settings that differ from the defaults: `units 300`, `relu`.
    public var settings: [String] = []
    /// What it gives.
    public var outputs: [TensorType] = []
    /// How many numbers it learns or keeps.
    public var parameters = 0
    /// Which of ``ModelDiagram/groups`` it is in.
    public var group: Int?
    /// Which use of a shared layer this is, from 1, and of how many; `nil` for a layer that is used once.
    public var sharing: Sharing?
    /// Whether training leaves its weights as they are.
    public var isFrozen = false
  }

  public struct Sharing: Sendable, Equatable {
    public var use: Int
    public var count: Int
    /// Numbers the shared layers of the model, from 0.
    public var layer: Int
  }

  public struct Edge: Sendable, Hashable {
    public var from: Int
    public var to: Int
    /// Which output of the first; 0 unless it has several.
    public var output: Int
    /// `yes` and `no` behind a condition, the name of one of several outputs, else empty.
    public var label: String
    /// Whether data decide that this way is taken.
    public var isConditional: Bool
  }

  /// The frame of a model used as a layer, open.
  public struct Group: Sendable {
    public var name: String
    public var className: String
    public var parent: Int?
    /// Which use of the model this is, if there are several.
    public var sharing: Sharing?
  }

  public var name: String
  public internal(set) var nodes: [Node]
  public internal(set) var edges: [Edge]
  public internal(set) var groups: [Group]
  /// Layers that are drawn, shared ones once.
  public internal(set) var layerCount: Int
  /// The size of a batch, where the model's inputs fix it.
  public internal(set) var batchSize: Int?

  /// - Parameters:
  ///   - ways: the model's traces, as ``Trace/allWays(of:phase:seed:semantics:)`` gives them.
  ///   - isExpanded: whether models used as layers are opened.
  public init(of model: any Model, _ ways: [Trace], expandingNested isExpanded: Bool = false) {
    var builder = DiagramBuilder(isExpanded: isExpanded)
    for way in ways { builder.follow(way, of: model) }
    self = builder.diagram(named: model.name)
    batchSize = model.batchSize
  }

  init(name: String, nodes: [Node], edges: [Edge], groups: [Group], layerCount: Int) {
    self.name = name
    self.nodes = nodes
    self.edges = edges
    self.groups = groups
    self.layerCount = layerCount
  }
}

extension Layer {
  /// The settings that somebody chose, in the order of the description; how weights start and are held is left out.
  var chosenSettings: [String] {
    let entry = LayerRegistry.all.find(className)
    // A hand-written layer has arguments; of other layers that are not known the defaults are not either.
    let written = config["arguments"]?.entries ?? (entry == nil ? [] : config.entries ?? [])
    let required = (entry?.jsonSchema["required"]?.list ?? []).compactMap(\.string)
    return written.compactMap { setting in
      let isShown = !["initializer", "regularizer", "constraint", "seed"].contains {
        setting.key.hasSuffix($0)
      }
      let isChosen =
        required.contains(setting.key)
        || setting.value.content != entry?.defaults[setting.key]?.content
      guard isShown, isChosen else { return nil }
      switch setting.value.content {
      case .null: return nil
      case .bool(true): return setting.key
      case .map: return setting.value["class_name"]?.string
      case .string(let word): return setting.key == "activation" ? word : "\(setting.key) \(word)"
      default: return "\(setting.key) \(setting.value.json)"
      }
    }
  }
}
