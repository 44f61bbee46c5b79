import Running
import Plots
import Config
import Diagnostics
import Layers

/// Which layers a training trains: `all`, `none`, or names and patterns of layers.
struct TrainableSyntax {
  let node: ConfigNode

  /// - Returns: `nil` after a diagnostic: E0201 for something else, E0342 for a pattern that matches no layer.
  func read(_ model: any Model, _ bag: inout DiagnosticBag) -> TrainedLayers? {
    switch node.content {
    case .string("all"), .bool(true): return .all
    case .string("none"), .bool(false): return TrainedLayers.none
    default: break
    }
    let written = node.list ?? [node]
    var isRight = !written.isEmpty
    if written.isEmpty { bag.report(.mismatch(node, Self.expectation)) }
    for item in written {
      guard let pattern = item.string else {
        bag.report(.mismatch(item, Self.expectation))
        isRight = false
        continue
      }
      if model.firstUnmatched([pattern]) != nil {
        bag.report(.unknownLayer(item, model.trainablePaths))
        isRight = false
      }
    }
    return isRight ? .only(written.compactMap(\.string)) : nil
  }

  private static let expectation = "all, none, or a list of names and patterns of layers"
}
