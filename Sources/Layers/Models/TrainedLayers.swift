/// A layer made of layers: a model, a wrapper, or a hand-written layer.
public protocol LayerContainer: Layer {
  /// The layers it is made of, each once, in Keras's order.
  var layers: [NamedLayer] { get }
  /// Names of weights of its own that are trained, beside those of its layers.
  var ownTrainedWeights: [String] { get }
  /// The same with its layers changed one by one.
  func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> Self
  /// The same with only some of its own weights trained.
  func trainingOwnWeights(where isTrained: (String) -> Bool) -> Self
}

extension LayerContainer {
  public var ownTrainedWeights: [String] { [] }
  public func trainingOwnWeights(where isTrained: (String) -> Bool) -> Self { self }
}

/// Which layers of a model a training trains.
public enum TrainedLayers: Sendable, Equatable {
  case all
  case none
  /// Those that a pattern matches, with everything in them: the name of a layer, its path such as `encoder/dense`, or either
  /// with `*` for any characters but `/`.
  case only([String])

  fileprivate func covers(_ path: String) -> Bool {
    switch self {
    case .all: true
    case .none: false
    case .only(let patterns): patterns.contains { Self.matches(path, $0) }
    }
  }

  /// Whether a pattern means a path as a whole.
  static func matches(_ path: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
    let names = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == names.count
      && zip(names, parts).allSatisfy { wildcardMatches(Array($0.utf8), Array($1.utf8)) }
  }

  /// Greedy matching with one place to return to: linear in memory, at most quadratic in time.
  private static func wildcardMatches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    var t = 0
    var p = 0
    var mark: (text: Int, pattern: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == star {
        p += 1
        mark = (t, p)
      } else if p < pattern.count, pattern[p] == text[t] {
        t += 1
        p += 1
      } else if let last = mark {
        mark = (last.text + 1, last.pattern)
        t = last.text + 1
        p = last.pattern
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }
}

extension LayerContainer {
  /// The same with exactly these layers trained, whatever was frozen before.
  ///
  /// Weights that are never trained, such as the moving mean of a batch normalization, stay so. Keras: setting `trainable` of a
  /// layer sets it for everything in the layer.
  public func training(_ chosen: TrainedLayers) -> Self {
    training(chosen, below: "", isCovered: chosen == .all)
  }

  private func training(_ chosen: TrainedLayers, below prefix: String, isCovered: Bool) -> Self {
    let changed = mapLayers { layer in
      var copy = layer
      let path = prefix + layer.name
      let isChosen = isCovered || chosen.covers(path)
      guard let inner = layer.layer as? any LayerContainer else {
        copy.isTrainable = isChosen
        return copy
      }
      let trained = inner.training(chosen, below: path + "/", isCovered: isChosen)
      copy.layer = trained
      copy.isTrainable = isChosen || trained.hasTrainedParts
      return copy
    }
    return isCovered ? changed : changed.trainingOwnWeights { chosen.covers(prefix + $0) }
  }

  private var hasTrainedParts: Bool { layers.contains(where: \.isTrainable) || !ownTrainedWeights.isEmpty }

  /// The paths that a pattern can match: of layers, layers in them, and own weights.
  public var trainablePaths: [String] {
    ownTrainedWeights
      + layers.flatMap { layer in
        [layer.name]
          + ((layer.layer as? any LayerContainer)?.trainablePaths ?? []).map { "\(layer.name)/\($0)" }
      }
  }

  /// The paths of layers and own weights that are trained as things stand.
  public var trainedPaths: [String] {
    ownTrainedWeights
      + layers.filter(\.isTrainable).flatMap { layer in
        [layer.name]
          + ((layer.layer as? any LayerContainer)?.trainedPaths ?? []).map { "\(layer.name)/\($0)" }
      }
  }

  /// The first pattern that matches nothing.
  public func firstUnmatched(_ patterns: [String]) -> String? {
    let paths = trainablePaths
    return patterns.first { pattern in !paths.contains { TrainedLayers.matches($0, pattern) } }
  }
}

extension NamedLayer {
  /// The layer with everything in it trained, as `layer.trainable = True` does in Keras.
  public var trainingEverything: NamedLayer {
    var copy = self
    copy.isTrainable = true
    if let container = layer as? any LayerContainer { copy.layer = container.training(.all) }
    return copy
  }
}
