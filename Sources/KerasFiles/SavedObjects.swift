import Config
import GraphEngine
import Layers
import ModelScripts
import Training

/// An object that has variables of its own in the layout of Keras 3: a model, a layer, a part of a layer.
struct SavedObject {
  /// Where it is: `layers/dense_1`, `layers/lstm/cell`; empty for the model itself.
  ///
  /// Layers are counted by class, whatever their names are.
  var path: String
  /// What it is called; not used in reading.
  var name: String
  /// Paths in the slab, in the order of the object's variables.
  var parameters: [String] = []
  /// What a lookup weighs by, which Keras saves with the variables though nothing trains it.
  var inverseFrequencies: [Double]?
}

extension BuiltModel {
  /// The objects that Keras 3 saves, each once; one list serves for writing and for reading.
  var savedObjects: [SavedObject] {
    var walk = ObjectWalk(entries: slab.entries)
    walk.visit(model, named: model.name, at: "", below: [])
    return walk.objects
  }
}

private struct ObjectWalk {
  let entries: [ParameterSlab.Entry]
  var objects: [SavedObject] = []

  mutating func visit(_ model: any Model, named name: String, at path: String, below owner: [String]) {
    let place = objects.count
    objects.append(SavedObject(path: path, name: name))
    // Operations between the layers are no objects.
    let layers = model.layers.filter { !($0.layer is any GraphOperation) }
    visitList(layers, at: (path.isEmpty ? "" : path + "/") + "layers", below: owner)
    takeRest(of: place, below: owner)
  }

  /// Layers in a list, which Keras counts by class, whatever their names are.
  private mutating func visitList(_ layers: [NamedLayer], at path: String, below owner: [String]) {
    var counts: [String: Int] = [:]
    for layer in layers {
      let base = layer.layer.className.snakeCased
      let number = counts[base, default: 0]
      counts[base] = number + 1
      visit(layer, at: path + "/" + (number == 0 ? base : "\(base)_\(number)"), below: owner)
    }
  }

  /// Gives an object what lies below it and belongs to none of its parts.
  private mutating func takeRest(of place: Int, below owner: [String]) {
    let known = Set(objects[place...].flatMap(\.parameters))
    objects[place].parameters = entries.map(\.spec).filter {
      $0.owner.starts(with: owner) && !known.contains($0.path)
    }.map(\.path)
  }

  /// A layer, and the layers that it holds.
  private mutating func visit(_ layer: NamedLayer, at path: String, below above: [String]) {
    let owner = above + [layer.name]
    let place = objects.count
    switch layer.layer {
    case let model as any Model:
      visit(model, named: layer.name, at: path, below: owner)
    case let own as ScriptedLayer:
      objects.append(SavedObject(path: path, name: layer.name))
      for entry in own.parts.layers {
        if entry.isList {
          visitList(entry.layers, at: path + "/" + entry.name, below: owner)
        } else if let part = entry.layers.first {
          visit(part, at: path + "/" + entry.name, below: owner)
        }
      }
      takeRest(of: place, below: owner)
    case let chain as LayerChain:
      objects.append(SavedObject(path: path, name: layer.name))
      visitList(chain.layers, at: path + "/layers", below: owner)
    case let wrapper as SpectralNormalization:
      // The kernel is the wrapper's as well as the layer's.
      let weights = entries.map(\.spec)
      let vector = weights.first { $0.owner == owner && $0.name == "vector_u" }
      let own = [wrapper.kernel(of: owner, among: weights), vector].compactMap(\.self)
      objects.append(SavedObject(path: path, name: layer.name, parameters: own.map(\.path)))
      visit(wrapper.layer.named, at: path + "/layer", below: owner)
    case let wrapper as TimeDistributed where wrapper.layer.named.holdsLayers:
      objects.append(SavedObject(path: path, name: layer.name))
      visit(wrapper.layer.named, at: path + "/layer", below: owner)
    default: visitParts(layer, at: path, below: owner)
    }
  }

  /// A layer, and the parts of it that its parameters name: `lstm/lstm_cell/kernel` is the cell's.
  private mutating func visitParts(_ layer: NamedLayer, at path: String, below owner: [String]) {
    let (className, config) = (layer.layer.className, layer.layer.config)
    var own = [SavedObject(path: path, name: layer.name)]
    own[0].inverseFrequencies = (layer.layer as? any FrequencyWeighing)?.inverseFrequencies
    for entry in entries where entry.spec.owner.starts(with: owner) {
      let parts = Array(entry.spec.owner.dropFirst(owner.count))
      let attributes = KerasDialects.attributes(of: parts, in: className, config)
      let place = ([path] + attributes).joined(separator: "/")
      if let known = own.firstIndex(where: { $0.path == place }) {
        own[known].parameters.append(entry.spec.path)
      } else {
        own.append(
          SavedObject(path: place, name: parts.last ?? layer.name, parameters: [entry.spec.path]))
      }
    }
    objects += own
  }
}

extension NamedLayer {
  /// Layers that are attributes of this one, in the order in which Keras lists their weights; empty for layers whose
  /// parts are their own making.
  var heldLayers: [NamedLayer] {
    switch layer {
    case let model as any Model: model.layers
    case let own as ScriptedLayer: own.parts.allLayers
    case let chain as LayerChain: chain.layers
    case let wrapper as TimeDistributed where wrapper.layer.named.holdsLayers: [wrapper.layer.named]
    default: []
    }
  }

  fileprivate var holdsLayers: Bool {
    layer is any Model || layer is ScriptedLayer || layer is LayerChain || layer is TimeDistributed
  }
}
