import Diagnostics
import GraphEngine
public import TensorCore

/// A value that a model takes: its name and the type of a batch of it.
public struct ModelInput: Sendable, Equatable {
  /// More samples than any batch has; what files say beyond is passed over.
  public static let largestBatch = 1_000_000

  /// A check for settings: what is wrong with a number of samples, if one is given.
  public static func checkBatch(_ size: Int?) -> String? {
    (1...largestBatch).contains(size ?? 1) ? nil : "must be between 1 and \(largestBatch)"
  }

  public var name: String
  public var type: TensorType
  /// How many samples each batch has, where that is fixed: for layers that keep states from batch to batch.
  public var batchSize: Int?

  /// - Parameter type: its first axis is the batch.
  public init(_ name: String, _ type: TensorType, batchSize: Int? = nil) {
    self.name = name
    self.type = type
    self.batchSize = batchSize
  }

  /// - Parameter shape: of one sample; `nil` for a length that comes with the data.
  public init(_ name: String, shape: [Int?], _ element: ElementType = .float32, batchSize: Int? = nil) {
    self.init(
      name, TensorType([.batch] + shape.map { $0.map { .size($0) } ?? .unknown }, element),
      batchSize: batchSize)
  }
}

/// Sequential, functional and hand-written models are three ways to write one thing: a layer made of layers.
public protocol Model: LayerContainer {
  var name: String { get }
  var inputs: [ModelInput] { get }
  /// What losses, metrics and targets call the outputs, in order.
  var outputNames: [String] { get }
}

extension Model {
  /// The layer of a path such as `["encoder", "dense"]`.
  public func layer(at path: [String]) -> NamedLayer? {
    guard let first = path.first, let found = layers.first(where: { $0.name == first }) else { return nil }
    if path.count == 1 { return found }
    return (found.layer as? any Model)?.layer(at: Array(path.dropFirst()))
  }

  /// The same model in which some layers are not trained.
  /// - Parameter names: those of its own layers.
  public func freezing(_ names: Set<String>) -> Self {
    mapLayers { layer in
      var copy = layer
      if names.contains(layer.name) { copy.isTrainable = false }
      return copy
    }
  }

  /// - Throws: E0302 if two layers have one name.
  func checkNames() throws(Diagnostic) {
    var seen: [String: SourceSpan?] = [:]
    for layer in layers {
      if let earlier = seen[layer.name] {
        throw .repeatedLayerName(layer.name, at: layer.span, earlier: earlier)
      }
      seen[layer.name] = layer.span
    }
  }
}
