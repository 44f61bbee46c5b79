public import Diagnostics
import Config
import HDF5Files
import TensorCore

extension KerasArchive {
  /// Reads a file of Keras 1, 2 or 3 in the legacy layout: a whole model, or the weights alone.
  /// - Throws: E0601 to E0605 for a file HDF5 cannot read, E0610 if it is not Keras's, E0611 if a weight that is
  ///   listed is not there, E0612 if a configuration is not JSON.
  public static func read(_ path: String) throws(Diagnostic) -> KerasArchive {
    let file = try H5File(reading: path)
    let root = try file.root()
    var reader = ArchiveReader(path: path, contiguousBytes: file.byteCount)
    return try reader.archive(in: root)
  }
}

private struct ArchiveReader {
  let path: String
  /// Bytes that may still be read: a hostile file could name the same numbers ever again.
  private var budget: Int
  private var rounded: Int = 0

  init(path: String, contiguousBytes: Int) {
    self.path = path
    budget = contiguousBytes.multipliedReportingOverflow(by: 1100).partialValue
  }

  mutating func archive(in root: borrowing H5Group) throws(Diagnostic) -> KerasArchive {
    var archive: KerasArchive
    if root.contains("model_weights"), try !root.hasAttribute("layer_names") {
      archive = try weights(in: try root.group("model_weights"))
    } else if try isList("layer_names", in: root) {
      archive = try weights(in: root)
    } else {
      throw .notKeras(
        path, isNewLayout: root.contains("layers") || root.contains("_layer_checkpoint_dependencies"))
    }
    archive.kerasVersion = try root.text("keras_version") ?? archive.kerasVersion
    archive.backend = try root.text("backend") ?? archive.backend
    archive.modelConfig = try config("model_config", in: root)
    archive.trainingConfig = try config("training_config", in: root)
    archive.attachments = try config("runexp", in: root)
    if root.contains("optimizer_weights") {
      archive.optimizer = try variables(in: try root.group("optimizer_weights"))
    }
    if rounded > 0 { archive.notes.append(.rounded(rounded, in: path)) }
    return archive
  }

  private mutating func weights(in group: borrowing H5Group) throws(Diagnostic) -> KerasArchive {
    var layers: [KerasArchive.LayerWeights] = []
    for name in try unique(names("layer_names", in: group), in: group) {
      layers.append(.init(name: name, weights: try variables(in: try group.group(name))))
    }
    var archive = KerasArchive(kerasVersion: "1", backend: nil, modelConfig: nil, layers: layers)
    archive.kerasVersion = try group.text("keras_version") ?? "1"
    archive.backend = try group.text("backend")
    if group.contains("top_level_model_weights") {
      archive.topLevel = try variables(in: try group.group("top_level_model_weights"))
    }
    return archive
  }

  private mutating func variables(in group: borrowing H5Group) throws(Diagnostic) -> [SavedVariable] {
    var variables: [SavedVariable] = []
    for name in try unique(names("weight_names", in: group), in: group) {
      guard group.contains(name) else { throw .missingWeight(name, in: group.place) }
      variables.append(try variable(name, try group.dataset(name)))
    }
    return variables
  }

  private mutating func variable(_ name: String, _ dataset: consuming H5Dataset) throws(Diagnostic)
    -> SavedVariable
  {
    budget -= dataset.byteCount
    guard budget >= 0 else {
      throw .implausibleInHDF5("lists more numbers than the file can hold", in: "'\(path)'")
    }
    if dataset.shape.isEmpty, dataset.element.isInteger {
      return SavedVariable(name, try dataset.integers()[0], element: dataset.element)
    }
    if dataset.element == .float64 { rounded += 1 }
    return SavedVariable(name, dataset)
  }

  /// A list of names; Keras splits a long one into `name0`, `name1`, ….
  private func names(_ name: String, in group: borrowing H5Group) throws(Diagnostic) -> [String] {
    if let whole = try group.texts(name) { return whole }
    var names: [String] = []
    var chunk = 0
    while let part = try group.texts("\(name)\(chunk)") {
      names += part
      chunk += 1
    }
    guard chunk > 0 else { throw .missingInHDF5("attribute '\(name)'", in: group.place) }
    return names
  }

  /// The names, of which Keras writes each once: a file could name the same layer ever again.
  private func unique(_ names: [String], in group: borrowing H5Group) throws(Diagnostic) -> [String] {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .implausibleInHDF5("lists '\(name)' more than once", in: group.place)
    }
    return names
  }

  private func isList(_ name: String, in group: borrowing H5Group) throws(Diagnostic) -> Bool {
    if try group.hasAttribute(name) { return true }
    return try group.hasAttribute("\(name)0")
  }

  private func config(_ name: String, in root: borrowing H5Group) throws(Diagnostic) -> ConfigNode? {
    guard let text = try root.text(name) else { return nil }
    do throws(Diagnostic) {
      return try ConfigNode(json: text)
    } catch {
      throw .badConfig(name, in: path, error)
    }
  }
}

extension Diagnostic {
  /// E0610: HDF5, but nothing Keras saves under this name.
  static func notKeras(_ path: String, isNewLayout: Bool) -> Diagnostic {
    Diagnostic(
      "E0610",
      isNewLayout
        ? "'\(path)' holds weights in the layout of Keras 3's 'save_weights'"
        : "'\(path)' is not a Keras model",
      help: isNewLayout
        ? "save the whole model with model.save(\"model.h5\") or model.save(\"model.keras\")"
        : "a model file has a group 'model_weights', a file of weights an attribute 'layer_names'")
  }

  /// E0611: a weight that is listed but not stored.
  static func missingWeight(_ name: String, in place: String) -> Diagnostic {
    Diagnostic(
      "E0611", "the weight '\(name)' is listed in \(place) but not stored",
      help: "the file was damaged or edited; save the model again")
  }

  /// E0612: a configuration that is not JSON.
  static func badConfig(_ name: String, in path: String, _ cause: Diagnostic) -> Diagnostic {
    Diagnostic(
      "E0612", "'\(name)' of '\(path)' is \(cause.message)",
      help: "the file was damaged or edited; save the model again")
  }

  /// E0613: numbers that were stored more exactly than they are kept.
  static func rounded(_ count: Int, in path: String) -> Diagnostic {
    Diagnostic(
      "E0613", "\(count) variables of '\(path)' are float64 and were rounded to float32", severity: .note,
      help: "runexp computes in float32; results may differ in the seventh digit")
  }
}
