import Config
import Diagnostics
import GraphEngine
import HDF5Files
import Optimizers
import TensorCore
import Training

/// The layout of `*.weights.h5` and of the weights in a `.keras` file: each object of the model has a group `vars`
/// whose datasets `0`, `1`, … are its own variables.
enum ObjectWeights {
  /// The place of an object's variables.
  private static func vars(_ path: String) -> String { path.isEmpty ? "vars" : path + "/vars" }

  /// Whether a file has this layout.
  static func isFound(in root: borrowing H5Group) -> Bool {
    root.contains("layers") || root.contains("_layer_checkpoint_dependencies")
      || (root.contains("vars") && !root.contains("model_weights")) || !tops(of: root).isEmpty
  }

  /// Names of the groups that hold a model's layers; on Windows those of all layers lie in the root: `layers\\dense`.
  private static func tops(of root: borrowing H5Group) -> [String] {
    let names = (try? root.names()) ?? []
    return names.filter { name in
      ["layers", "_layer_checkpoint_dependencies"].contains { name == $0 || name.hasPrefix($0 + "\\") }
    }
  }

  // MARK: Writing

  /// Writes the model's weights, and its optimizer's variables if there are any.
  /// - Throws: E0606 if the file cannot be written.
  /// - Parameter variables: of what stands around the optimizer that takes the steps, and of that one.
  static func write(
    _ built: BuiltModel, optimizer variables: [[SavedVariable]], _ optimizer: (any Optimizer)?,
    in root: borrowing H5Group
  ) throws(Diagnostic) {
    let counts = Set(built.orderedParameters.filter(\.isCount).map(\.path))
    for object in built.savedObjects {
      let group = try root.makeGroup(vars(object.path))
      try group.set("name", to: object.name, .utf8)
      if let weights = object.inverseFrequencies {
        try SavedVariable(frequencies, Tensor([weights.count], weights.map { Float($0) }))
          .write(in: group, at: frequencies)
      }
      for (index, path) in object.parameters.enumerated() {
        try built.savedVariable("\(index)", of: path, isCount: counts.contains(path))
          .write(in: group, at: "\(index)")
      }
    }
    guard let optimizer, let own = variables.last else { return }
    try write(Array(variables.joined()), of: optimizer, at: "optimizer/vars", in: root)
    if optimizer is LossScaleOptimizer {
      try write(own, of: optimizer.innermost, at: "optimizer/inner_optimizer/vars", in: root)
    }
  }

  private static func write(
    _ variables: [SavedVariable], of optimizer: any Optimizer, at place: String, in root: borrowing H5Group
  ) throws(Diagnostic) {
    let group = try root.makeGroup(place)
    try group.set("name", to: optimizer.savedName(.keras3), .utf8)
    for (index, variable) in variables.enumerated() { try variable.write(in: group, at: "\(index)") }
  }

  // MARK: Reading

  /// Keras's name of what a lookup with tf_idf weighs by, which is no variable that is trained.
  private static let frequencies = "idf_weights"

  /// What a lookup with tf_idf weighs by; `nil` if the file has none at its place.
  static func inverseFrequencies(of place: String, in root: borrowing H5Group) throws(Diagnostic) -> [Double]?
  {
    let path = vars(place) + "/" + frequencies
    guard root.contains(place), root.contains(vars(place)), root.contains(path) else { return nil }
    return try SavedVariable(path, root.dataset(path)).tensor().elements.map(Double.init)
  }

  /// Every number that lies below an object, in the order of the names.
  static func all(below path: String, in root: borrowing H5Group) throws(Diagnostic) -> [SavedVariable] {
    var (waiting, found, visited) = ([path], [SavedVariable](), 0)
    while let next = waiting.popLast() {
      visited += 1
      guard visited <= mostGroups, next.utf8.count < 4096 else {
        throw .implausibleInHDF5("holds groups without end", in: root.place)
      }
      if let group = root.contains(next) ? try? root.group(next) : nil {
        waiting += try group.names().sorted(by: >).map { next + "/" + $0 }
      } else if let dataset = try? root.dataset(next) {
        found.append(SavedVariable(next, dataset))
      }
    }
    return found
  }

  /// Fills in the weights of a file, object by object.
  /// - Returns: how many variables were rounded to single precision.
  /// - Throws: E0619 if an object has too few or too many variables or is not the model's, E0620 if one has another
  ///   shape, E0605 if one cannot be read.
  static func fill(_ built: BuiltModel, from root: borrowing H5Group) throws(Diagnostic) -> Int {
    var rounded = 0
    var used: Set<String> = []
    for object in built.savedObjects where !object.parameters.isEmpty {
      let stored = try variables(of: object.path, in: root)
      used.formUnion(spellings(of: vars(object.path)))
      if stored.isEmpty, object.path.hasSuffix("/activation") { throw .activationLeftOut(object.name) }
      guard stored.count == object.parameters.count else {
        throw .wrongWeightCount(
          object.name, object.parameters.count, stored.count,
          stored: object.path.isEmpty ? "vars" : object.path)
      }
      for (path, variable) in zip(object.parameters, stored) {
        try built.fill(path, from: variable, of: object.name)
        if variable.element == .float64 { rounded += 1 }
      }
    }
    if let foreign = try foreignObject(in: root, used) { throw .foreignWeights(foreign) }
    return rounded
  }

  /// More groups than any model has; a damaged file can lead in circles.
  private static let mostGroups = 100_000

  /// An object among the layers that has variables and is not among those that were read; Keras passes it over.
  private static func foreignObject(
    in root: borrowing H5Group, _ used: Set<String>
  ) throws(Diagnostic) -> String? {
    var waiting = tops(of: root)
    var visited = 0
    while let path = waiting.popLast() {
      visited += 1
      guard visited <= mostGroups, path.utf8.count < 4096 else {
        throw .implausibleInHDF5("holds groups without end", in: root.place)
      }
      guard let group = try? root.group(path) else { continue }
      for name in try group.names() {
        let inner = path + "/" + name
        if name != "vars" {
          waiting.append(inner)
        } else if !used.contains(inner), try !root.group(inner).names().allSatisfy({ $0 == frequencies }),
          !path.hasSuffix("seed_generator")
        {
          return path
        }
      }
    }
    return nil
  }

  /// The optimizer's variables; none if the file has none.
  static func optimizer(in root: borrowing H5Group) throws(Diagnostic) -> [SavedVariable] {
    // One that scales the loss of half-precision training has its own four and those of the one that takes the steps.
    let inner = try variables(of: "optimizer/inner_optimizer", in: root)
    let all = try variables(of: "optimizer", in: root)
    guard !inner.isEmpty else { return all }
    return all.count == inner.count + 4 ? ScaledVariables.named(all) : inner
  }

  /// The variables of the object at `path`, in order; none if there is no such object.
  private static func variables(
    of path: String, in root: borrowing H5Group
  ) throws(Diagnostic) -> [SavedVariable] {
    guard let found = spellings(of: vars(path)).first(where: { root.contains($0) }) else { return [] }
    let group = try root.group(found)
    let count = try group.names().count
    var variables: [SavedVariable] = []
    for index in 0..<count {
      let name = "\(index)"
      guard group.contains(name) else { throw .missingWeight(name, in: group.place) }
      let dataset = try group.dataset(name)
      let shown = "\(found)/\(name)"
      if dataset.shape.isEmpty, dataset.element.isInteger {
        variables.append(SavedVariable(shown, try dataset.integers()[0], element: dataset.element))
      } else {
        variables.append(SavedVariable(shown, dataset))
      }
    }
    return variables
  }

  /// What versions of Keras call a path: Keras 2 has underscores before the names of some parts, before 2.14 had another
  /// name for a model's layers, and on Windows writes one group for the whole way.
  private static func spellings(of path: String) -> [String] {
    let parts = path.split(separator: "/").map(String.init)
    let hidden = parts.enumerated().map { index, part in
      index >= 2 && index < parts.count - 1 && part.hasSuffix("_dense") ? "_" + part : part
    }
    let old = parts.map { $0 == "layers" ? "_layer_checkpoint_dependencies" : $0 }
    return [parts, hidden, old].flatMap { names in
      [names.joined(separator: "/"), names.dropLast().joined(separator: "\\") + "/" + (names.last ?? "")]
    }
  }
}

extension BuiltModel {
  /// A parameter as a variable of a file.
  func savedVariable(_ name: String, of path: String, isCount: Bool) -> SavedVariable {
    guard isCount else { return SavedVariable(name, of: path, in: slab) }
    let count = slab.tensor(path).elements[0]
    return SavedVariable(name, Int64(exactly: count.rounded()) ?? 0)
  }

  /// Takes over a stored variable.
  /// - Throws: E0620 if it has another shape, E0605 if it cannot be read.
  func fill(_ path: String, from variable: SavedVariable, of layer: String) throws(Diagnostic) {
    let shape = slab.entry(path).spec.shape
    guard variable.shape == shape else {
      throw .wrongWeightShape(variable.path, of: layer, shape, variable.shape)
    }
    try slab.fill(path) { numbers throws(Diagnostic) in try variable.read(into: numbers) }
  }
}

extension Diagnostic {
  /// E0619: an activation with weights of its own, which Keras 3 leaves out.
  static func activationLeftOut(_ name: String) -> Diagnostic {
    Diagnostic(
      "E0619",
      "the file has no weights for '\(name)', an activation with weights of its own: Keras 3 does not save them",
      help:
        "make it a layer behind the other one, 'PReLU()(x)' instead of 'activation=PReLU()', and save it again"
    )
  }

  /// E0619: a file with weights of an object that the model does not have.
  static func foreignWeights(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0619", "the file has weights for '\(path)', the model has none there",
      help: "the weights are of another model, or the file was damaged")
  }
}
