public import Diagnostics
import Config
import HDF5Files
import TensorCore

extension KerasArchive {
  /// Writes the file as Keras 3 does; Keras 2 reads the same layout.
  ///
  /// Attribute types, character sets and order of creation are Keras's. The same archive gives the same bytes. Without a model configuration and optimizer it is a file of weights only. The file is complete or not there.
  /// - Throws: E0606 if it cannot be written, also if two weights of a layer have the same path.
  public func write(to path: String) throws(Diagnostic) {
    try H5File.write(to: path) { root throws(Diagnostic) in
      if modelConfig == nil && optimizer.isEmpty { return try writeWeights(in: root, versions: .utf8) }
      try writeVersions(in: root, .utf8)
      if let modelConfig { try root.set("model_config", to: modelConfig.json, .ascii) }
      if let trainingConfig { try root.set("training_config", to: trainingConfig.json, .ascii) }
      if let attachments { try root.set("runexp", to: attachments.json, .ascii) }
      try writeWeights(in: try root.makeGroup("model_weights"), versions: .ascii)
      if !optimizer.isEmpty { try write(optimizer, in: try root.makeGroup("optimizer_weights")) }
    }
  }

  private func writeVersions(in group: borrowing H5Group, _ encoding: H5Encoding) throws(Diagnostic) {
    try group.set("keras_version", to: kerasVersion, encoding)
    if let backend { try group.set("backend", to: backend, encoding) }
  }

  /// The layers' groups are created in order of their names, as Keras does; `layer_names` keeps the model's order.
  private func writeWeights(in group: borrowing H5Group, versions: H5Encoding) throws(Diagnostic) {
    try writeNames(layers.map(\.name), as: "layer_names", in: group)
    try writeVersions(in: group, versions)
    for layer in layers.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      try write(layer.weights, in: try group.makeGroup(layer.name))
    }
    try write(topLevel, in: try group.makeGroup("top_level_model_weights"))
  }

  private func write(_ variables: [SavedVariable], in group: borrowing H5Group) throws(Diagnostic) {
    try writeNames(variables.map(\.path), as: "weight_names", in: group)
    for variable in variables { try variable.write(in: group, at: variable.path) }
  }

  private func writeNames(
    _ names: [String], as attribute: String, in group: borrowing H5Group
  ) throws(Diagnostic) {
    let chunks = NameChunks(names)
    guard let width = chunks.width else { return try group.set(attribute, to: names, .ascii) }
    for (index, chunk) in chunks.chunks.enumerated() {
      try group.set("\(attribute)\(index)", to: chunk, width: width)
    }
  }
}

/// How Keras divides a list of names that is too long for one attribute: into the least number of nearly equal parts
/// of which each fits, counting every name as wide as the longest.
struct NameChunks: Equatable {
  /// What HDF5 lets an object header hold, less what the header itself needs.
  static let largestAttribute = 64512

  let chunks: [[String]]
  /// The width of each name; `nil` if the list is not divided, and its names may differ in length.
  let width: Int?

  init(_ names: [String]) {
    let width = names.map(\.utf8.count).max() ?? 0
    guard names.count * width > Self.largestAttribute, width <= Self.largestAttribute else {
      chunks = [names]
      self.width = nil
      return
    }
    let largest = Self.largestAttribute / width
    let count = (names.count + largest - 1) / largest
    let (size, longer) = names.count.quotientAndRemainder(dividingBy: count)
    var rest = names[...]
    chunks = (0..<count).map { index in
      let length = size + (index < longer ? 1 : 0)
      defer { rest = rest.dropFirst(length) }
      return Array(rest.prefix(length))
    }
    self.width = width
  }
}
