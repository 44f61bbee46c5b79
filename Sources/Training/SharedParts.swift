import GraphEngine
import Layers

/// Models that are layers of another one, and have their weights and states in common with it, as in Keras.
///
/// Each model has its numbers in one run of memory of its own, so what is in common is copied: to the larger model
/// before it is trained, and back afterwards.
extension BuiltModel {
  /// Makes a model's weights those of a layer of this one, and takes them over.
  /// - Parameter layer: the name the model has here.
  public func share(_ part: BuiltModel, as layer: String) {
    parts.append((layer, part))
    takeParts()
  }

  /// Takes the parts' weights as they are now.
  public func takeParts() {
    for (layer, part) in parts {
      part.takeParts()
      for entry in part.slab.entries {
        slab.set(path(of: entry.spec.path, in: layer, part), part.slab.tensor(entry.spec.path))
      }
      takeStates(of: part) { path(of: $0, in: layer, part) }
    }
  }

  /// Gives the parts their weights as they are here.
  public func giveParts() {
    for (layer, part) in parts {
      for entry in part.slab.entries {
        part.slab.set(entry.spec.path, slab.tensor(path(of: entry.spec.path, in: layer, part)))
      }
      let prefix = [model.name, layer].parameterPath + "/"
      part.takeStates(of: self) {
        $0.hasPrefix(prefix) ? "\(part.model.name.asPathPart)/" + $0.dropFirst(prefix.count) : $0
      }
      part.giveParts()
    }
  }

  private func path(of path: String, in layer: String, _ part: BuiltModel) -> String {
    [model.name, layer].parameterPath + path.dropFirst(part.model.name.count)
  }
}
