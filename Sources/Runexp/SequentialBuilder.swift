import Config
public import Layers

/// Lists layers one below the other: `Sequential("m", input: [4]) { Dense(8); Dense(3) }`.
@resultBuilder public enum LayerListBuilder {
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}

extension Sequential {
  /// A chain of layers that are named as Keras names them: `dense`, `dense_1`, ….
  /// - Parameters:
  ///   - input: the shape of one sample; `nil` for a length that comes with the data.
  ///   - batchSize: samples in every batch, for stateful layers.
  public init(
    _ name: String = "sequential", input: [Int?], batchSize: Int? = nil,
    @LayerListBuilder layers: () -> [any Layer]
  ) {
    var names = AutomaticNames()
    self.init(
      name, input: ModelInput("input_layer", shape: input, batchSize: batchSize),
      layers().map { NamedLayer(names.next(for: $0), $0) })
  }
}

/// Keras's names for layers that were not given one.
struct AutomaticNames {
  private var counts: [String: Int] = [:]
  private var taken: Set<String>

  init(taken: Set<String> = []) { self.taken = taken }

  mutating func next(for layer: any Layer) -> String {
    if let model = layer as? any Layers.Model, taken.insert(model.name).inserted { return model.name }
    let base = layer.className.snakeCased
    while true {
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let name = count == 0 ? base : "\(base)_\(count)"
      if taken.insert(name).inserted { return name }
    }
  }
}
